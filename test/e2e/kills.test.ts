import assert from 'node:assert/strict'
import { integerBetween, pick, seededRandom } from '../../runtime/contract/random.ts'
import type { ProgramName } from '../../runtime/program/run-settings.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { type RunningStore, startStore, until } from '../support/running-store.ts'
import { basketOf, type TruthVisit, visitOf } from '../support/twin-truth.ts'

const killed = ['till', 'flows', 'sensing', 'broker', 'console'] as const satisfies ProgramName[]
const killsEach = Number(process.env.KILLS ?? 10)
const seed = Number(process.env.KILLS_SEED ?? 20_261_121)
const ended = new Set(['paid', 'empty', 'void', 'debt', 'review'])

describe(`a store whose programs are killed ${killsEach} times each (KILLS_SEED=${seed})`, function () {
  this.timeout(600_000)
  let running: RunningStore
  let truth: TruthVisit[]
  let visits: VisitSnapshot[]
  /** What the till had acknowledged before a kill: these must be there ever after. */
  const acknowledged = new Map<string, VisitSnapshot>()

  before(async () => {
    const random = seededRandom(seed)
    running = await startStore({ speed: 4, visits: 24, shoppersPerHour: 150, seed: 3 })
    const remaining = killed.flatMap((name) => Array.from({ length: killsEach }, () => name))
    while (remaining.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, integerBetween(random, 1500, 3500)))
      for (const visit of await running.visits().catch(() => [])) acknowledged.set(visit.visitId, visit)
      const name = pick(random, remaining)
      remaining.splice(remaining.indexOf(name), 1)
      await running.kill(name)
    }
    await until(
      () => running.twin<{ finished: boolean }>('/twin/state'),
      ({ finished }) => finished,
      { withinMs: 240_000, what: 'The last shopper' },
    )
    truth = (await running.twin<{ visits: TruthVisit[] }>('/twin/truth')).visits.filter(
      ({ enteredAtMs }) => enteredAtMs !== null,
    )
    visits = await until(
      () => running.visits(),
      (all) => all.every(({ state }) => ended.has(state)),
      { withinMs: 120_000, what: 'The end of every visit' },
    )
  })
  after(() => running?.stop())

  it('ends every visit, and loses none that the till had acknowledged', () => {
    const known = new Set(visits.map(({ visitId }) => visitId))
    assert.deepEqual(
      [...acknowledged.keys()].filter((visitId) => !known.has(visitId)),
      [],
    )
    for (const shopper of truth) assert.ok(visitOf(shopper, visits), `no visit of shopper ${shopper.visit}`)
  })

  it('charges nobody twice and nothing that is on no receipt, as the provider counts', async () => {
    const { charges } = await running.twin<{ charges: { orderId: string; amount: number }[] }>('/twin/ledger')
    assert.equal(new Set(charges.map(({ orderId }) => orderId)).size, charges.length, 'one charge a visit')
    const paid = visits.filter(({ state }) => state === 'paid')
    assert.equal(charges.length, paid.length)
    assert.equal(
      charges.reduce((sum, { amount }) => sum + amount, 0),
      paid.reduce((sum, { receipt }) => sum + (receipt?.totalMinor ?? 0), 0),
    )
  })

  it('charges nobody for more than they took: what it did not see goes to review', () => {
    for (const shopper of truth) {
      const visit = visitOf(shopper, visits)
      const took = basketOf(shopper.items)
      for (const { sku, quantity } of visit?.state === 'paid' ? (visit.receipt?.lines ?? []) : []) {
        assert.ok(
          quantity <= (took[sku] ?? 0),
          `shopper ${shopper.visit} took ${took[sku] ?? 0} of ${sku}, but was charged for ${quantity}`,
        )
      }
    }
  })

  it('keeps a journal whose chain verifies', async () => {
    const response = await fetch(`http://127.0.0.1:${running.settings.ports.till}/v1/journal/verify`, {
      headers: { authorization: `Bearer ${running.secret('tillTokenConsole')}` },
    })
    assert.equal(response.status, 200)
    assert.equal(((await response.json()) as { ok?: boolean; valid?: boolean }).ok, true)
  })
})
