import type { BasketChange, DecidedLine, Discount, PricedLine, Receipt, Tax } from '../../contract/messages.ts'
import type { Promotion, TaxRule } from '../../profile/promotions.ts'
import { amountMinor, totalMinor } from './pricing.ts'
import { keepDiscounts, promote, withoutPromoted } from './promotions.ts'
import { taxOf } from './tax.ts'

/** What a visit costs, as its receipt will say it. */
export interface Bill {
  lines: Receipt['lines']
  discounts: Discount[]
  /** null where the catalogue says nothing of a tax. */
  tax: Tax | null
  totalMinor: number
}

/** What applies at the moment besides the products' prices. */
export interface Terms {
  promotions: readonly Promotion[]
  tax: TaxRule | null
}

/**
 * What was decided to be charged, at the prices and with the discounts that the basket showed, whatever became of
 * the catalogue since. What a line that is not charged took part in may make room for another discount.
 */
export function billOf(decided: readonly DecidedLine[], basket: BasketChange | null, { promotions, tax }: Terms): Bill {
  const lines = billLines(decided, basket)
  const charged = lines.map((line) => ({ ...pricedIn(basket, line.lineId), ...line }))
  const kept = keepDiscounts(basket?.discounts ?? [], charged)
  const discounts = [...kept, ...promote(withoutPromoted(charged, kept), promotions)]
  const net = netLines(lines, discounts)
  return { lines, discounts, tax: tax && taxOf(net, tax), totalMinor: totalMinor(net) }
}

/** The lines with their discounts taken off. */
export function netLines<L extends { lineId: string; amountMinor: number }>(
  lines: readonly L[],
  discounts: readonly Discount[],
): L[] {
  const parts = discounts.flatMap((discount) => discount.lines)
  return lines.map((line) => ({
    ...line,
    amountMinor: line.amountMinor - totalMinor(parts.filter(({ lineId }) => lineId === line.lineId)),
  }))
}

/**
 * The lines to pay for at the basket's prices, before discounts. Whatever the decision says, no line comes to more
 * than it stands in the basket with.
 */
export function billLines(decided: readonly DecidedLine[], basket: BasketChange | null): Receipt['lines'] {
  return decided.flatMap((line) => {
    const priced = pricedIn(basket, line.lineId)
    if (line.outcome !== 'charge' || !priced) return []
    const quantity = Math.min(line.quantity, priced.quantity)
    const { lineId, sku } = line
    const taxFree = priced.taxFree ? { taxFree: true } : {}
    return [{ lineId, sku, name: priced.name, quantity, amountMinor: share(priced, quantity), ...taxFree }]
  })
}

const pricedIn = (basket: BasketChange | null, wanted: string) =>
  basket?.lines.find(({ lineId }) => lineId === wanted) as PricedLine

/** What `quantity` of the line costs. */
function share(line: PricedLine, quantity: number): number {
  if (quantity === line.quantity) return line.amountMinor
  const { unitPriceMinor } = line
  // Baskets of earlier releases do not say it.
  const soldBy = line.soldBy ?? (line.amountMinor === unitPriceMinor * line.quantity ? 'each' : 'weight')
  return amountMinor({ soldBy, unitPriceMinor }, quantity)
}
