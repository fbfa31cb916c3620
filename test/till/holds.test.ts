import assert from 'node:assert/strict'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import type { VisitState } from '../../runtime/till-api/events.ts'
import { PaymentBench } from './support/payment-bench.ts'
import { admitVisit, beginCharge, openVisit, tea } from './support/test-ledger.ts'
import { lineOf } from './support/test-till.ts'

const hourMs = 3_600_000

describe('an amount reserved at the door', () => {
  let bench: PaymentBench
  const open = async (clock?: VirtualClock) => {
    bench = await PaymentBench.open('stripe', { holdMinor: 4000 }, clock)
    return bench
  }
  afterEach(() => bench.close())
  const ended = (visitId: string, state: VisitState) => bench.visit(visitId, state, (visit) => visit.state === state)
  const intents = () =>
    bench.provider.books.intents.map(({ amount, status, received }) => ({ amount, status, received }))
  const end = async (visitId: string) => {
    const nothing = { basketRevision: 0, lines: [], policyHash: '', profileHash: '' }
    await bench.ledger.take({ type: 'bind-visit', commandId: `b-${visitId}`, visitId, personIds: ['p1'] }, bench.nowMs)
    await bench.ledger.take(
      { type: 'end-visit', commandId: `e-${visitId}`, visitId, exitedAtMs: bench.nowMs, gate: null },
      bench.nowMs,
    )
    await bench.ledger.take({ type: 'decide', commandId: `d-${visitId}`, visitId, ...nothing }, bench.nowMs)
  }

  it('is captured after the exit, as much as the basket costs', async () => {
    const { ledger } = await open()
    const visitId = await beginCharge(ledger, 'anna', bench.nowMs)
    bench.carryOut()
    const { receipt } = await ended(visitId, 'paid')
    assert.equal(receipt?.totalMinor, tea.priceMinor)
    assert.deepEqual(intents(), [{ amount: 4000, status: 'succeeded', received: tea.priceMinor }])
  })

  it('is given back for an empty basket', async () => {
    const { ledger } = await open()
    const visitId = await openVisit(ledger, 'anna', bench.nowMs)
    bench.carryOut()
    await bench.settled()
    await end(visitId)
    bench.carryOut()
    await bench.settled()
    assert.equal((await ledger.visit(visitId)).state, 'empty')
    assert.deepEqual(intents(), [{ amount: 4000, status: 'canceled', received: 0 }])
  })

  it('is given back, and the whole charged once, when the basket costs more', async () => {
    const { ledger } = await open()
    const visitId = await beginCharge(ledger, 'anna', bench.nowMs, [lineOf('tea', 3)])
    bench.carryOut()
    await ended(visitId, 'paid')
    await bench.settled()
    assert.deepEqual(intents(), [
      { amount: 4000, status: 'canceled', received: 0 },
      { amount: 4500, status: 'succeeded', received: 4500 },
    ])
  })

  it('that is refused ends the visit at the door; once somebody is inside, the charge is tried without it', async () => {
    const { ledger, provider } = await open()
    provider.declines = true
    const [anna, bert] = [await admitVisit(ledger, 'anna', bench.nowMs), await openVisit(ledger, 'bert', bench.nowMs)]
    bench.carryOut()
    await ended(anna, 'void')
    await bench.settled()
    assert.equal((await ledger.visit(bert)).state, 'open')
    provider.declines = false
    const lines = [lineOf('tea', 1)]
    const { nowMs } = bench
    await ledger.take({ type: 'set-lines', commandId: 's', visitId: bert, revision: 1, final: true, lines }, nowMs)
    await ledger.take({ type: 'end-visit', commandId: 'e', visitId: bert, exitedAtMs: nowMs, gate: null }, nowMs)
    const decided = lines.map((line) => ({ ...line, outcome: 'charge' as const, rule: '' }))
    const decision = { basketRevision: 1, policyHash: '', profileHash: '' }
    const asked = decided.map(({ lineId, sku, quantity, probability, outcome, rule }) => {
      return { lineId, sku, quantity, probability, outcome, rule }
    })
    await ledger.take({ type: 'decide', commandId: 'd', visitId: bert, lines: asked, ...decision }, nowMs)
    bench.carryOut()
    await ended(bert, 'paid')
    assert.equal(provider.takenMinor(), tea.priceMinor)
  })

  it('is not doubled, nor the charge, when the provider has forgotten the keys after 24 hours', async () => {
    const clock = new VirtualClock(1_800_000_000_000)
    const { ledger, provider } = await open(clock)
    provider.faults.lostAnswers = 1
    const visitId = await beginCharge(ledger, 'anna', clock.nowMs())
    bench.carryOut()
    await bench.visit(visitId, 'asked for', () => provider.requests.length > 0)
    await bench.pause()
    clock.advanceTo(clock.nowMs() + 25 * hourMs)
    provider.forgetsKeys = true
    bench.carryOut()
    await bench.visit(visitId, 'asked for again', () => provider.books.charges.length > 0)
    await bench.pause()
    clock.advanceTo(clock.nowMs() + hourMs)
    provider.faults.lostAnswers = 0
    bench.carryOut()
    await ended(visitId, 'paid')
    assert.deepEqual(intents(), [{ amount: 4000, status: 'succeeded', received: tea.priceMinor }])
  })

  it('stays one, with one charge, through lost answers, 429, 5xx and lost requests', async () => {
    const { ledger, provider } = await open()
    Object.assign(provider.faults, { lostAnswers: 0.25, lostRequests: 0.1, tooMany: 0.1, broken: 0.1 })
    const visitIds: string[] = []
    for (let i = 0; i < 12; i++) visitIds.push(await beginCharge(ledger, `shopper-${i}`, bench.nowMs))
    bench.carryOut()
    for (const visitId of visitIds) await ended(visitId, 'paid')
    assert.equal(intents().length, 12)
    assert.ok(intents().every(({ status, received }) => status === 'succeeded' && received === tea.priceMinor))
  }).timeout(60_000)
})
