import type { Tax } from '../../contract/messages.ts'
import type { TaxRule } from '../../profile/promotions.ts'
import { roundHalfUp } from './money.ts'

/**
 * The tax that a total contains. It is taken once from the sum, as Korean receipts do and the provider will:
 * rounded line by line it would differ from theirs.
 */
export function taxOf(parts: readonly { amountMinor: number; taxFree?: boolean }[], { name, percent }: TaxRule): Tax {
  const sum = (taxFree: boolean) =>
    parts.reduce((total, part) => total + ((part.taxFree ?? false) === taxFree ? part.amountMinor : 0), 0)
  const taxed = sum(false)
  const hundredths = BigInt(Math.round(percent * 100))
  const taxMinor = Number(roundHalfUp(BigInt(taxed) * hundredths, 10_000n + hundredths))
  return { name, percent, supplyMinor: taxed - taxMinor, taxMinor, taxFreeMinor: sum(true) }
}
