import assert from 'node:assert/strict'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { type RunningStore, startStore, until } from '../support/running-store.ts'
import { basketOf, type TruthVisit, visitOf } from '../support/twin-truth.ts'

const visitCount = 32
const ended = new Set(['paid', 'empty', 'void', 'debt', 'review'])

describe('the demonstration store, its real programs in accelerated time', function () {
  this.timeout(420_000)
  let running: RunningStore
  let truth: TruthVisit[]
  let visits: VisitSnapshot[]

  before(async () => {
    running = await startStore({ speed: 3, visits: visitCount, shoppersPerHour: 240, seed: 7 })
    await until(
      () => running.twin<{ finished: boolean }>('/twin/state'),
      ({ finished }) => finished,
      { withinMs: 380_000, what: 'The last shopper' },
    )
    truth = (await running.twin<{ visits: TruthVisit[] }>('/twin/truth')).visits.filter(
      ({ enteredAtMs }) => enteredAtMs !== null,
    )
    visits = await until(
      () => running.visits(),
      (all) => truth.every((shopper) => ended.has(visitOf(shopper, all)?.state ?? '')),
      { withinMs: 60_000, what: 'The last receipt' },
    )
  })
  after(() => running?.stop())

  it('has at least 30 visits, half of them overlapping, three picks each, a third with a put-back', () => {
    assert.ok(truth.length >= 30, `${truth.length} visits`)
    const inside = (a: TruthVisit, b: TruthVisit) =>
      (a.enteredAtMs ?? 0) < (b.leftAtMs ?? 0) && (b.enteredAtMs ?? 0) < (a.leftAtMs ?? 0)
    const overlapping = truth.filter((visit) => truth.some((other) => other !== visit && inside(visit, other)))
    assert.ok(overlapping.length >= truth.length / 2, `${overlapping.length} overlap`)
    assert.ok(
      truth.every(({ events }) => events.filter(({ quantity }) => quantity > 0).length >= 3),
      'three picks each',
    )
    const withPutBack = truth.filter(({ events }) => events.some(({ quantity }) => quantity < 0))
    assert.ok(withPutBack.length >= truth.length / 3, `${withPutBack.length} with a put-back`)
  })

  it('gives each shopper the receipt of what they really took', () => {
    for (const shopper of truth) {
      const visit = visitOf(shopper, visits)
      const state = shopper.items.length > 0 ? 'paid' : 'empty'
      const told = JSON.stringify(visit?.decision?.lines)
      assert.equal(visit?.state, state, `visit ${shopper.visit}: ${told}`)
      assert.deepEqual(
        basketOf(visit?.receipt?.lines ?? []),
        basketOf(shopper.items),
        `visit ${shopper.visit}: ${told}`,
      )
    }
  })

  it('has charged exactly what the receipts say, as the provider counts', async () => {
    const { charges } = await running.twin<{ charges: { orderId: string; amount: number }[] }>('/twin/ledger')
    const orders = charges.map(({ orderId }) => orderId)
    assert.equal(new Set(orders).size, orders.length, 'one charge a visit')
    const charged = charges.reduce((sum, { amount }) => sum + amount, 0)
    assert.equal(
      charged,
      visits.reduce((sum, { state, receipt }) => sum + (state === 'paid' ? (receipt?.totalMinor ?? 0) : 0), 0),
    )
  })
})
