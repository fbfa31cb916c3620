import assert from 'node:assert/strict'
import { integerBetween, pick, type Random, seededRandom } from '../../runtime/contract/random.ts'
import type { ProgramName } from '../../runtime/program/run-settings.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { type RunningStore, startStore, until } from '../support/running-store.ts'
import { basketOf, type TruthVisit, visitOf } from '../support/twin-truth.ts'

/** The twin is killed afterwards: its shoppers would be gone without having walked out. */
const killed = ['till', 'flows', 'sensing', 'broker', 'console'] as const satisfies ProgramName[]
const killsEach = Number(process.env.KILLS ?? 10)
const seed = Number(process.env.KILLS_SEED ?? 20_261_121)
/** On a slow machine so many kills outlast everybody's visit, and what nobody saw goes to a person: these come later. */
const afterwards = 3
const ended = new Set(['paid', 'empty', 'void', 'debt', 'review'])

interface Charge {
  orderId: string
  amount: number
}

describe(`a store whose programs are killed ${killsEach} times each (KILLS_SEED=${seed})`, function () {
  this.timeout(900_000)
  let running: RunningStore
  let truth: TruthVisit[]
  let visits: VisitSnapshot[]
  let charges: Charge[]
  /** What the till had acknowledged before a kill: these must be there ever after. */
  const acknowledged = new Map<string, VisitSnapshot>()

  before(async () => {
    running = await startStore({ speed: 3, visits: 16, shoppersPerHour: 240, seed: 3, longestPauseMs: 500 })
    const random = seededRandom(seed)
    await killAll(random)
    for (let i = 0; i < afterwards; i++) await running.twin('/twin/shopper', {})
    await until(
      () => running.twin<{ finished: boolean }>('/twin/state'),
      ({ finished }) => finished,
      { withinMs: 240_000, what: 'The last shopper', tell: (state) => state },
    )
    truth = (await running.twin<{ visits: TruthVisit[] }>('/twin/truth')).visits.filter(
      ({ enteredAtMs }) => enteredAtMs !== null,
    )
    visits = await until(
      () => running.visits(),
      (all) => all.every(({ state }) => ended.has(state)),
      {
        withinMs: 180_000,
        what: 'The end of every visit',
        tell: (all) => all.filter(({ state }) => !ended.has(state)),
      },
    )
    charges = (await running.twin<{ charges: Charge[] }>('/twin/ledger')).charges
  })
  after(() => running?.stop())

  async function killAll(random: Random) {
    const remaining = killed.flatMap((name) => Array.from({ length: killsEach }, () => name))
    while (remaining.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, integerBetween(random, 200, 1500)))
      for (const visit of await running.visits().catch(() => [])) acknowledged.set(visit.visitId, visit)
      const name = pick(random, remaining)
      remaining.splice(remaining.indexOf(name), 1)
      const { again } = await running.kill(name)
      // Mostly only one is away at a time, however slow the machine; else nobody would be let in at all.
      if (random.next() < 0.8) await again()
    }
  }

  it('ends every visit, and loses none that the till had acknowledged', () => {
    const known = new Set(visits.map(({ visitId }) => visitId))
    assert.deepEqual(
      [...acknowledged.keys()].filter((visitId) => !known.has(visitId)),
      [],
    )
    for (const shopper of truth) assert.ok(visitOf(shopper, visits), `no visit of shopper ${shopper.visit}`)
  })

  it('charges nobody twice and nothing that is on no receipt, as the provider counts', () => {
    assert.equal(new Set(charges.map(({ orderId }) => orderId)).size, charges.length, 'one charge a visit')
    const paid = visits.filter(({ state }) => state === 'paid')
    assert.ok(paid.length > 0, 'somebody was charged')
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
      for (const { lineId, sku, quantity } of visit?.state === 'paid' ? (visit.receipt?.lines ?? []) : []) {
        const why = JSON.stringify(visit?.basket?.lines.find((line) => line.lineId === lineId))
        assert.ok(
          quantity <= (took[sku] ?? 0),
          `shopper ${shopper.visit} took ${took[sku] ?? 0} of ${sku}, but was charged for ${quantity}: ${why}`,
        )
      }
    }
  })

  it('keeps a journal whose chain verifies', async () => {
    const response = await fetch(`http://127.0.0.1:${running.settings.ports.till}/v1/journal/verify`, {
      headers: { authorization: `Bearer ${running.secret('tillTokenConsole')}` },
    })
    assert.equal(response.status, 200)
    assert.equal(((await response.json()) as { ok?: boolean }).ok, true)
  })

  it(`is whole again after the twin was killed ${killsEach} times, and the provider has its books`, async () => {
    const isWhole = {
      withinMs: 60_000,
      what: 'The twin and the gate',
      tell: (state: { gates: unknown }) => state.gates,
    }
    for (let kill = 0; kill < killsEach; kill++) {
      await running.kill('twin')
      await until(
        () => running.twin<{ charges: Charge[] }>('/twin/ledger'),
        () => true,
        { withinMs: 60_000, what: 'The provider' },
      )
    }
    await until(
      () => running.till.state(),
      ({ gates }) => gates.length > 0 && gates.every(({ online }) => online),
      isWhole,
    )
    const { charges: kept } = await running.twin<{ charges: Charge[] }>('/twin/ledger')
    const known = new Set(kept.map(({ orderId }) => orderId))
    assert.deepEqual(
      charges.filter(({ orderId }) => !known.has(orderId)),
      [],
    )
  })
})
