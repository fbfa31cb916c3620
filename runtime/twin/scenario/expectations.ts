/** Compares what came out of a scenario with what must. */
import type { Item } from '../world/truth.ts'
import type { Misplaced, ScenarioRun, VisitOutcome } from './run-scenario.ts'
import type { Expectation, Scenario } from './scenario-schema.ts'

export interface Mismatch {
  /** The visit's name, or `shelves`. */
  where: string
  expected: string
  actual: string
}

type NameOf = (sku: string) => string

/** @returns empty when all is as it must be */
export function mismatches(scenario: Scenario, run: ScenarioRun, nameOf: NameOf): Mismatch[] {
  const expected = scenario.expect ?? {}
  const visits = run.visits.flatMap((visit) => {
    if (visit.undone.length > 0) {
      return [{ where: visit.name, expected: 'to do the whole plan', actual: `unable to ${visit.undone.join(', ')}` }]
    }
    const expectation = expected.visits?.[visit.name] ?? { outcome: 'truth' as const }
    if (meets(visit, expectation)) return []
    return [{ where: visit.name, expected: wanted(visit, expectation, nameOf), actual: told(visit, nameOf) }]
  })
  const { misplaced } = expected
  if (misplaced === undefined || sameBag(keyed(misplaced), keyed(run.misplaced))) return visits
  return [
    ...visits,
    { where: 'shelves', expected: placesText(misplaced, nameOf), actual: placesText(run.misplaced, nameOf) },
  ]
}

function meets(visit: VisitOutcome, expectation: Expectation): boolean {
  const { charged, inReview, taken } = visit
  if (expectation.outcome === 'refused') return visit.refused && charged.length === 0 && inReview.length === 0
  if (visit.refused) return false
  switch (expectation.outcome) {
    case 'truth':
      return sameBag(bagOf(charged), bagOf(taken)) && inReview.length === 0
    case 'ambiguous':
      return (
        holds(bagOf(taken), bagOf(charged)) &&
        holds(bagOf(charged), bagOf(expectation.sure ?? [])) &&
        holds(bagOf([...charged, ...inReview]), bagOf(expectation.noticed ?? []))
      )
    case 'lines':
      return (
        sameBag(bagOf(charged), bagOf(expectation.charged)) &&
        sameBag(bagOf(inReview), bagOf(expectation.inReview ?? []))
      )
  }
}

// ---- bags of things, by name ------------------------------------------------------------------------------

type Bag = ReadonlyMap<string, number>

/** Scales tell weights, not identities: what is sold by weight may differ by this share. */
const weightTolerance = 0.03
/** Quantities above this are grams. */
const mostPieces = 25

function bagOf(items: readonly Item[]): Bag {
  const bag = new Map<string, number>()
  for (const { sku, quantity } of items) bag.set(sku, (bag.get(sku) ?? 0) + quantity)
  return bag
}

const keyed = (misplaced: readonly Misplaced[]): Bag =>
  bagOf(misplaced.map(({ plate, sku, quantity }) => ({ sku: `${plate} ${sku}`, quantity })))

const toleranceOf = (quantity: number) => (quantity > mostPieces ? quantity * weightTolerance : 1e-9)

/** Whether `whole` has all that is in `part`. */
const holds = (whole: Bag, part: Bag): boolean =>
  [...part].every(([key, quantity]) => quantity <= (whole.get(key) ?? 0) + toleranceOf(quantity))

const sameBag = (a: Bag, b: Bag): boolean => holds(a, b) && holds(b, a)

// ---- words -------------------------------------------------------------------------------------------------

function wanted({ taken }: VisitOutcome, expectation: Expectation, nameOf: NameOf): string {
  switch (expectation.outcome) {
    case 'refused':
      return 'not let in'
    case 'truth':
      return `charged ${itemsText(taken, nameOf)}`
    case 'lines': {
      const review = expectation.inReview ?? []
      const also = review.length > 0 ? `; in review ${itemsText(review, nameOf)}` : ''
      return `charged ${itemsText(expectation.charged, nameOf)}${also}`
    }
    case 'ambiguous': {
      const { sure = [], noticed = [] } = expectation
      return [
        `charged nothing but of ${itemsText(taken, nameOf)}`,
        ...(sure.length > 0 ? [`surely ${itemsText(sure, nameOf)}`] : []),
        ...(noticed.length > 0 ? [`charged or in review ${itemsText(noticed, nameOf)}`] : []),
      ].join(', ')
    }
  }
}

function told({ refused, charged, inReview, letGo }: VisitOutcome, nameOf: NameOf): string {
  if (refused) return 'not let in'
  const parts = [
    `charged ${linesText(charged, nameOf)}`,
    ...(inReview.length > 0 ? [`in review ${linesText(inReview, nameOf)}`] : []),
    ...(letGo.length > 0 ? [`let go ${linesText(letGo, nameOf)}`] : []),
  ]
  return parts.join('; ')
}

function itemsText(items: readonly Item[], nameOf: NameOf): string {
  return items.map(({ sku, quantity }) => `${Math.round(quantity)} × ${nameOf(sku)}`).join(', ') || 'nothing'
}

const linesText = (lines: VisitOutcome['charged'], nameOf: NameOf) =>
  lines
    .map(({ sku, quantity, probability }) => `${Math.round(quantity)} × ${nameOf(sku)} (${probability.toFixed(2)})`)
    .join(', ') || 'nothing'

const placesText = (misplaced: readonly Misplaced[], nameOf: NameOf) =>
  misplaced.map(({ plate, sku, quantity }) => `${quantity} × ${nameOf(sku)} on ${plate}`).join(', ') ||
  'everything in its place'
