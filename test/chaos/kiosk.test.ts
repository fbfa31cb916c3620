/** kill -9 of the till at every step of a payment at a kiosk that can be seen from outside. */
import assert from 'node:assert/strict'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { seededRandom, uniform } from '../../runtime/contract/random.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { createTillClient } from '../../runtime/till-api/till-http-client.ts'
import { kioskId, openTheEntrance } from '../kiosk/running-kiosk.ts'
import { freePorts } from '../support/free-ports.ts'
import { Scanner } from '../till/support/scanner.ts'
import { cola, decisionOn, lineOf, openTestStore, type TestStore, tokens } from '../till/support/test-till.ts'
import { waitFor } from '../till/support/wait.ts'
import {
  assertDatabaseIsWhole,
  assertJournalTellsAll,
  assertJournalVerifies,
  assertPaidOnce,
} from './support/judgement.ts'
import { KilledTill } from './support/killed-till.ts'
import { isWhole, patienceMs, seed, seedNote, shuffled, times } from './support/trial.ts'

/** Where the provider is with the card's key, and then with its charge. */
const provider = ['received', 'charged', 'answered'] as const
const everyStep = [
  'the list is confirmed',
  'the card is shown',
  ...provider.flatMap((step) => [`1 ${step}`, `2 ${step}`]),
]
const rounds = times(20, 1)
const steps = isWhole ? everyStep : shuffled(seededRandom(seed), everyStep).slice(0, 1)
const takenWithinMs = 40
const gate = 'gate-1'

describe(`a payment at a kiosk, killed at ${steps.length} of ${everyStep.length} named steps, ${rounds} times ${seedNote}`, function () {
  this.timeout(120_000 + rounds * 120_000)
  let store: TestStore
  let till: KilledTill
  let terminal: Scanner
  const visitIds: string[] = []
  const random = seededRandom(seed)
  let strikeAt: { step: string; strike: () => void } | undefined
  const counts = { received: 0, charged: 0, answered: 0 }

  before(async () => {
    store = await openTestStore({ seed })
    terminal = await new Scanner().start()
    await openTheEntrance(store.profileDirectory, terminal.port)
    till = new KilledTill(store, (await freePorts(1))[0] ?? 0)
    await till.start()
    store.toss.onStep = (step) => reached(`${++counts[step]} ${step}`)
  })
  after(async () => {
    await till.stop()
    await terminal.stop()
    await store.stop()
  })

  const clock = new SystemClock()
  const clientOf = (role: 'flows' | 'kiosk') => createTillClient({ url: till.url, token: tokens[role], clock })

  function reached(step: string): void {
    if (strikeAt?.step !== step) return
    const { strike } = strikeAt
    strikeAt = undefined
    // The till does what follows some milliseconds later: the kill comes before, meanwhile, or after that.
    setTimeout(strike, uniform(random, 0, takenWithinMs))
  }

  async function walksIn(): Promise<string> {
    const personId = `person-${visitIds.length + 1}`
    const flows = clientOf('flows')
    await flows.send({ type: 'walk-in', commandId: `in-${personId}`, gate, personId, seenAtMs: clock.nowMs() })
    const visit = (await flows.state()).visits.find(({ personIds }) => personIds.includes(personId))
    const visitId = visit?.visitId as string
    visitIds.push(visitId)
    const lines = [lineOf(cola.sku, 2)]
    await flows.send({ type: 'set-lines', commandId: `lines-${visitId}`, visitId, revision: 1, final: false, lines })
    return visitId
  }

  /** Stands there, confirms and shows a card again and again until the kiosk says that it is paid. */
  async function pays(visitId: string): Promise<void> {
    await waitFor(
      `${visitId} to be paid`,
      async () => {
        await clientOf('flows').present(kioskId, { visitIds: [visitId], strangers: 0, lostVisitIds: [] })
        const shown = await clientOf('kiosk').kiosk(kioskId)
        const [own] = shown.visits
        if (own?.prepaid?.state === 'paid') return true
        if (own?.prepaid) return false
        if (!shown.confirmed) {
          const wish = { visitId, basketRevision: 1 }
          await clientOf('kiosk')
            .press(kioskId, 'confirm', wish, AbortSignal.timeout(patienceMs))
            .catch(() => {})
          reached('the list is confirmed')
        } else if (!shown.confirmed.paying && terminal.connected) {
          terminal.show(`token-${visitId}-${clock.nowMs()}`)
          reached('the card is shown')
        }
        return false
      },
      patienceMs,
    )
  }

  async function leaves(visitId: string): Promise<void> {
    const flows = clientOf('flows')
    const lines = [lineOf(cola.sku, 2)]
    await flows.send({ type: 'end-visit', commandId: `end-${visitId}`, visitId, exitedAtMs: clock.nowMs(), gate })
    await flows.send({ type: 'set-lines', commandId: `final-${visitId}`, visitId, revision: 2, final: true, lines })
    const decision = {
      basketRevision: 2,
      lines: lines.map((line) => decisionOn(line)),
      policyHash: 'p',
      profileHash: 'p',
    }
    await flows.send({ type: 'decide', commandId: `decide-${visitId}`, visitId, ...decision })
  }

  for (const step of steps) {
    it(`is made once when killed as ${step}`, async () => {
      for (let round = 0; round < rounds; round++) {
        const { promise: struck, resolve: strike } = Promise.withResolvers<void>()
        Object.assign(counts, { received: 0, charged: 0, answered: 0 })
        const visitId = await walksIn()
        strikeAt = { step, strike }
        const restarted = till.killAt(() => struck)
        await pays(visitId)
        await restarted
        await leaves(visitId)
        await waitFor('the end of the visit', () => till.ended(visitId), patienceMs)
      }
    })
  }

  it('was charged once for each visit, and nothing was lost', async () => {
    const visits: VisitSnapshot[] = await Promise.all(visitIds.map((visitId) => till.visit(visitId)))
    assert.equal(visits.length, steps.length * rounds)
    assertPaidOnce(store, visits)
    await assertJournalVerifies(till.url)
    await assertJournalTellsAll(store, visits)
    assertDatabaseIsWhole(store)
  })
})
