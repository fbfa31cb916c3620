/** From what was known and how visits came out to what is known now: a pure function. */
import { defaultFusionPolicy } from '../fusion/fusion-policy.ts'
import { catalogueGrams, usualSpreadG } from '../fusion/shelves.ts'
import type { Product } from '../profile/layout.ts'
import { type ConfirmedTaking, type LearnedContent, type LearnedProduct, nothingLearned } from './learned-version.ts'
import type { LearningPolicy } from './learning-policy.ts'
import type { Outcomes } from './outcomes.ts'
import { estimateWeight, type Weight, type WeightEstimate } from './weight-estimate.ts'

/** Why a product's weight is what it is now. */
export interface WeightChange {
  sku: string
  /** null: nobody had weighed it. */
  before: { weightG: number | null; weightSdG: number }
  after: Weight
  /** undefined: too few takings are left to learn from, so that the catalogue holds again. */
  estimate: WeightEstimate | undefined
  /** All that were confirmed, with those that do not agree. */
  takings: number
}

export interface Learning {
  content: LearnedContent
  changes: WeightChange[]
  /** Products that have takings and too few of them. */
  waiting: { sku: string; takings: number }[]
  /** Why a person has to accept it; empty: it may be taken up by itself. */
  doubts: string[]
}

export function learn(
  known: LearnedContent,
  outcomes: Pick<Outcomes, 'takings' | 'doubtedEvents' | 'sold' | 'mistaken'>,
  products: readonly Product[],
  policy: LearningPolicy,
): Learning {
  const learning: Learning = { content: nothingLearned, changes: [], waiting: [], doubts: [] }
  const before = new Map(known.products.map((product) => [product.sku, product]))
  const entries: LearnedProduct[] = []
  for (const product of [...products].sort((a, b) => order(a.sku, b.sku))) {
    const { sku } = product
    const was = stillAbout(before.get(sku), product)
    const fresh = outcomes.takings.filter((one) => one.sku === sku).map(({ taking }) => taking)
    const takings = keptTakings(was?.takings ?? [], fresh, outcomes.doubtedEvents, policy)
    if (takings.length === 0) continue
    const changed = JSON.stringify(takings) !== JSON.stringify(was?.takings ?? [])
    const entry = changed ? learnWeight({ product, was, takings }, policy, learning) : was
    if (entry) entries.push(entry)
  }
  learning.content = { products: entries, sold: soldOf(known, outcomes), mistaken: mistakenOf(known, outcomes) }
  learning.doubts = doubtsOf(learning.changes, policy)
  return learning
}

/** What was learned on top of another catalogue weight says nothing of this one: somebody has weighed it in. */
function stillAbout(was: LearnedProduct | undefined, { weightG, weightSdG }: Product): LearnedProduct | undefined {
  return was && was.catalogue.weightG === weightG && was.catalogue.weightSdG === weightSdG ? was : undefined
}

function keptTakings(
  known: readonly ConfirmedTaking[],
  fresh: readonly ConfirmedTaking[],
  doubted: ReadonlySet<string>,
  { mostKept }: LearningPolicy,
): ConfirmedTaking[] {
  const events = new Map([...known, ...fresh].map((taking) => [taking.event, taking]))
  return [...events.values()].filter(({ event }) => !doubted.has(event)).slice(-mostKept)
}

function learnWeight(
  { product, was, takings }: { product: Product; was: LearnedProduct | undefined; takings: ConfirmedTaking[] },
  policy: LearningPolicy,
  { changes, waiting }: Learning,
): LearnedProduct {
  const { sku, weightG, weightSdG } = product
  const catalogue = { weightG, weightSdG }
  const catalogueG = catalogueGrams(weightG)
  const firstG = catalogueG ?? takings[0]?.pieceG ?? 0
  const prior = { weightG: catalogueG, weightSdG: weightSdG ?? usualSpreadG(firstG, defaultFusionPolicy) }
  const held = was?.learned ?? prior
  const estimate = estimateWeight(prior, takings, policy)
  const byCatalogue = catalogueG === null ? null : { weightG: catalogueG, weightSdG: prior.weightSdG }
  const after = estimate ? rounded(estimate) : byCatalogue
  if (!estimate) waiting.push({ sku, takings: takings.length })
  const offG = after ? Math.abs(after.weightG - (held.weightG ?? 0)) : 0
  const isMoved =
    after !== null &&
    (offG >= policy.worthMoving * held.weightSdG ||
      Math.abs(after.weightSdG / held.weightSdG - 1) >= policy.worthMoving)
  if (!after || !isMoved) return { sku, catalogue, learned: was?.learned ?? null, takings }
  changes.push({ sku, before: held, after, estimate, takings: takings.length })
  return { sku, catalogue, learned: estimate ? after : null, takings }
}

function doubtsOf(changes: readonly WeightChange[], { largestStep, mostMoved }: LearningPolicy): string[] {
  const large = changes.filter(
    ({ before, after }) => before.weightG !== null && Math.abs(after.weightG / before.weightG - 1) > largestStep,
  )
  return [
    ...large.map(({ sku }) => `${sku} would weigh over ${Math.round(100 * largestStep)} % more or less than it did.`),
    ...(changes.length > mostMoved
      ? [`${changes.length} weights would move at once: look first whether a scale is wrong.`]
      : []),
  ]
}

function soldOf(known: LearnedContent, { sold }: Pick<Outcomes, 'sold'>): LearnedContent['sold'] {
  const times = new Map(known.sold.map((one) => [one.sku, one.times]))
  for (const [sku, more] of sold) times.set(sku, (times.get(sku) ?? 0) + more)
  return [...times].map(([sku, times]) => ({ sku, times })).sort((a, b) => order(a.sku, b.sku))
}

function mistakenOf(known: LearnedContent, { mistaken }: Pick<Outcomes, 'mistaken'>): LearnedContent['mistaken'] {
  const pairs = new Map(known.mistaken.map((pair) => [JSON.stringify([pair.takenFor, pair.sku]), pair]))
  for (const { sku, takenFor } of mistaken) {
    const key = JSON.stringify([takenFor, sku])
    pairs.set(key, { sku, takenFor, times: (pairs.get(key)?.times ?? 0) + 1 })
  }
  return [...pairs].sort(([a], [b]) => order(a, b)).map(([, pair]) => pair)
}

const rounded = ({ weightG, weightSdG }: Weight): Weight => ({
  weightG: Math.round(weightG * 10) / 10,
  weightSdG: Math.max(0.1, Math.round(weightSdG * 100) / 100),
})

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
