/** Prices from the catalogue alone: an amount that comes from outside is never looked at. */
import { AisleError } from '../../contract/errors.ts'
import type { AttributedLine, PricedLine } from '../../contract/messages.ts'
import type { Product } from '../../profile/layout.ts'
import { roundHalfUp } from './money.ts'

/**
 * What `quantity` costs, in the currency's minor unit.
 * @param quantity whole pieces, or grams of what is priced by the kilogram
 * @throws AisleError `quantity-invalid`
 */
export function amountMinor(
  { soldBy, unitPriceMinor }: { soldBy: Product['soldBy']; unitPriceMinor: number },
  quantity: number,
): number {
  const wanted = soldBy === 'each' ? Number.isSafeInteger(quantity) : Number.isFinite(quantity)
  if (!wanted || quantity <= 0) {
    throw new AisleError('quantity-invalid', `A quantity of ${quantity} cannot be priced.`, {
      action: soldBy === 'each' ? 'Give whole pieces, at least one.' : 'Give grams, more than none.',
    })
  }
  const amount =
    soldBy === 'each'
      ? BigInt(quantity) * BigInt(unitPriceMinor)
      : roundHalfUp(BigInt(Math.round(quantity * 1000)) * BigInt(unitPriceMinor), 1_000_000n)
  if (amount > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new AisleError('quantity-invalid', `A quantity of ${quantity} is beyond any receipt.`, {
      action: 'Check where it comes from.',
    })
  }
  return Number(amount)
}

/** @throws AisleError `sku-unknown`, `quantity-invalid` */
export function priceLine(line: AttributedLine, products: ReadonlyMap<string, Product>): PricedLine {
  const product = products.get(line.sku)
  if (!product) {
    throw new AisleError('sku-unknown', `The catalogue has no product ${line.sku}.`, {
      action: 'Add it to catalogue.json, or correct the SKU.',
    })
  }
  const unitPriceMinor = product.priceMinor
  return {
    ...line,
    name: product.name,
    unitPriceMinor,
    amountMinor: amountMinor({ soldBy: product.soldBy, unitPriceMinor }, line.quantity),
    soldBy: product.soldBy,
    ...(product.taxFree ? { taxFree: true } : {}),
  }
}

export const totalMinor = (lines: readonly { amountMinor: number }[]): number =>
  lines.reduce((sum, line) => sum + line.amountMinor, 0)
