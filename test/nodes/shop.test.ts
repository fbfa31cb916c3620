import { deepEqual, equal, match } from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import notifyDefinition from '../../nodes/notify/definition.ts'
import registerNotify from '../../nodes/notify/index.ts'
import restockDefinition from '../../nodes/restock/definition.ts'
import registerRestock from '../../nodes/restock/index.ts'
import staffDefinition from '../../nodes/staff/definition.ts'
import registerStaff from '../../nodes/staff/index.ts'
import zonesDefinition from '../../nodes/zones/definition.ts'
import registerZones from '../../nodes/zones/index.ts'
import type { Attribution } from '../../runtime/contract/messages.ts'
import { loadBench, unloadBench } from './bench.ts'
import { fakeStore, startMs } from './fake-store.ts'
import { attribution, gateAlarm, payment, people, scan, snapshot, visit } from './messages.ts'

afterEach(unloadBench)

const moved = (quantity: number, fields: Partial<Attribution['shelf'][0]> = {}) => ({
  plate: 'p1',
  sku: 'milk',
  quantity,
  misplaced: false,
  eventId: 'e-1',
  ...fields,
})
const shelf = (...moves: Attribution['shelf']) => attribution([], { shelf: moves })

describe('the restock node', () => {
  it('tells what was put in the wrong place and where it belongs, and when it is gone again', async () => {
    const { give, store, payloads } = await loadBench(registerRestock, restockDefinition)
    await give(shelf(moved(1, { plate: 'p2', misplaced: true })))
    await give(shelf(moved(-1, { plate: 'p2', misplaced: true, eventId: 'e-2' })))
    const [misplaced] = payloads('misplaced')
    deepEqual(misplaced?.type === 'stock-notice' && [misplaced.homePlates, misplaced.text], [
      ['p1'],
      'milk lies on p2, but belongs on p1.',
    ])
    equal(payloads('tidied').length, 1)
    deepEqual(
      store.till.sent('move-stock').map(({ reason, quantity }) => [reason, quantity]),
      [
        ['misplaced', 1],
        ['tidied', -1],
      ],
    )
  })

  it('counts what is told again of a move only as far as it is new', async () => {
    const { give, store } = await loadBench(registerRestock, restockDefinition)
    await give(shelf(moved(1, { plate: 'p2', misplaced: true })))
    await give(shelf(moved(1, { plate: 'p2', misplaced: true })))
    await give(shelf(moved(2, { plate: 'p2', misplaced: true })))
    deepEqual(
      store.till.sent('move-stock').map(({ quantity }) => quantity),
      [1, 1],
    )
  })

  it('tells once that a product runs low, and again after it was filled', async () => {
    const { give, payloads } = await loadBench(registerRestock, restockDefinition, { lowAfter: 2 })
    await give(shelf(moved(-1)))
    equal(payloads('low-stock').length, 0)
    await give(shelf(moved(-1, { eventId: 'e-2' })))
    await give(shelf(moved(-1, { eventId: 'e-3' })))
    equal(payloads('low-stock').length, 1)
    await give(shelf(moved(5, { eventId: 'e-4' })))
    await give(shelf(moved(-2, { eventId: 'e-5' })))
    equal(payloads('low-stock').length, 2)
  })
})

describe('the staff node', () => {
  it('tells sessions of staff and has their moves recorded as stock', async () => {
    const { give, store, payloads } = await loadBench(registerStaff, staffDefinition)
    await give(visit({ role: 'staff' }))
    await give(shelf(moved(6)))
    await give(visit({ role: 'staff', state: 'exited' }))
    await give(shelf(moved(7)))
    deepEqual(
      payloads('sessions').map((message) => message.type === 'staff-session' && message.state),
      ['started', 'ended'],
    )
    deepEqual(
      store.till.sent('move-stock').map(({ reason, quantity }) => [reason, quantity]),
      [
        ['staff', 6],
        ['staff', 1],
      ],
    )
  })

  it('leaves shoppers alone, and knows after a restart who is at work', async () => {
    const store = fakeStore()
    store.till.visits = [snapshot({ visitId: 'v-2', role: 'staff' })]
    const { give, payloads } = await loadBench(registerStaff, staffDefinition, {}, store)
    await give(visit())
    await give(shelf(moved(-1)))
    deepEqual([payloads('sessions'), store.till.commands], [[], []])
    await give(attribution([], { visitId: 'v-2', shelf: [moved(3, { eventId: 'e-9' })] }))
    equal(store.till.sent('move-stock').length, 1)
  })
})

describe('the zones node', () => {
  const at = (x: number, y: number, ms: number) => people([{ trackId: 't-1', atM: [x, y] }], startMs + ms)

  it('tells who comes near, enters, dwells and leaves', async () => {
    const settings = { zone: 'drinks', dwellMs: 1000, approachM: 0.5, touchM: 0 }
    const { give, payloads } = await loadBench(registerZones, zonesDefinition, settings)
    await give(at(1.7, 3.5, 0))
    await give(at(2.5, 3.5, 500))
    await give(at(2.5, 3.5, 1500))
    await give(at(1, 1, 2000))
    deepEqual(
      payloads('events').map((message) => message.type === 'zone-event' && message.event),
      ['approach', 'enter', 'dwell', 'leave'],
    )
  })
})

describe('the zones node that watches shelves', () => {
  it('needs no zone: where fixtures stand and how high their shelves are, the profile says', async () => {
    const distances = { dwellMs: 1000, approachM: 0.5, touchM: 0.1 }
    const settings = { watches: 'shelves', zone: '', group: 'shelf-1', ...distances }
    const { give, payloads } = await loadBench(registerZones, zonesDefinition, settings)
    await give(people([{ trackId: 't-1', atM: [2.3, 3.7], handM: [2.3, 4.2, 1.1] }]))
    deepEqual(
      payloads('events').map((told) => told.type === 'zone-event' && [told.fixture, told.event, told.shelf]),
      [
        ['f1', 'approach', undefined],
        ['f1', 'touch', 1],
      ],
    )
  })
})

describe('the notify node', () => {
  let server: Server
  let posted: unknown[]
  let answer: number
  let url: string

  beforeEach(async () => {
    posted = []
    answer = 204
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      posted.push(JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(answer).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/notices`
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  it('shows what the message says under the node when it has no address', async () => {
    const { give, payloads, statuses } = await loadBench(registerNotify, notifyDefinition)
    await give(gateAlarm())
    const [said] = payloads('done')
    deepEqual(said?.type === 'notification' && [said.state, said.text], ['done', 'Two people passed on one scan.'])
    equal(statuses[0]?.text, 'Two people passed on one scan.')
    deepEqual(posted, [])
  })

  it('posts its text with the message’s fields to the address', async () => {
    const settings = {
      url,
      channel: 'person',
      recipient: 'night shift',
      text: '{method} at {gate} by {account.role}{no}',
    }
    const { give, done } = await posting(settings)
    await give(scan())
    await done()
    deepEqual(posted, [
      {
        ...{ storeId: 'test-store', channel: 'person', recipient: 'night shift' },
        ...{ text: 'qr at gate-1 by shopper', atMs: startMs },
      },
    ])
  })

  it('posts to the speaker of the profile that is its recipient', async () => {
    const names = { ...fakeStore().names, speakers: [{ id: 'speaker-1', url }] }
    const settings = { channel: 'speaker', recipient: 'speaker-1', text: 'Two for one today' }
    const { give, settle } = await loadBench(registerNotify, notifyDefinition, settings, { ...fakeStore(), names })
    await give(gateAlarm())
    await settle()
    deepEqual(
      posted.map((notice) => (notice as { text: string }).text),
      ['Two for one today'],
    )
  })

  it('tells that it failed, at its port and on the error path', async () => {
    answer = 503
    const { give, done, payloads, errors } = await posting({ url })
    await give(payment())
    await done()
    const [said] = payloads('done')
    equal(said?.type === 'notification' && said.state, 'failed')
    match(errors[0] ?? '', /not delivered: it answered 503\. Check the address/)
  })

  it('posts nothing in a replay', async () => {
    const { give, done, payloads } = await posting({ url }, true)
    await give(payment())
    await done()
    deepEqual([posted, payloads('done').length], [[], 1])
  })

  async function posting(settings: Record<string, unknown>, isReplay = false) {
    const bench = await loadBench(registerNotify, notifyDefinition, settings, { ...fakeStore(), isReplay })
    return { ...bench, done: bench.settle }
  }
})
