import assert from 'node:assert/strict'
import { LiveStore } from '../../runtime/console/live-store.ts'
import type { LiveSnapshot, VisitEvidence } from '../../runtime/console/pages/live-view.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { readUntil } from './read-live.ts'
import { request, startTestConsole, type TestConsole } from './running-console.ts'
import { decisionOf, eventWithCourses, people, pricedLine, receiptOf, visit } from './scene.ts'

const snapshotOf = async (running: TestConsole) =>
  (await readUntil(running, ({ type }) => type === 'snapshot'))[0] as { type: 'snapshot' } & LiveSnapshot

describe('what the store page is told', () => {
  let running: TestConsole
  beforeEach(async () => {
    running = await startTestConsole()
    running.till.gates = [{ gate: 'gate-1', state: 'idle', online: true }]
    running.sensing.readings = [{ plate: 'g1-s1-p1', weightG: 812.4, stable: true, atMs: 0, health: 'online' }]
  })
  afterEach(() => running.stop())

  const lines = () => [
    pricedLine(running.store.layout, { lineId: 'l1', product: 0, quantity: 1, probability: 0.99 }),
    pricedLine(running.store.layout, { lineId: 'l2', product: 1, quantity: 2, probability: 0.7 }),
  ]

  it('is taken from sensing under a name of its own, so that nobody else misses it', () => {
    const { till, sensing, store } = running
    const options = { till, sensing, products: store.layout.products, wallClock: new SystemClock() }
    const live = new LiveStore({ ...options, consumer: 'editor' })
    live.start()
    assert.deepEqual(sensing.consumers, ['console', 'editor'])
    live.stop()
  })

  it('is the layout from the profile, with names instead of addresses', async () => {
    const store = await (await request(running, '/api/store')).json()
    assert.equal(store.name, 'Corner shop')
    assert.equal(store.currency, 'KRW')
    assert.equal(store.floorPlan.plates.length, 24)
    assert.ok(store.floorPlan.plates.every((plate: { products: string[] }) => plate.products.length > 0))
    assert.ok(!JSON.stringify(store).includes('15020'), 'no device address')
    assert.ok(!JSON.stringify(store).includes('secret'))
  })

  it('is where everybody is, and of which visit', async () => {
    await running.till.tell({ type: 'visit-changed', data: visit('v-1') })
    const told = readUntil(running, (event) => event.type === 'people' && event.people.length === 2)
    const positions = [
      { visitId: 'v-1', headM: [1, 2, 1.6] as [number, number, number], handM: null },
      { visitId: 'v-2', headM: [3, 2, 1.6] as [number, number, number], handM: null },
    ]
    const walking = setInterval(() => void running.sensing.tell(people(positions)), 50)
    const event = (await told).findLast(({ type }) => type === 'people')
    clearInterval(walking)
    assert.deepEqual(event?.type === 'people' && event.people.map(({ visitId }) => visitId), [null, 'v-1'].reverse())
  })

  it('is who stands in which zone of the profile', async () => {
    const told = readUntil(running, (event) => event.type === 'people' && event.people.length === 2)
    const positions = [
      { visitId: 'v-1', headM: [1.5, 4.5, 1.6] as [number, number, number], handM: null },
      { visitId: 'v-2', headM: [3, 2, 1.6] as [number, number, number], handM: null },
    ]
    const walking = setInterval(() => void running.sensing.tell(people(positions)), 50)
    const event = (await told).findLast(({ type }) => type === 'people')
    clearInterval(walking)
    assert.deepEqual(event?.type === 'people' && event.people.map(({ zones }) => zones), [['drinks'], undefined])
  })

  it('is each visit with its basket, decision and receipt, for pages that come later too', async () => {
    await readUntil(running, ({ type }) => type === 'sources' || type === 'snapshot')
    const done = visit('v-1', { state: 'paid', lines: lines() })
    await running.till.tell({ type: 'visit-changed', data: done })
    const receipt = receiptOf(done)
    assert.ok(receipt)
    // Told once the console follows the till; it asks every second.
    await until(async () => (await snapshotOf(running)).visits.length === 1)
    await running.till.tell({ type: 'receipt', data: receipt })
    await running.till.tell({
      type: 'visit-changed',
      data: { ...visit('v-2', { state: 'review', lines: lines() }), decision: decisionOf(lines()) },
    })
    const { visits } = await snapshotOf(running)
    assert.deepEqual(
      visits.map(({ visitId }) => visitId),
      ['v-2', 'v-1'],
    )
    assert.equal(visits[1]?.receipt?.totalMinor, done.basket?.totalMinor)
    assert.deepEqual(
      visits[0]?.lines.map(({ outcome }) => outcome),
      ['charge', 'review'],
    )
  })

  it('is of a second line of one product that it says what more there may be', async () => {
    const more = {
      ...pricedLine(running.store.layout, { lineId: 'l1:more', product: 0, quantity: 1, probability: 0.6 }),
    }
    await running.till.tell({ type: 'visit-changed', data: visit('v-1', { lines: [...lines(), more] }) })
    await until(async () => (await snapshotOf(running)).visits.length === 1)
    const { visits } = await snapshotOf(running)
    assert.deepEqual(
      visits[0]?.lines.map(({ lineId, isMore = false }) => [lineId, isMore]),
      [
        ['l1', false],
        ['l2', false],
        ['l1:more', true],
      ],
    )
  })

  it('is each plate once, and then only those that changed', async () => {
    running.sensing.readings = ['g1-s1-p1', 'g1-s1-p2'].map((plate) => {
      return { plate, weightG: 500.2, stable: true, atMs: 0, health: 'online' }
    })
    await until(async () => (await snapshotOf(running)).plates.length === 2)
    const changed = readUntil(running, ({ type }) => type === 'plates')
    const [first, second] = running.sensing.readings
    assert.ok(first && second)
    running.sensing.readings = [
      { ...first, weightG: 500.4 },
      { ...second, health: 'stuck' },
    ]
    const event = (await changed).findLast(({ type }) => type === 'plates')
    assert.deepEqual(event?.type === 'plates' && event.plates, [{ plate: 'g1-s1-p2', weightG: 500, health: 'stuck' }])
  })

  it('says why a line is on the bill', async () => {
    await running.till.tell({ type: 'visit-changed', data: visit('v-1', { lines: lines() }) })
    await until(async () => (await request(running, '/api/visits/v-1')).status === 200)
    const evidence = await (await request(running, '/api/visits/v-1')).json()
    assert.match(evidence.lines[1].notes[0].text, /The shelf lost/)
    assert.equal(evidence.lines[1].alternatives.length, 1)
    assert.equal((await request(running, '/api/visits/v-9')).status, 404)
  })

  it('shows how the weight and the hands went, and names nobody', async () => {
    running.till.journalled = [eventWithCourses('person-v-1')]
    await running.till.tell({ type: 'visit-changed', data: visit('v-1', { lines: lines() }) })
    await until(async () => (await request(running, '/api/visits/v-1')).status === 200)
    const text = await (await request(running, '/api/visits/v-1')).text()
    const { lines: told, events } = JSON.parse(text) as VisitEvidence
    assert.deepEqual(told[0]?.eventIds, [events[0]?.eventId])
    assert.deepEqual(events[0]?.weight?.values, [0, -80, null, -510, -515])
    assert.deepEqual(
      events[0]?.hands.map(({ person, own, values }) => [person, own, Math.min(...values.map((cm) => cm ?? 999))]),
      [
        ['A', true, 2],
        ['B', false, 90],
      ],
    )
    assert.doesNotMatch(text, /person-/)
  })

  it('says why without a drawing while the till is away', async () => {
    await running.till.tell({ type: 'visit-changed', data: visit('v-1', { lines: lines() }) })
    await until(async () => (await request(running, '/api/visits/v-1')).status === 200)
    running.till.away = true
    const evidence = (await (await request(running, '/api/visits/v-1')).json()) as VisitEvidence
    assert.deepEqual([evidence.lines.length, evidence.events], [2, []])
  })

  it('goes on without till and sensing, and says that they are away', async () => {
    await until(async () => (await snapshotOf(running)).plates.length === 1)
    running.sensing.away = true
    running.till.away = true
    await until(async () => {
      const { sources } = await snapshotOf(running)
      return !sources.till && !sources.sensing
    })
    assert.equal((await snapshotOf(running)).plates[0]?.health, 'unknown')
    running.sensing.away = false
    running.till.away = false
    await until(async () => {
      const { sources } = await snapshotOf(running)
      return sources.till && sources.sensing
    })
  })

  it('stops for a page whose session was ended', async () => {
    const answer = await request(running, '/api/live')
    await request(running, '/api/logout', { body: { everywhere: true } })
    let bytes = 0
    for await (const chunk of answer.body ?? []) bytes += chunk.length
    assert.ok(bytes > 0, 'the stream ended by itself')
  })
})

describe('what the store page may do', () => {
  let running: TestConsole
  beforeEach(async () => {
    running = await startTestConsole()
  })
  afterEach(() => running.stop())

  const decide = (outcome: string) =>
    request(running, '/api/review', { body: { visitId: 'v-1', lineId: 'l2', outcome } })

  it('decides a line once, signed by who is logged in', async () => {
    assert.equal((await decide('let-go')).status, 200)
    assert.equal((await decide('let-go')).status, 200, 'a second press changes nothing')
    assert.equal((await decide('charge')).status, 409)
    assert.equal(running.till.commands.length, 1)
    const [command] = running.till.commands
    assert.deepEqual(
      { ...command, commandId: '' },
      { type: 'resolve-review', commandId: '', visitId: 'v-1', lineId: 'l2', outcome: 'let-go', decidedBy: 'Mina' },
    )
  })

  it('opens a gate once for each press', async () => {
    const press = (requestId: string) =>
      request(running, '/api/open-gate', { body: { requestId, gate: 'gate-1', direction: 'out' } })
    await Promise.all([press('press-1'), press('press-1'), press('press-2')])
    assert.deepEqual(running.till.commands.map(({ commandId }) => commandId).sort(), [
      'open-gate-press-1',
      'open-gate-press-2',
    ])
  })

  it('resets a gate whose alarm stays, signed by who is logged in', async () => {
    const answer = await request(running, '/api/reset-gate', { body: { requestId: 'press-1', gate: 'gate-1' } })
    assert.equal(answer.status, 200)
    assert.deepEqual(running.till.commands, [
      {
        ...{ type: 'reset-gate', commandId: 'reset-gate-press-1', gate: 'gate-1' },
        reason: 'Reset on the store page by Mina.',
      },
    ])
  })

  it('answers while the till is away, instead of waiting for ever', async () => {
    running.till.away = true
    const answer = await decide('charge')
    assert.equal(answer.status, 503)
    assert.equal((await answer.json()).code, 'till-unreachable')
  })
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50))
}
