/**
 * What a store that has been open for a while knows, beyond its data: what its takings told of its goods and places, and
 * what reviews have taught (docs/learning.md). Its owner reviews rightly, and
 * accepts what is proposed.
 */
import { envelope } from '../../runtime/contract/messages.ts'
import { FusionMemory } from '../../runtime/fusion/fusion-memory.ts'
import { learn } from '../../runtime/learning/learn.ts'
import { learnedGoods } from '../../runtime/learning/learned-goods.ts'
import { nothingLearned } from '../../runtime/learning/learned-version.ts'
import { defaultLearningPolicy } from '../../runtime/learning/learning-policy.ts'
import { endedVisit, outcomesOf } from '../../runtime/learning/outcomes.ts'
import type { StoreLayout } from '../../runtime/profile/layout.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { isRight, type LineOutcome } from './line-outcome.ts'

/** What one run of the store left. */
export interface Past {
  visits: readonly VisitSnapshot[]
  lines: readonly LineOutcome[]
  /** The last that was said of each event. */
  evidence: ReadonlyMap<string, Evidence>
}

export class StoreMemory {
  readonly #layout: StoreLayout
  readonly #byWeight: ReadonlySet<string>
  /** Of what lies where and weighs how much, as a store's that is not restarted meanwhile. */
  readonly fusion = new FusionMemory()
  #content = nothingLearned

  constructor(layout: StoreLayout) {
    this.#layout = layout
    this.#byWeight = new Set(layout.products.filter(({ soldBy }) => soldBy === 'weight').map(({ sku }) => sku))
  }

  /** The store's layout with what has been learned. */
  get layout(): StoreLayout {
    return { ...this.#layout, learned: learnedGoods(this.#content, this.#layout) }
  }

  keep({ visits, lines, evidence }: Past): void {
    const ended = visits.flatMap((visit) => endedVisit(reviewed(visit, lines, this.#layout)) ?? [])
    const outcomes = outcomesOf(ended, 0, evidence, this.#byWeight)
    this.#content = learn(this.#content, outcomes, this.#layout.products, defaultLearningPolicy).content
  }
}

/** The visit as it is when somebody who knows what was taken has decided what waits. */
function reviewed(
  visit: VisitSnapshot,
  lines: readonly LineOutcome[],
  { storeId, currency }: StoreLayout,
): VisitSnapshot {
  const { visitId, decision } = visit
  if (!decision) return visit
  const settled = decision.lines.map((line) => {
    const truth = lines.find((one) => one.visitId === visitId && one.lineId === line.lineId)
    if (line.outcome !== 'review' || !truth) return line
    return { ...line, outcome: isRight(truth) ? ('charge' as const) : ('let-go' as const), rule: 'review' }
  })
  const ended = { visitId, state: 'paid' as const, amountMinor: 0, currency }
  const payment = { type: 'payment' as const, ...envelope(storeId, 1, visit.openedAtMs, visit.openedAtMs), ...ended }
  return { ...visit, state: 'paid', decision: { ...decision, lines: settled }, payment }
}
