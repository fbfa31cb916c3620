/** What was learned, as text for a terminal: each product with its numbers and why. */
import type { WeightChange } from '../../runtime/learning/learn.ts'
import type { Learned } from '../../runtime/learning/learn-now.ts'
import { learnedGoods } from '../../runtime/learning/learned-goods.ts'
import type { LearnedContent, LearnedVersion } from '../../runtime/learning/learned-version.ts'
import { defaultLearningPolicy } from '../../runtime/learning/learning-policy.ts'
import type { StoreLayout } from '../../runtime/profile/layout.ts'
import { percent } from '../explain/plots.ts'

type Goods = Pick<StoreLayout, 'products'>

/** @returns the lines to print, without line ends */
export function learnedText({ learning, outcomes, version }: Learned, goods: Goods): string[] {
  const { visits, confirmed, corrected, givenBack } = outcomes
  const nameOf = naming(goods)
  const changes = learning.changes.flatMap((change) => changeText(change, nameOf))
  return [
    `Visits that ended since: ${visits}. Lines that a person confirmed: ${confirmed}, corrected: ${corrected}; given back: ${givenBack}.`,
    ...(changes.length > 0 ? changes : ['No weight changes.']),
    ...learning.waiting.map(
      ({ sku, takings }) =>
        `${nameOf(sku)}: ${takings} of ${defaultLearningPolicy.leastEvents} takings that agree; nothing changes yet.`,
    ),
    ...conclusion(version, learning.doubts),
  ]
}

function conclusion(version: LearnedVersion | undefined, doubts: readonly string[]): string[] {
  if (!version) return ['There is nothing new: no version was written.']
  if (version.taken) return [`Version ${version.number} holds now; "aisle learn --back" takes up the one before.`]
  return [
    `Version ${version.number} is proposed and does not hold:`,
    ...doubts.map((doubt) => `  ${doubt}`),
    '"aisle learn --accept" takes it up.',
  ]
}

function changeText({ sku, before, after, estimate, takings }: WeightChange, nameOf: (sku: string) => string) {
  const was = before.weightG === null ? 'unknown' : `${before.weightG} g`
  const share = before.weightG === null ? '' : ` (${signedPercent(after.weightG / before.weightG - 1)})`
  const spread = `spread ${before.weightSdG.toFixed(1)} g -> ${after.weightSdG.toFixed(1)} g`
  const line = `${nameOf(sku)}: ${was} -> ${after.weightG} g${share}, ${spread}`
  if (!estimate) return [line, '  What had been confirmed was given back: the catalogue holds again.']
  const weighedG = estimate.agreeing.map(({ pieceG }) => pieceG)
  const range = `${Math.min(...weighedG)} to ${Math.max(...weighedG)} g`
  const aside = takings - estimate.agreeing.length
  return [
    line,
    `  In ${weighedG.length} visits a person said that it was this product; a piece weighed ${range}.`,
    ...(aside > 0 ? [`  ${aside} more weighed something else and are set aside.`] : []),
    `  That the catalogue is right: ${percent(estimate.catalogueRight)}.`,
  ]
}

/** What holds after going back, or after a proposal was accepted. */
export function takenText(version: LearnedVersion, before: LearnedContent, goods: Goods): string[] {
  const nameOf = naming(goods)
  const [was, is] = [before, version.content].map((content) => learnedGoods(content, goods).weights)
  const skus = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort()
  const weight = (learned: { weightG: number } | undefined, sku: string) => {
    const catalogueG = goods.products.find((product) => product.sku === sku)?.weightG
    return learned ? `${learned.weightG} g` : `${catalogueG ?? 'unknown'} g by the catalogue`
  }
  return [
    ...skus
      .filter((sku) => JSON.stringify(was?.get(sku)) !== JSON.stringify(is?.get(sku)))
      .map((sku) => `${nameOf(sku)}: ${weight(was?.get(sku), sku)} -> ${weight(is?.get(sku), sku)}`),
    `Version ${version.number} holds now.`,
  ]
}

const kinds: Record<LearnedVersion['kind'], string> = {
  learned: 'learned',
  accepted: 'accepted',
  back: 'gone back to',
}

export function historyText(versions: readonly LearnedVersion[], inForce: number, timeZone: string): string[] {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone })
  const lines = versions.map(({ number, parent, atMs, kind, taken, source, content }) => {
    const weights = content.products.filter(({ learned }) => learned !== null).length
    const state = number === inForce ? 'holds' : taken ? 'held' : 'proposed'
    const made = `${source.confirmed} confirmed, ${source.corrected} corrected, ${source.givenBack} given back`
    const from = parent === 0 ? 'the catalogue' : `version ${parent}`
    return `${number}  ${format.format(atMs)}  ${kinds[kind]}, ${state}; before it ${from}; ${made}; weights learned: ${weights}`
  })
  return [...lines, ...(inForce === 0 ? ['The catalogue alone holds.'] : [])]
}

const naming = ({ products }: Goods) => {
  const names = new Map(products.map(({ sku, name }) => [sku, name]))
  return (sku: string) => `${names.get(sku) ?? 'Unknown'} (${sku})`
}

const signedPercent = (share: number) => `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)} %`
