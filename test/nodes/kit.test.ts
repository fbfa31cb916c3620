import { deepEqual, equal, match, ok } from 'node:assert/strict'
import type { NodeAPI } from 'node-red'
import helper from 'node-red-node-test-helper'
import { Type } from 'typebox'
import type { NodeDefinition } from '../../nodes/kit/definition.ts'
import type { Controller, NodeContext } from '../../nodes/kit/node-context.ts'
import { registerNode } from '../../nodes/kit/register-node.ts'
import { pendingWork } from '../../nodes/kit/work.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import { strictObject } from '../../runtime/contract/schema.ts'
import { loadBench, unloadBench } from './bench.ts'
import { fakeStore } from './fake-store.ts'
import { people, scan } from './messages.ts'

interface Settings {
  limit: number
  zone: string
}

const definition = {
  type: 'aisle-probe',
  kind: 'node',
  version: 2,
  color: '#fff',
  input: { name: 'in', types: ['scan', 'people'] },
  outputs: [{ name: 'out', types: ['scan', 'people'] }],
  settings: strictObject({
    limit: Type.Integer({ minimum: 1, maximum: 10, default: 3 }),
    zone: Type.String({ format: 'profile-zone', default: '' }),
  }),
  migrations: [
    { version: 1, up: (saved) => ({ ...saved, limit: saved.most }) },
    { version: 2, up: (saved) => ({ ...saved, limit: Number(saved.limit) + 1 }) },
  ],
} satisfies NodeDefinition

type Make = (context: NodeContext<Settings>) => Controller
const probe = (make: Make) => (RED: NodeAPI) => registerNode(RED, definition, make)
const silent: Make = () => ({})

/** A promise to be kept later. */
function later<T = void>() {
  return Promise.withResolvers<T>()
}

describe("a node's settings", () => {
  afterEach(unloadBench)

  async function settingsAfter(saved: Record<string, unknown>): Promise<Settings | undefined> {
    let found: Settings | undefined
    const remember: Make = ({ settings }) => {
      found = settings
      return {}
    }
    const { errors } = await loadBench(probe(remember), definition, saved)
    deepEqual(errors, [])
    return found
  }

  it('get their defaults where the flow has none', async () => {
    deepEqual(await settingsAfter({}), { limit: 3, zone: '' })
  })

  it('are brought up from the version that saved them, step by step', async () => {
    deepEqual(await settingsAfter({ version: undefined, most: 5 }), { limit: 6, zone: '' })
    await unloadBench()
    deepEqual(await settingsAfter({ version: 1, limit: 5 }), { limit: 6, zone: '' })
    await unloadBench()
    deepEqual(await settingsAfter({ version: 2, limit: 5 }), { limit: 5, zone: '' })
  })

  it('may be numbers that the environment gave as text', async () => {
    deepEqual(await settingsAfter({ limit: '7' }), { limit: 7, zone: '' })
  })

  for (const [what, saved, sentence] of [
    ['out of bounds', { limit: 11 }, /\/limit is 11, but must be <= 10.*Open the node/s],
    ['of the wrong kind', { limit: 'many' }, /\/limit is "many"/],
    ['naming what the store lacks', { zone: 'cellar' }, /no zone called "cellar"\. Choose one of drinks/],
  ] as const) {
    it(`when ${what} leave the node alive, red, and telling what is wrong`, async () => {
      const { give, errors, payloads } = await loadBench(probe(silent), definition, saved)
      await give(scan())
      equal(errors.length, 1)
      match(errors[0] ?? '', sentence)
      deepEqual(payloads('out'), [])
    })
  }
})

describe('a node without a store', () => {
  afterEach(unloadBench)

  it('stays alive and says so', async () => {
    const { give, errors } = await loadBench(probe(silent), definition, { store: '' })
    await give(scan())
    match(errors[0] ?? '', /has no store\. Open the node, choose the store/)
  })
})

describe("a node's input", () => {
  afterEach(unloadBench)

  const echo: Make = () => ({ onMessage: (message, send) => send(message) })

  it('passes on what came with the message, under the topic of its type', async () => {
    const { give, sent } = await loadBench(probe(echo), definition)
    await give(scan(), { _msgid: 'm-7', topic: 'before', extra: { kept: true } })
    deepEqual(
      sent.out?.map(({ topic, _msgid, extra }) => ({ topic, _msgid, extra })),
      [{ topic: 'scan', _msgid: 'm-7', extra: { kept: true } }],
    )
  })

  it('sends what is not of its types to the error path with a sentence, whatever it is', async () => {
    const { give, errors, payloads } = await loadBench(probe(echo), definition)
    const odd = [undefined, null, 7, 'text', [], { type: 'visit' }, { type: 'constructor' }, { type: 'scan' }]
    for (const payload of odd) await give(payload)
    equal(errors.length, odd.length)
    match(errors[0] ?? '', /takes scan or people, but got something that is no message of Open Aisle\. Check the wire/)
    match(errors[5] ?? '', /takes scan or people, but got a "visit" message/)
    match(errors[7] ?? '', /This scan message does not fit: .*is missing/)
    deepEqual(payloads('out'), [])
    await give(scan())
    equal(payloads('out').length, 1)
  })

  it('turns whatever its controller throws or rejects with into an error with a sentence', async () => {
    const thrown = [
      new AisleError('broken', 'It broke.', { where: 'here', action: 'Mend it.' }),
      new Error('plain'),
      'text',
    ]
    const { give, errors } = await loadBench(
      probe(() => ({
        async onMessage() {
          throw thrown.shift()
        },
      })),
      definition,
    )
    for (let i = 0; i < 3; i++) await give(scan())
    deepEqual(errors, ['here: It broke. Mend it.', 'plain', 'text'])
  })

  it('is handled strictly one message after another', async () => {
    const log: string[] = []
    const turns = [later(), later(), later()]
    let next = 0
    const { give, settle } = await loadBench(
      probe(() => ({
        async onMessage() {
          const number = next++
          log.push(`start ${number}`)
          await turns[number]?.promise
          log.push(`end ${number}`)
        },
      })),
      definition,
    )
    for (let i = 0; i < 3; i++) void give(scan())
    turns[1]?.resolve()
    turns[0]?.resolve()
    turns[2]?.resolve()
    await settle()
    deepEqual(log, ['start 0', 'end 0', 'start 1', 'end 1', 'start 2', 'end 2'])
  })

  it('keeps a bounded queue: old people give way to new, anything else is refused, and both are told', async () => {
    const gate = later()
    const { give, settle, payloads, errors, store } = await loadBench(
      probe(() => ({
        async onMessage(message, send) {
          await gate.promise
          send(message)
        },
      })),
      definition,
    )
    void give(scan({}, { scanId: 'in-hand' }))
    await new Promise(setImmediate)
    for (let i = 0; i < 500; i++) void give(people([], i))
    for (let i = 0; i < 500; i++) void give(scan({}, { scanId: `s-${i}` }))
    void give(people([], 500))
    for (let i = 500; i < 1001; i++) void give(scan({}, { scanId: `s-${i}` }))
    await new Promise(setImmediate)
    equal(pendingWork(store), 1001)
    gate.resolve()
    await settle()
    const kept = payloads('out')
    equal(kept.length, 1001)
    deepEqual(
      kept.filter(({ type }) => type === 'people'),
      [],
    )
    equal(errors.length, 502)
    match(errors[0] ?? '', /was dropped \(1 so far\): more than 1000 wait here/)
    equal(pendingWork(store), 0)
  })
})

describe("a node's status", () => {
  afterEach(unloadBench)

  it('is written on change only, at most once a second, and shows an error until the next success', async () => {
    let fails = false
    const { give, pass, statuses } = await loadBench(
      probe((context) => ({
        onMessage(message) {
          if (fails) throw new Error('broken')
          context.status('green', message.type)
        },
      })),
      definition,
    )
    await give(scan())
    await give(scan())
    await give(people([]))
    await give(scan())
    await give(people([]))
    const texts = () => statuses.map(({ text }) => text)
    deepEqual(texts(), ['scan'])
    await pass(1000)
    deepEqual(texts(), ['scan', 'people'])
    fails = true
    await give(scan())
    await pass(1000)
    fails = false
    await give(people([]))
    await pass(1000)
    deepEqual(texts(), ['scan', 'people', 'broken', 'people'])
  })
})

describe('a node that closes', () => {
  it('finishes what it has in hand, is waited for, and leaves nothing behind', async () => {
    const gate = later()
    const log: string[] = []
    const store = fakeStore()
    const { give } = await loadBench(
      probe((context) => {
        context.followSensing(['people'], () => {})
        context.followTill(['scan'], () => {})
        context.every(1000, () => {
          log.push('tick')
        })
        return {
          async onMessage() {
            await gate.promise
            log.push('handled')
          },
          async close() {
            await Promise.resolve()
            log.push('closed')
          },
        }
      }),
      definition,
      {},
      store,
    )
    ok(store.sensing.consumers.has('aisle-probe-node'))
    equal(store.till.followers, 1)
    void give(scan())
    await new Promise(setImmediate)
    const closed = unloadBench().then(() => log.push('unloaded'))
    gate.resolve()
    await closed
    deepEqual(log, ['handled', 'closed', 'unloaded'])
    equal(store.sensing.consumers.size, 0)
    equal(store.till.followers, 0)
    equal(store.clock.nextDueMs(), undefined)
    equal(pendingWork(store), 0)
  })

  it('gives up on a till that does not answer, so that a deploy is not held up', async () => {
    const store = fakeStore()
    store.till.onCommand = () => new Promise(() => {})
    store.till.send = (_command, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('gone'))))
    const { give } = await loadBench(
      probe((context) => ({
        async onMessage() {
          await context.tell({ type: 'refuse', commandId: 'c', scanId: 's', reason: '', rule: '', policyHash: '' })
        },
      })),
      definition,
      {},
      store,
    )
    void give(scan())
    void give(scan())
    await new Promise(setImmediate)
    const closed = unloadBench()
    await new Promise(setImmediate)
    store.clock.advanceTo(store.clock.nowMs() + 5000)
    await closed
    equal(pendingWork(store), 0)
  })
})

describe("a node's sources", () => {
  afterEach(unloadBench)

  it('start when all nodes of the deploy exist, and never run beside a message', async () => {
    const store = fakeStore()
    const log: string[] = []
    await loadBench(
      probe((context) => {
        log.push('made')
        context.followTill(
          ['scan'],
          ({ data }) => {
            log.push(data.scanId)
          },
          {
            onState: ({ visits }) => {
              log.push(`state of ${visits.length}`)
            },
          },
        )
        return {}
      }),
      definition,
      {},
      store,
    )
    await store.till.tell({ type: 'scan', data: scan() })
    await store.till.tell({ type: 'refused', data: { scanId: 's', gate: 'g', reason: '' } })
    deepEqual(log, ['made', 'state of 0', 'scan-1'])
  })

  it('go on after a redeploy with what the till told in between', async () => {
    const store = fakeStore()
    const seen: string[] = []
    const follow = probe((context) => {
      context.followTill(['scan'], ({ data }) => {
        seen.push(data.scanId)
      })
      return {}
    })
    await loadBench(follow, definition, {}, store)
    await store.till.tell({ type: 'scan', data: scan({}, { scanId: 'before' }) })
    await unloadBench()
    await store.till.tell({ type: 'scan', data: scan({}, { scanId: 'between' }) })
    await loadBench(follow, definition, {}, store)
    deepEqual(seen, ['before', 'between'])
  })

  it('tell a failure at Catch nodes and go on', async () => {
    const store = fakeStore()
    const { errors, settle } = await loadBench(
      probe((context) => {
        context.followSensing(['people'], () => {
          throw new Error('no')
        })
        return {}
      }),
      definition,
      {},
      store,
    )
    await store.sensing.say(people([]))
    await store.sensing.say(people([]))
    await settle()
    deepEqual(errors, ['no', 'no'])
  })
})

describe('the store node', () => {
  afterEach(unloadBench)

  it('stands for the store that the programs were started with', async () => {
    const store = fakeStore()
    await loadBench(probe(silent), definition, {}, store)
    equal((helper.getNode('store') as unknown as { binding: unknown }).binding, store)
  })
})
