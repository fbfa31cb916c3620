/**
 * kill -9 of the till at random moments of the checkout, while the provider loses answers. Judged by what the
 * provider really carried out.
 */
import assert from 'node:assert/strict'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { TestStore } from '../till/support/test-till.ts'
import {
  assertDatabaseIsWhole,
  assertJournalTellsAll,
  assertJournalVerifies,
  assertNothingLost,
  assertPaidOnce,
} from './support/judgement.ts'
import { type KilledTill, openKilledTill } from './support/killed-till.ts'
import { Shopping } from './support/shopping.ts'
import { seed, seedNote, times } from './support/trial.ts'

const kills = times(500, 4)
const atATime = 3
const together = { visits: times(20, 4), kills: times(20, 2) }

describe(`the till, killed ${kills} times at random ${seedNote}`, function () {
  this.timeout(180_000 + kills * 12_000)
  let store: TestStore
  let till: KilledTill

  beforeEach(async () => {
    ;({ store, till } = await openKilledTill())
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(till.lastWords())
    await till.stop()
    await store.stop()
  })

  it('loses nothing that it acknowledged and charges each visit exactly once', async () => {
    store.toss.faults = { ...store.toss.faults, lostAnswers: 0.3, lostRequests: 0.1, broken: 0.1, slowMs: 60 }
    await judge(await shopUnderKills(kills))
  })

  async function judge(shopping: Shopping): Promise<void> {
    const visits = await shopping.ended()
    shopping.stop()
    const sequences = shopping.events.map(({ sequence }) => sequence)
    assert.ok(
      sequences.every((sequence, i) => i === 0 || sequence > (sequences[i - 1] ?? 0)),
      'each event was told once, in order, through all restarts',
    )
    assertPaidOnce(store, visits)
    await assertJournalTellsAll(store, visits)
    await assertNothingLost(till.client('flows'), shopping.acknowledged)
    await assertJournalVerifies(till.url)
    assertDatabaseIsWhole(store)
  }

  it(`ends ${together.visits} visits that are open together, killed ${together.kills} times as all of them leave`, async () => {
    store.toss.faults = { ...store.toss.faults, lostAnswers: 0.3 }
    const shopping = new Shopping(store, till)
    for (let i = 0; i < together.visits; i++) await shopping.enter()
    const { visits } = await till.client('console').state()
    assert.equal(visits.filter(({ state }) => state === 'open').length, together.visits)
    for (const visitId of shopping.visitIds) shopping.leave(visitId)
    const allPaid = () => shopping.visitIds.every((visitId) => shopping.wasTold(visitId, 'paid'))
    // Once all are paid nothing more is done, and the rest of the kills waits for nothing.
    const done = () => (allPaid() ? Number.POSITIVE_INFINITY : shopping.done)
    await till.keepKilling(together.kills, seededRandom(seed), done)
    await judge(shopping)
  })

  it('would be caught charging twice: a provider that forgets keys and orders shows it', async () => {
    store.toss.faults = { ...store.toss.faults, lostAnswers: 0.6, forgetful: true }
    // More than six visits need: from then on answers arrive, so that the visits end soon.
    const enough = setInterval(() => {
      if (store.toss.charges.length >= 10) store.toss.faults.lostAnswers = 0
    }, 20)
    const shopping = await shopUnderKills(2)
    const visits = await shopping.ended().finally(() => clearInterval(enough))
    shopping.stop()
    assert.throws(() => assertPaidOnce(store, visits), /charged .* times/)
  })

  /** Shoppers come for as long as the till is killed, a few at a time, and at least six. */
  async function shopUnderKills(count: number): Promise<Shopping> {
    const shopping = new Shopping(store, till)
    let isOver = false
    const shop = async () => {
      while (!isOver || shopping.visitIds.length < 6) shopping.leave(await shopping.enter())
    }
    const killing = till
      .keepKilling(count, seededRandom(seed), () => shopping.done)
      .finally(() => {
        isOver = true
      })
    await Promise.all([killing, ...Array.from({ length: atATime }, shop)])
    return shopping
  }
})
