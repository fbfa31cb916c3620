/**
 * Makes a Node-RED node from its definition and its controller. A node whose settings or store are wrong stays
 * alive and says what is wrong: Node-RED would drop the messages to a node that does not exist without a word.
 */
import type { Node, NodeAPI, NodeDef } from 'node-red'
import { AisleError, errorSentence } from '../../runtime/contract/errors.ts'
import type { StoreBinding } from '../../runtime/store/binding.ts'
import type { NodeDefinition } from './definition.ts'
import { onFlowsStarted } from './flows-started.ts'
import type { ControllerFactory } from './node-context.ts'
import { settingsReader } from './read-settings.ts'
import { RunningNode } from './running-node.ts'

/** The `store` config node as the other nodes find it. */
export interface StoreNode extends Node {
  binding?: StoreBinding
}

type SavedNode = NodeDef & { store?: string }

/** Registers the `store` config node, which binds to the store that the programs were started with. */
export function registerStore(RED: NodeAPI, definition: NodeDefinition): void {
  RED.nodes.registerType(definition.type, function (this: StoreNode, saved: NodeDef) {
    RED.nodes.createNode(this, saved)
    this.binding = (RED.settings as { openAisle?: StoreBinding }).openAisle
    if (!this.binding) this.error('Node-RED was not started by Open Aisle: there is no store here. Use aisle start.')
  })
}

// S is erased here: the definition's schema has checked what the factory gets.
export function registerNode<S>(RED: NodeAPI, definition: NodeDefinition, factory: ControllerFactory<S>): void {
  const readSettings = settingsReader(definition)
  RED.nodes.registerType(definition.type, function (this: Node, saved: SavedNode) {
    RED.nodes.createNode(this, saved)
    const where = saved.name || definition.type
    try {
      const store = storeOf(RED, saved, where)
      const running = new RunningNode(this, definition, store, readSettings(saved, store.names, where) as S)
      running.start(factory, (action) => onFlowsStarted(RED.events, action))
    } catch (error) {
      stayAlive(this, error)
    }
  })
}

function storeOf(RED: NodeAPI, saved: SavedNode, where: string): StoreBinding {
  const store = saved.store ? (RED.nodes.getNode(saved.store) as StoreNode | null)?.binding : undefined
  if (store) return store
  throw new AisleError('store-missing', 'This node has no store.', {
    where,
    action: 'Open the node, choose the store and deploy.',
  })
}

function stayAlive(node: Node, error: unknown): void {
  const sentence = errorSentence(error)
  node.status({ fill: 'red', shape: 'ring', text: sentence.slice(0, 80) })
  node.error(sentence)
  node.on('input', (_msg, _send, done) => done(sentence as unknown as Error))
}
