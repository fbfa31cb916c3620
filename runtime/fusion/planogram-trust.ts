/**
 * Whether a fixture's planogram can be believed. A planogram is wrong for a whole fixture far more often than for
 * one product, so every taking from a fixture bears on how likely the others there are goods from elsewhere.
 */
import type { Causes } from './clusters.ts'
import type { Subject } from './explanations.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import { bounded, quarters } from './trust.ts'

/** Where the planogram is wrong, about every other product still lies where it says. */
const offWhereWrong = 0.5

/** What events that are over said of each fixture, as log odds that its planogram is wrong. */
export type PlanogramMemory = Map<string, number>

type CausesOf = ReadonlyMap<string, Causes>

export class PlanogramTrust {
  readonly #policy: FusionPolicy
  readonly #remembered: PlanogramMemory

  constructor(policy: FusionPolicy, remembered: PlanogramMemory) {
    this.#policy = policy
    this.#remembered = remembered
  }

  /**
   * For each event, by its id, how much likelier goods from elsewhere are than where the planogram is right
   * (natural logarithm); rounded, so that a distant event does not change every posterior a little.
   */
  offLogOdds(subjects: readonly Subject[], causes: CausesOf): Map<string, number> {
    const { planogramWrong, offPlanogram } = this.#policy
    const ofFixture = new Map(this.#remembered)
    const own = this.#count(subjects, causes, ofFixture)
    const priorLogOdds = Math.log(planogramWrong / (1 - planogramWrong))
    return new Map(
      subjects.map((subject) => {
        const others = bounded((ofFixture.get(subject.evidence.event.fixture) ?? 0) - (own.get(subject) ?? 0))
        const wrong = 1 / (1 + Math.exp(-others - priorLogOdds))
        const off = offPlanogram + wrong * offWhereWrong
        return [subject.eventId, quarters(Math.log(off / offPlanogram))]
      }),
    )
  }

  /** Keeps what these events say of their fixtures when they themselves are forgotten. */
  remember(subjects: readonly Subject[], causes: CausesOf): void {
    this.#count(subjects, causes, this.#remembered)
    for (const [fixture, logOdds] of this.#remembered) this.#remembered.set(fixture, bounded(logOdds))
  }

  /** Adds up what takings say; goods that were seen to be put down there say nothing of the planogram. */
  #count(subjects: readonly Subject[], causes: CausesOf, ofFixture: Map<string, number>): Map<Subject, number> {
    const takings = subjects.filter(({ deltaG, eventId }) => deltaG < 0 && !causes.get(eventId)?.moved.length)
    const own = new Map(takings.map((subject) => [subject, wrongLogOdds(subject, this.#policy)]))
    for (const [subject, logOdds] of own) {
      const { fixture } = subject.evidence.event
      ofFixture.set(fixture, (ofFixture.get(fixture) ?? 0) + logOdds)
    }
    return own
  }
}

/** How much likelier this event is where the planogram is wrong than where it is right (natural logarithm). */
function wrongLogOdds({ fit }: Subject, { offPlanogram }: FusionPolicy): number {
  const best = Math.max(fit.home, fit.off)
  if (best === Number.NEGATIVE_INFINITY) return 0
  const home = Math.exp(fit.home - best)
  const off = Math.exp(fit.off - best)
  const whereWrong = (1 - offWhereWrong) * home + offWhereWrong * off
  const whereRight = (1 - offPlanogram) * home + offPlanogram * off
  return Math.log(whereWrong / whereRight)
}
