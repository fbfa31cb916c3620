/** The parts of Node-RED that we use, with the types that its published ones lack. */
import type { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import type { Express } from 'express'
import untyped from 'node-red'
import type { headlessSettings, nodeRedSettings } from '../../settings.ts'

/** The nodes of one file. */
interface NodeSet {
  types: string[]
  enabled: boolean
  loaded: boolean
}

interface NodeRed {
  init(server: Server | null, settings: ReturnType<typeof nodeRedSettings | typeof headlessSettings>): void
  start(): Promise<void>
  stop(): Promise<void>
  readonly httpAdmin: Express
  readonly httpNode: Express
  readonly events: EventEmitter
  readonly nodes: { getNodeList(wanted: (set: NodeSet) => boolean): NodeSet[] }
  readonly runtime: {
    flows: { setFlows(options: { flows: { flows: object[] }; deploymentType: 'full' }): Promise<unknown> }
    nodes: { getNodeConfigs(options: { lang: string }): Promise<string> }
    plugins: { getPluginConfigs(options: { lang: string }): Promise<string> }
  }
}

/** There is one in a process; it cannot be started again after its stop. */
export const nodeRed = untyped as unknown as NodeRed

/** Types of all nodes that can be deployed now. */
export const installedTypes = (): ReadonlySet<string> =>
  new Set(nodeRed.nodes.getNodeList(({ enabled, loaded }) => enabled && loaded).flatMap(({ types }) => types))

/** The HTML of all nodes and plugins, as the editor loads it. */
export async function registeredHtml(): Promise<string> {
  const lang = 'en-US'
  const [nodes, plugins] = await Promise.all([
    nodeRed.runtime.nodes.getNodeConfigs({ lang }),
    nodeRed.runtime.plugins.getPluginConfigs({ lang }),
  ])
  return nodes + plugins
}
