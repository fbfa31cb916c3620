/** kill -9 of the till at every step of a visit that can be seen from outside: each message, each side of each call. */
import assert from 'node:assert/strict'
import { seededRandom, uniform } from '../../runtime/contract/random.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import type { TestStore } from '../till/support/test-till.ts'
import { waitFor } from '../till/support/wait.ts'
import {
  assertDatabaseIsWhole,
  assertJournalTellsAll,
  assertJournalVerifies,
  assertNothingLost,
  assertPaidOnce,
} from './support/judgement.ts'
import { type KilledTill, openKilledTill } from './support/killed-till.ts'
import { Shopping } from './support/shopping.ts'
import { isWhole, patienceMs, seed, seedNote, shuffled, times } from './support/trial.ts'

/** The till has just told that the visit is in this state. */
const told = ['admitted', 'open', 'exited', 'deciding', 'charging', 'paid'] as const satisfies VisitSnapshot['state'][]
/** The command is on its way, and nobody has seen an answer. */
const sent = ['admit', 'set-lines', 'end-visit', 'decide'] as const
/** The provider has the request; has carried it out; has answered. */
const provider = ['received', 'charged', 'answered'] as const
const everyStep = [
  ...sent.map((type) => `${type} is sent`),
  ...told.map((state) => `it is told to be ${state}`),
  ...provider.map((step) => `the provider has ${step}`),
]
const rounds = times(20, 1)
const takenWithinMs = 25
const steps = isWhole ? everyStep : shuffled(seededRandom(seed), everyStep).slice(0, 2)

describe(`the till, killed at ${steps.length} of ${everyStep.length} named steps, ${rounds} times ${seedNote}`, function () {
  this.timeout(120_000 + rounds * 120_000)
  let store: TestStore
  let till: KilledTill
  let shopping: Shopping
  const random = seededRandom(seed)
  /** Kills at this step, once. */
  let armed: { step: string; strike: () => void } | undefined

  before(async () => {
    ;({ store, till } = await openKilledTill())
    shopping = new Shopping(store, till, reached)
    store.toss.onStep = (step) => reached(`the provider has ${step}`)
  })
  after(async () => {
    shopping.stop()
    await till.stop()
    await store.stop()
  })

  function reached(step: string): void {
    if (step !== armed?.step) return
    const { strike } = armed
    armed = undefined
    // What is sent now is taken some milliseconds later: the kill comes before, meanwhile, or after that.
    if (step.endsWith(' is sent')) setTimeout(strike, uniform(random, 0, takenWithinMs))
    else strike()
  }

  for (const step of steps) {
    it(`ends the visit when killed as ${step}`, async () => {
      for (let round = 0; round < rounds; round++) {
        const { promise: struck, resolve: strike } = Promise.withResolvers<void>()
        armed = { step, strike }
        const restarted = till.killAt(() => struck)
        const visitId = await shopping.enter()
        shopping.leave(visitId)
        await restarted
        await waitFor('the end of the visit', () => till.ended(visitId), patienceMs)
      }
    })
  }

  it('has charged each once, and lost nothing', async () => {
    const visits = await shopping.ended()
    assertPaidOnce(store, visits)
    await assertJournalTellsAll(store, visits)
    await assertNothingLost(till.client('flows'), shopping.acknowledged)
    await assertJournalVerifies(till.url)
    assertDatabaseIsWhole(store)
    assert.equal(shopping.visitIds.length, steps.length * rounds)
  })
})
