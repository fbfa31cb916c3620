import type { BasketChange, DecidedLine, PricedLine, Receipt } from '../../contract/messages.ts'
import { amountMinor } from './pricing.ts'

/**
 * The lines to pay for: what was decided to be charged, at the prices that the basket showed, whatever became
 * of the catalogue since. Whatever the decision says, no line comes to more than it stands in the basket with.
 */
export function billLines(decided: readonly DecidedLine[], basket: BasketChange | null): Receipt['lines'] {
  const shown = new Map(basket?.lines.map((line) => [line.lineId, line]))
  return decided.flatMap((line) => {
    const priced = shown.get(line.lineId)
    if (line.outcome !== 'charge' || !priced) return []
    const quantity = Math.min(line.quantity, priced.quantity)
    return [{ lineId: line.lineId, sku: line.sku, name: priced.name, quantity, amountMinor: share(priced, quantity) }]
  })
}

/** What `quantity` of the line costs; by the piece if that is how the basket priced it. */
function share(line: PricedLine, quantity: number): number {
  if (quantity === line.quantity) return line.amountMinor
  const { unitPriceMinor } = line
  const soldBy = line.amountMinor === unitPriceMinor * line.quantity ? 'each' : 'weight'
  return amountMinor({ soldBy, unitPriceMinor }, quantity)
}
