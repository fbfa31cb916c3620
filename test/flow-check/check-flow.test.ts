import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { loadNodeFolders } from '../../build/node-folders.ts'
import { migrateSettings } from '../../nodes/kit/migrate-settings.ts'
import { type FlowCatalogue, flowCatalogue } from '../../runtime/flow-check/catalogue.ts'
import { checkFlow } from '../../runtime/flow-check/check-flow.ts'
import { problemSentence } from '../../runtime/flow-check/problem.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const plainTypes = new Set(['debug', 'function', 'comment', 'catch', 'link in', 'link out', 'http request'])

type Node = Record<string, unknown> & { id: string; type: string }

describe('the check of a flow', () => {
  let catalogue: FlowCatalogue

  before(async () => {
    const definitions = (await loadNodeFolders(root)).map((folder) => folder.definition)
    catalogue = flowCatalogue(definitions, migrateSettings, plainTypes)
  })

  const shipped = (): Node[] => JSON.parse(readFileSync(`${root}flows/walk-out.json`, 'utf8'))
  const codes = (flow: unknown) => checkFlow(flow, catalogue).map(({ severity, code }) => `${severity} ${code}`)
  const node = (flow: Node[], type: string) => flow.find((one) => one.type === type) as Node
  /** A small sound flow with one node of ours. */
  const small = (extra: object = {}): Node[] => [
    { id: 'tab', type: 'tab', label: 'One' },
    { id: 'store', type: 'aisle-store', version: 1 },
    { id: 'zones', type: 'aisle-zones', z: 'tab', version: 1, store: 'store', wires: [[]], ...extra },
  ]

  it('finds nothing in the shipped flow', () => {
    assert.deepEqual(checkFlow(shipped(), catalogue).map(problemSentence), [])
  })

  describe('refuses', () => {
    it('what is no list of nodes', () => {
      for (const flow of [null, 7, 'flow', { id: 'a' }]) assert.deepEqual(codes(flow), ['error flow-not-a-list'])
      assert.deepEqual(codes([7]), ['error flow-node-malformed'])
      assert.deepEqual(codes([{ id: 'a', type: 'debug', wires: [['b', 3]] }]), ['error flow-node-malformed'])
      assert.deepEqual(codes([{ id: '', type: 'debug' }]), ['error flow-node-malformed'])
    })

    it('what is too large, too deep or has too many nodes', () => {
      const many = Array.from({ length: 5001 }, (_, i) => ({ id: `n${i}`, type: 'debug' }))
      assert.deepEqual(codes(many), ['error flow-too-many-nodes'])
      assert.deepEqual(codes([{ id: 'a', type: 'debug', info: 'x'.repeat(5_000_001) }]), ['error flow-too-large'])
      const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`)
      assert.deepEqual(codes([{ id: 'a', type: 'debug', value: deep }]), ['error flow-too-deep'])
    })

    it('keys that would become a prototype, wherever they stand', () => {
      const spoiled = ['{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"isAdmin":true}}}']
      for (const text of spoiled) {
        assert.deepEqual(codes([{ id: 'a', type: 'debug', value: [JSON.parse(text)] }]), ['error flow-forbidden-key'])
      }
    })

    it('an id that is used twice', () => {
      assert.deepEqual(codes([...small(), { id: 'zones', type: 'debug', z: 'tab' }]), ['error flow-duplicate-id'])
    })

    it('a type that is not installed, with the place where it stands', () => {
      const [problem] = checkFlow([...small(), { id: 'x', type: 'exec', z: 'tab', name: 'run it' }], catalogue)
      assert.equal(problem?.code, 'flow-unknown-type')
      assert.deepEqual(problem?.where, { nodeId: 'x', nodeName: 'run it', tab: 'One' })
    })

    it('a subflow that is missing', () => {
      assert.deepEqual(codes([...small(), { id: 'x', type: 'subflow:gone', z: 'tab' }]), ['error flow-missing-subflow'])
    })

    it('a node on a tab that is missing', () => {
      assert.deepEqual(codes([...small(), { id: 'x', type: 'debug', z: 'gone' }]), ['error flow-missing-tab'])
    })

    it('fields and settings that the node does not know', () => {
      assert.deepEqual(codes(small({ dwelMs: 5000 })), ['error flow-unknown-field'])
      assert.deepEqual(codes(small({ dwellMs: 'long' })), ['error flow-setting-invalid'])
      assert.deepEqual(codes(small({ dwellMs: 1 })), ['error flow-setting-invalid'])
      assert.deepEqual(codes(small({ version: 99 })), ['error flow-newer-version'])
    })

    it('an address with a password in it, in any node', () => {
      const flow = [...small(), { id: 'x', type: 'http request', z: 'tab', url: 'http://ann:secret@127.0.0.1/' }]
      assert.deepEqual(codes(flow), ['error flow-password-in-url'])
    })

    it('wires that lead nowhere', () => {
      assert.deepEqual(codes(small({ wires: [['gone']] })), ['error flow-wire-to-nowhere'])
      assert.deepEqual(codes(small({ wires: [[], ['zones']] })), ['error flow-wire-to-nowhere'])
      const far = [...small({ wires: [['far']] }), { id: 'tab2', type: 'tab' }, { id: 'far', type: 'debug', z: 'tab2' }]
      assert.deepEqual(codes(far), ['error flow-wire-to-nowhere'])
    })
  })

  it('lets values from the environment stand until the flow starts', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how Node-RED writes them
    assert.deepEqual(codes(small({ dwellMs: '${DWELL_MS}' })), [])
  })

  describe('warns of', () => {
    it('a wire between types that do not fit, also through links and junctions', () => {
      const direct = shipped()
      node(direct, 'aisle-load-cells').wires = [[node(direct, 'aisle-payment').id], []]
      assert.ok(codes(direct).includes('warning flow-wire-misfit'))

      const linked = [
        ...small({ wires: [['j']] }),
        { id: 'j', type: 'junction', z: 'tab', wires: [['out']] },
        { id: 'out', type: 'link out', z: 'tab', mode: 'link', links: ['in'], wires: [] },
        { id: 'in', type: 'link in', z: 'tab', links: ['out'], wires: [['basket']] },
        { id: 'basket', type: 'aisle-basket', z: 'tab', version: 1, store: 'store', wires: [[]] },
      ]
      assert.deepEqual(codes(linked), ['warning flow-wire-misfit'])
    })

    it('nothing behind a node that may change the message', () => {
      const flow = [
        ...small({ wires: [['f']] }),
        { id: 'f', type: 'function', z: 'tab', wires: [['basket']] },
        { id: 'basket', type: 'aisle-basket', z: 'tab', version: 1, store: 'store', wires: [[]] },
      ]
      assert.deepEqual(codes(flow), [])
    })

    it('an exit that reaches no payment, and of a disabled payment', () => {
      const removed = shipped().filter(({ type }) => type !== 'aisle-payment')
      for (const one of removed) one.wires = (one.wires as string[][] | undefined)?.map(() => [])
      assert.ok(codes(removed).includes('warning flow-exit-without-payment'))

      const disabled = shipped()
      node(disabled, 'aisle-payment').d = true
      assert.ok(codes(disabled).includes('warning flow-exit-without-payment'))
    })

    it('several stores, and a node that is bound to none', () => {
      assert.deepEqual(codes([...small(), { id: 's2', type: 'aisle-store', version: 1 }]), [
        'warning flow-several-stores',
      ])
      assert.deepEqual(codes(small({ store: '' })), ['warning flow-no-store'])
    })
  })

  it('answers any JSON at all, and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), nodeLike)), (flow) => {
        for (const problem of checkFlow(flow, catalogue)) assert.ok(problem.message && problem.action)
      }),
      { numRuns: 2000 },
    )
    assert.deepEqual(Object.keys(Object.prototype), [])
  })
})

/** Nearly a node, so that the later checks are reached. */
const nodeLike = fc.record(
  {
    id: fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.string()),
    type: fc.constantFrom(
      'tab',
      'debug',
      'aisle-store',
      'aisle-zones',
      'aisle-visit',
      'subflow',
      'subflow:a',
      'link out',
    ),
    z: fc.constantFrom('a', 'b', 'c'),
    wires: fc.oneof(fc.array(fc.array(fc.constantFrom('a', 'b', 'c'))), fc.jsonValue()),
    links: fc.jsonValue(),
    version: fc.jsonValue(),
    store: fc.jsonValue(),
    zone: fc.jsonValue(),
    dwellMs: fc.jsonValue(),
  },
  { requiredKeys: ['id', 'type'] },
)
