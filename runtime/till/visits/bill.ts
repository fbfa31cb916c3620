import type { BasketChange, DecidedLine, Receipt } from '../../contract/messages.ts'
import type { Product } from '../../profile/layout.ts'
import { amountMinor } from './pricing.ts'

/**
 * The lines to pay for: what was decided to be charged, at the prices that the basket showed.
 * Whatever the decision says, no line comes to more than it stands in the basket with.
 */
export function billLines(
  decided: readonly DecidedLine[],
  basket: BasketChange | null,
  products: ReadonlyMap<string, Product>,
): Receipt['lines'] {
  const shown = new Map(basket?.lines.map((line) => [line.lineId, line]))
  return decided.flatMap((line) => {
    const priced = shown.get(line.lineId)
    if (line.outcome !== 'charge' || !priced) return []
    const quantity = Math.min(line.quantity, priced.quantity)
    // A product that left the catalogue during the visit was sold by the piece if its quantity is whole.
    const soldBy = products.get(line.sku)?.soldBy ?? (Number.isInteger(quantity) ? 'each' : 'weight')
    const amount = amountMinor({ soldBy, unitPriceMinor: priced.unitPriceMinor }, quantity)
    return [{ lineId: line.lineId, sku: line.sku, name: priced.name, quantity, amountMinor: amount }]
  })
}
