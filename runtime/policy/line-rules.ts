/**
 * What happens with each line of a finished visit. A line is charged only when the evidence is strong enough
 * and no rule objects; whatever is uncertain goes to a person or to the shopper, never onto the bill.
 */
import { type Static, Type } from 'typebox'
import { Create } from 'typebox/value'
import type { AttributedLine, DecidedLine, Decision } from '../contract/messages.ts'
import { oneOf, strictObject } from '../contract/schema.ts'
import type { Product } from '../profile/layout.ts'

const share = (title: string, description: string, value: number) =>
  Type.Number({ title, description, minimum: 0, maximum: 1, default: value })

export const LineRulesPolicy = strictObject(
  {
    chargeFrom: share('Charge from', 'A line at least this probable (0 to 1) is charged.', 0.9),
    letGoBelow: share(
      'Let go below',
      'A line less probable than this (0 to 1) is let go, even if "charge from" is lower.',
      0.5,
    ),
    uncertain: oneOf(['review', 'let-go'], {
      title: 'Uncertain line',
      description: 'What happens with a line between the two: a person reviews it, or it is let go.',
      default: 'review',
    }),
    dearFromMinor: Type.Integer({
      title: 'Dear from',
      description:
        "An uncertain line worth at least this is reviewed in any case. In the currency's minor unit; 0 switches it off.",
      minimum: 0,
      maximum: 1_000_000_000,
      default: 0,
    }),
    ageRestricted: oneOf(['as-others', 'review-uncertain', 'review-always'], {
      title: 'Age-restricted goods',
      description: 'Treated as other goods, reviewed when uncertain, or always reviewed.',
      default: 'review-uncertain',
    }),
    afterGap: oneOf(['review', 'let-go'], {
      title: 'Line from a time without sensors',
      description: 'What happens with a line that rests on a weight change which no sensor watched.',
      default: 'review',
    }),
  },
  { title: 'Line rules' },
)
export type LineRulesPolicy = Static<typeof LineRulesPolicy>

/** The rules of a store that changed none. */
export const defaultLineRules: LineRulesPolicy = Create(LineRulesPolicy)

/** What the rules may know beside the lines. */
export interface LineRulesContext {
  products: ReadonlyMap<string, Product>
  /** Whether all evidence of the visit is counted. Before that a put-back may be missing, so nothing is charged. */
  isFinal: boolean
}

export interface LineDecision {
  outcome: Decision['outcome']
  lines: DecidedLine[]
}

/** Decides each line by the first rule that applies, and the visit by its lines. */
export function decideLines(
  lines: readonly AttributedLine[],
  policy: LineRulesPolicy,
  context: LineRulesContext,
): LineDecision {
  const firstDecided = lines.map((line): DecidedLine => {
    const { lineId, sku, quantity, probability } = line
    const byLine = decideLine(line, policy, context.products.get(sku))
    const byVisit = byLine.outcome === 'charge' && !context.isFinal ? notFinal : byLine
    return { lineId, sku, quantity, probability, ...byVisit }
  })
  const led = firstDecided.map((line, i) =>
    leadsReadings(i, lines, firstDecided, policy) ? { ...line, ...uncertain } : line,
  )
  const decided = led.map((line, i) => ({ ...line, ...besideReviewed(i, lines, led) }))
  const some = (outcome: DecidedLine['outcome']) => decided.some((line) => line.outcome === outcome)
  return { outcome: some('review') ? 'review' : some('charge') ? 'charge' : 'empty', lines: decided }
}

/** The rule of a line that only says what another line may have been instead, and is in review because that one is. */
export const otherReadingRule = 'other-reading'
/** The rule of a line that only says how much more there may be of a product whose other line is in review. */
export const moreOfItRule = 'more-of-it'
const uncertain = { outcome: 'review', rule: 'uncertain' } as const
/** A reading less likely than this is not worth a reviewer's look. */
const leastReading = 0.05

const isLetGo = ({ rule }: DecidedLine) => rule === 'let-go-below'

/**
 * Of several products, none of which is probable enough, something was taken all the same: when they are as probable as
 * that together, the most probable of them is reviewed.
 */
function leadsReadings(
  i: number,
  lines: readonly AttributedLine[],
  decided: readonly DecidedLine[],
  { letGoBelow, uncertain }: LineRulesPolicy,
): boolean {
  const { sku, probability, eventIds } = lines[i] as AttributedLine
  if (uncertain !== 'review' || eventIds.length === 0 || !isLetGo(decided[i] as DecidedLine)) return false
  const others = lines.filter(
    (other, j) => other.sku !== sku && isLetGo(decided[j] as DecidedLine) && haveSameEvents(other, eventIds),
  )
  const isFirst = others.every((other) => other.probability < probability || lines.indexOf(other) > i)
  const together = others.reduce((sum, other) => sum + other.probability, probability)
  return isFirst && others.length > 0 && together >= letGoBelow
}

const haveSameEvents = ({ eventIds }: AttributedLine, wanted: readonly string[]) =>
  eventIds.length === wanted.length && restsOn(eventIds, wanted)

const restsOn = (eventIds: readonly string[], on: readonly string[]) =>
  eventIds.every((eventId) => on.includes(eventId))

/**
 * Whoever reviews whether an event was one product should be able to choose the other that it may have been, or say
 * that it was more of it: such a line is not let go, though it is the less likely one.
 */
function besideReviewed(
  i: number,
  lines: readonly AttributedLine[],
  decided: readonly DecidedLine[],
): Partial<Pick<DecidedLine, 'outcome' | 'rule'>> {
  const { sku, probability, eventIds } = lines[i] as AttributedLine
  if (!isLetGo(decided[i] as DecidedLine) || probability < leastReading || eventIds.length === 0) return {}
  const isReviewed = (other: AttributedLine, j: number) =>
    decided[j]?.rule === 'uncertain' && decided[j].outcome === 'review' && restsOn(eventIds, other.eventIds)
  if (lines.some((other, j) => other.sku !== sku && isReviewed(other, j))) {
    return { outcome: 'review', rule: otherReadingRule }
  }
  const isMore = lines.slice(0, i).some((other, j) => other.sku === sku && isReviewed(other, j))
  return isMore ? { outcome: 'review', rule: moreOfItRule } : {}
}

const notFinal = { outcome: 'review', rule: 'basket-not-final' } as const

function decideLine(
  line: AttributedLine,
  policy: LineRulesPolicy,
  product: Product | undefined,
): Pick<DecidedLine, 'outcome' | 'rule'> {
  const restricted = product?.ageRestricted === true
  // Before everything else: across a gap even a high probability only says where the weight is missing.
  if (line.notes.some((note) => note.kind === 'gap')) return { outcome: policy.afterGap, rule: 'after-gap' }
  if (line.probability < policy.letGoBelow) return { outcome: 'let-go', rule: 'let-go-below' }
  if (!product) return { outcome: 'review', rule: 'unknown-product' }
  if (restricted && policy.ageRestricted === 'review-always') return { outcome: 'review', rule: 'age-restricted' }
  if (line.probability >= policy.chargeFrom) return { outcome: 'charge', rule: 'charge-from' }
  if (restricted && policy.ageRestricted === 'review-uncertain') return { outcome: 'review', rule: 'age-restricted' }
  if (policy.dearFromMinor > 0 && worthMinor(line, product) >= policy.dearFromMinor) {
    return { outcome: 'review', rule: 'dear' }
  }
  return { outcome: policy.uncertain, rule: 'uncertain' }
}

function worthMinor(line: AttributedLine, product: Product): number {
  return product.soldBy === 'weight' ? (product.priceMinor * line.quantity) / 1000 : product.priceMinor * line.quantity
}
