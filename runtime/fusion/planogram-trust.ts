/**
 * Whether a fixture's planogram can be believed. A planogram is wrong for a whole fixture far more often than for
 * one product, so every taking from a fixture bears on how likely the others there are goods from elsewhere.
 */
import type { Causes } from './clusters.ts'
import type { Subject } from './explanations.ts'
import type { FusionPolicy } from './fusion-policy.ts'

/** Where the planogram is wrong, about every other product still lies where it says. */
const offWhereWrong = 0.5

/**
 * For each event, by its id, how much likelier goods from elsewhere are than where the planogram is right
 * (natural logarithm); rounded, so that a distant event does not change every posterior a little.
 */
export function offLogOdds(
  subjects: readonly Subject[],
  causes: ReadonlyMap<string, Causes>,
  policy: FusionPolicy,
): Map<string, number> {
  // Goods that were seen to be put down there say nothing of the planogram.
  const takings = subjects.filter(({ deltaG, eventId }) => deltaG < 0 && !causes.get(eventId)?.moved.length)
  const ofFixture = new Map<string, number>()
  for (const subject of takings) {
    const { fixture } = subject.evidence.event
    ofFixture.set(fixture, (ofFixture.get(fixture) ?? 0) + wrongLogOdds(subject, policy))
  }
  const counted = new Set(takings)
  return new Map(
    subjects.map((subject) => {
      const all = ofFixture.get(subject.evidence.event.fixture) ?? 0
      const others = all - (counted.has(subject) ? wrongLogOdds(subject, policy) : 0)
      const priorLogOdds = Math.log(policy.planogramWrong / (1 - policy.planogramWrong))
      const wrong = 1 / (1 + Math.exp(-others - priorLogOdds))
      const off = policy.offPlanogram + wrong * offWhereWrong
      return [subject.eventId, Math.round(Math.log(off / policy.offPlanogram) * 4) / 4]
    }),
  )
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
