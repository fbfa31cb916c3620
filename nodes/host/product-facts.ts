import { LearnedFolder } from '../../runtime/learning/learned-folder.ts'
import { learnedGoods } from '../../runtime/learning/learned-goods.ts'
import type { LearnedGoods, StoreLayout } from '../../runtime/profile/layout.ts'
import type { ProductFacts } from '../editor/browser/load-cells/views.ts'

/** The catalogue's products, with what was learned of those that it has wrong. */
export function productFacts(
  layout: Pick<StoreLayout, 'storeId' | 'products'>,
  dataDirectory: string | undefined,
): ProductFacts[] {
  const learned = learnedWeights(layout, dataDirectory)
  return layout.products.map(({ sku, name, weightG, weightSdG, soldBy }) => {
    const learnedG = learned.get(sku)?.weightG
    return { sku, name, weightG, weightSdG, soldBy, ...(learnedG === undefined ? {} : { learnedG }) }
  })
}

function learnedWeights(
  layout: Pick<StoreLayout, 'storeId' | 'products'>,
  dataDirectory: string | undefined,
): LearnedGoods['weights'] {
  if (dataDirectory === undefined) return new Map()
  try {
    return learnedGoods(new LearnedFolder(dataDirectory, layout.storeId).inForce().content, layout).weights
  } catch {
    // Fusion, which goes by it, reports it.
    return new Map()
  }
}
