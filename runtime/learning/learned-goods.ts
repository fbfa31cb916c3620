import type { LearnedGoods, StoreLayout } from '../profile/layout.ts'
import type { LearnedContent } from './learned-version.ts'

/** What was learned, for this catalogue: a weight holds only as long as the catalogue says what it said then. */
export function learnedGoods(
  { products, sold, mistaken }: LearnedContent,
  layout: Pick<StoreLayout, 'products'>,
): LearnedGoods {
  const catalogue = new Map(layout.products.map((product) => [product.sku, product]))
  const weights = products.flatMap(({ sku, catalogue: was, learned }) => {
    const now = catalogue.get(sku)
    const holds = now?.weightG === was.weightG && now.weightSdG === was.weightSdG
    return learned && holds ? [[sku, learned] as const] : []
  })
  return { weights: new Map(weights), sold: new Map(sold.map(({ sku, times }) => [sku, times])), mistaken }
}
