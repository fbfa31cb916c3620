/** Puts one node into a real Node-RED, between a store in memory and probes on its ports. */
import type { NodeAPI, NodeMessage } from 'node-red'
import helper from 'node-red-node-test-helper'
import type { NodeDefinition } from '../../nodes/kit/definition.ts'
import { whenIdle } from '../../nodes/kit/work.ts'
import registerStoreNode from '../../nodes/store/index.ts'
import type { AnyMessage } from '../../runtime/contract/messages.ts'
import { type FakeStore, fakeStore } from './fake-store.ts'

type Register = (RED: NodeAPI) => void

export interface Bench {
  store: FakeStore
  /** What left each port, in order, by the port's name. */
  sent: Record<string, NodeMessage[]>
  /** The payloads that left a port. */
  payloads(port: string): AnyMessage[]
  /** What came to the error path, as sentences. */
  errors: string[]
  statuses: { fill?: string; text?: string }[]
  /** Sends a payload into the node and waits until everything has settled. */
  give(payload: unknown, fields?: Record<string, unknown>): Promise<void>
  /** Waits until the node has nothing in hand. */
  settle(): Promise<void>
  /** Moves the store's time on. */
  pass(ms: number): Promise<void>
}

/** Loads a node of `definition` with `settings`; end it with {@link unloadBench}. */
export async function loadBench(
  register: Register,
  definition: NodeDefinition,
  settings: Record<string, unknown> = {},
  store: FakeStore = fakeStore(),
): Promise<Bench> {
  helper.settings({ openAisle: store, logging: { console: { level: 'off' } } } as never)
  const probes = definition.outputs.map(({ name }) => `probe-${name}`)
  const flow = [
    { id: 'tab', type: 'tab', label: 'test' },
    { id: 'store', type: 'aisle-store', name: '' },
    {
      id: 'node',
      z: 'tab',
      type: definition.type,
      name: 'node under test',
      store: 'store',
      version: definition.version,
      ...settings,
      wires: probes.map((id) => [id]),
    },
    ...probes.map((id) => ({ id, z: 'tab', type: 'helper', wires: [] })),
    { id: 'catcher', z: 'tab', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
    { id: 'caught', z: 'tab', type: 'helper', wires: [] },
  ]
  await helper.load([registerStoreNode, register] as never, flow as never)

  const sent: Bench['sent'] = {}
  for (const { name } of definition.outputs) {
    const messages: NodeMessage[] = []
    sent[name] = messages
    helper.getNode(`probe-${name}`).on('input', (msg) => messages.push(msg))
  }
  const errors: string[] = []
  helper.getNode('caught').on('input', (msg: NodeMessage) => {
    errors.push((msg.error as { message: string }).message)
  })
  const statuses: Bench['statuses'] = []
  const node = helper.getNode('node')
  node.on('call:status' as never, ((call: { args: [Bench['statuses'][0]] }) => statuses.push(call.args[0])) as never)

  const settle = async () => {
    await whenIdle(store)
  }
  await settle()
  return {
    store,
    sent,
    payloads: (port) => (sent[port] ?? []).map(({ payload }) => payload as AnyMessage),
    errors,
    statuses,
    settle,
    async give(payload, fields = {}) {
      node.receive({ payload, ...fields })
      await settle()
    },
    async pass(ms) {
      const { clock } = store
      const untilMs = clock.nowMs() + ms
      // Timers one at a time, as a timer may set the next one only when its work is done.
      for (let dueMs = clock.nextDueMs(); dueMs !== undefined && dueMs <= untilMs; dueMs = clock.nextDueMs()) {
        clock.advanceTo(dueMs)
        await settle()
      }
      clock.advanceTo(untilMs)
      await settle()
    },
  }
}

export const unloadBench = (): Promise<void> => helper.unload() as unknown as Promise<void>
