/**
 * What promotions take off. A piece takes part in one of them at most; the one that saves most a piece goes first.
 * No offer saves more than the cheapest of the pieces in it, so whoever takes a piece less never pays more.
 */

import type { Discount, PricedLine } from '../../contract/messages.ts'
import { localDay, localMoment, periodCovers } from '../../contract/opening-hours.ts'
import type { Promotion } from '../../profile/promotions.ts'
import { roundHalfUp, spread } from './money.ts'

export type PromotedLine = Pick<PricedLine, 'lineId' | 'sku' | 'quantity' | 'unitPriceMinor' | 'amountMinor' | 'soldBy'>

/** Those that are on at one of the moments: whoever walked in under a promotion keeps it. */
export function promotionsAt(
  promotions: readonly Promotion[],
  momentsMs: readonly number[],
  timeZone: string,
): Promotion[] {
  const moments = momentsMs.map((atMs) => ({ day: localDay(atMs, timeZone), ...localMoment(atMs, timeZone) }))
  return promotions.filter(({ firstDay, lastDay, hours }) =>
    moments.some(
      (moment) =>
        (firstDay === undefined || firstDay <= moment.day) &&
        (lastDay === undefined || moment.day <= lastDay) &&
        (hours === undefined || hours.some((period) => periodCovers(period, moment))),
    ),
  )
}

/** The discounts on these lines, whatever the order of lines and promotions. */
export function promote(lines: readonly PromotedLine[], promotions: readonly Promotion[]): Discount[] {
  const skus = new Set(lines.map(({ sku }) => sku))
  const byId = promotions
    .filter(({ offer }) => productsOf(offer).some((sku) => skus.has(sku)))
    .sort((a, b) => compare(a.id, b.id))
  const left = lines.map((line) => ({ ...line })).sort((a, b) => compare(a.sku, b.sku) || compare(a.lineId, b.lineId))
  const given: Discount[] = []
  for (;;) {
    const best = byId
      .flatMap((promotion) => usesOf(promotion, left).map((use) => ({ promotion, ...use })))
      .reduce<(Use & { promotion: Promotion }) | undefined>(
        (a, b) => (a && savedAPiece(a) >= savedAPiece(b) ? a : b),
        undefined,
      )
    if (!best) return given
    given.push(give(best.promotion, best))
  }
}

const productsOf = (offer: Promotion['offer']) =>
  offer.kind === 'bundle' ? offer.parts.map(({ sku }) => sku) : offer.skus

/** One way of using an offer: from which lines how much is taken for it, and what it saves. */
interface Use {
  taken: { line: PromotedLine; quantity: number }[]
  savedMinor: number
}

const savedAPiece = ({ savedMinor, taken }: Use) =>
  savedMinor / taken.reduce((sum, { line, quantity }) => sum + (isCounted(line) ? quantity : 1), 0)

const isCounted = ({ soldBy }: Pick<PromotedLine, 'soldBy'>) => soldBy !== 'weight'

function usesOf({ offer }: Promotion, left: readonly PromotedLine[]): Use[] {
  const uses = offer.kind === 'percent-off' ? percentOff(offer, left) : [pieces(offer, left)]
  return uses.filter((use) => use !== undefined && use.savedMinor > 0) as Use[]
}

function percentOff(
  { skus, percent }: Extract<Promotion['offer'], { kind: 'percent-off' }>,
  left: readonly PromotedLine[],
) {
  return left
    .filter((line) => line.quantity > 0 && skus.includes(line.sku))
    .map((line): Use => {
      const [quantity, price] = isCounted(line) ? [1, line.unitPriceMinor] : [line.quantity, line.amountMinor]
      return { taken: [{ line, quantity }], savedMinor: Number(roundHalfUp(BigInt(price) * BigInt(percent), 100n)) }
    })
}

function pieces(
  offer: Exclude<Promotion['offer'], { kind: 'percent-off' }>,
  left: readonly PromotedLine[],
): Use | undefined {
  const counted = left.filter((line) => line.quantity > 0 && isCounted(line))
  const taken =
    offer.kind === 'one-free'
      ? take(dearestFirst(counted.filter(({ sku }) => offer.skus.includes(sku))), offer.take)
      : takeParts(counted, offer.parts)
  if (!taken) return undefined
  const cheapest = Math.min(...taken.map(({ line }) => line.unitPriceMinor))
  if (offer.kind === 'one-free') return { taken, savedMinor: cheapest }
  const listed = taken.reduce((sum, { line, quantity }) => sum + quantity * line.unitPriceMinor, 0)
  return { taken, savedMinor: Math.min(listed - offer.priceMinor, cheapest) }
}

const dearestFirst = (lines: PromotedLine[]) => lines.sort((a, b) => b.unitPriceMinor - a.unitPriceMinor)

/** So many pieces off the first lines; undefined when there are fewer. */
function take(lines: readonly PromotedLine[], wanted: number): Use['taken'] | undefined {
  const taken: Use['taken'] = []
  let missing = wanted
  for (const line of lines) {
    const quantity = Math.min(line.quantity, missing)
    if (quantity > 0) taken.push({ line, quantity })
    missing -= quantity
  }
  return missing === 0 ? taken : undefined
}

function takeParts(
  lines: readonly PromotedLine[],
  parts: readonly { sku: string; quantity: number }[],
): Use['taken'] | undefined {
  const wanted = new Map<string, number>()
  for (const { sku, quantity } of parts) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity)
  const taken: Use['taken'] = []
  for (const [sku, quantity] of wanted) {
    const found = take(
      lines.filter((line) => line.sku === sku),
      quantity,
    )
    if (!found) return undefined
    taken.push(...found)
  }
  return taken
}

/** Gives it as often as the lines last, and takes what it used off them. */
function give({ id, name }: Promotion, { taken, savedMinor }: Use): Discount {
  const times = Math.min(...taken.map(({ line, quantity }) => Math.floor(line.quantity / quantity)))
  const parts = spread(
    savedMinor,
    taken.map(({ line, quantity }) => (isCounted(line) ? quantity * line.unitPriceMinor : line.amountMinor)),
  )
  const lines = taken.map(({ line, quantity }, i) => {
    line.quantity -= times * quantity
    return { lineId: line.lineId, quantity: times * quantity, amountMinor: times * (parts[i] ?? 0) }
  })
  return { promotionId: id, name, times, amountMinor: times * savedMinor, lines }
}

/**
 * What is still given of `shown` when only `charged` of its lines is charged: the parts of which every piece is
 * there. What is sold by weight keeps its discount in proportion.
 */
export function keepDiscounts(shown: readonly Discount[], charged: readonly PromotedLine[]): Discount[] {
  const left = new Map(charged.map((line) => [line.lineId, { ...line }]))
  return shown.flatMap((discount) => {
    const [first] = discount.lines
    const weighed = first && left.get(first.lineId)
    if (first && weighed && !isCounted(weighed)) {
      const quantity = Math.min(first.quantity, weighed.quantity)
      weighed.quantity -= quantity
      const amountMinor = Math.min(Math.ceil((discount.amountMinor * quantity) / first.quantity), weighed.amountMinor)
      return quantity > 0 ? [{ ...discount, amountMinor, lines: [{ ...first, quantity, amountMinor }] }] : []
    }
    const once = discount.lines.map((line) => ({ ...line, quantity: line.quantity / discount.times }))
    const times = Math.min(
      discount.times,
      ...once.map(({ lineId, quantity }) => Math.floor((left.get(lineId)?.quantity ?? 0) / quantity)),
    )
    if (times === 0) return []
    for (const { lineId, quantity } of once) {
      const line = left.get(lineId)
      if (line) line.quantity -= times * quantity
    }
    const part = (whole: number) => (whole / discount.times) * times
    const lines = discount.lines.map((line) => {
      return { ...line, quantity: part(line.quantity), amountMinor: part(line.amountMinor) }
    })
    return [{ ...discount, times, amountMinor: part(discount.amountMinor), lines }]
  })
}

/** The lines less what takes part in these discounts already. */
export function withoutPromoted<L extends PromotedLine>(lines: readonly L[], discounts: readonly Discount[]): L[] {
  const used = new Map<string, number>()
  for (const { lineId, quantity } of discounts.flatMap((discount) => discount.lines)) {
    used.set(lineId, (used.get(lineId) ?? 0) + quantity)
  }
  return lines
    .map((line) => ({ ...line, quantity: line.quantity - (used.get(line.lineId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0)
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
