/** What a schema cannot say of promotions. */
import type { Problem } from '../contract/schema.ts'
import type { Catalogue } from './profile-schema.ts'
import type { Promotion } from './promotions.ts'

type Product = Catalogue['products'][number]

export function checkPromotions({ products, promotions = [] }: Catalogue): Problem[] {
  const bySku = new Map(products.map((product) => [product.sku, product]))
  const ids = promotions.map(({ id }) => id)
  return promotions.flatMap((promotion, i): Problem[] => {
    const pointer = `/promotions/${i}`
    const repeated = ids.indexOf(promotion.id) < i
    return [
      ...(repeated ? [{ pointer: `${pointer}/id`, message: `is ${promotion.id} a second time` }] : []),
      ...checkOffer(promotion.offer, bySku).map((message) => ({ pointer: `${pointer}/offer`, message })),
    ]
  })
}

function checkOffer(offer: Promotion['offer'], bySku: ReadonlyMap<string, Product>): string[] {
  const skus = offer.kind === 'bundle' ? offer.parts.map(({ sku }) => sku) : offer.skus
  const unknown = skus.filter((sku) => !bySku.has(sku))
  if (unknown.length > 0) return unknown.map((sku) => `names ${sku}, which is not in the catalogue`)
  if (offer.kind === 'percent-off') return []
  const weighed = skus.filter((sku) => bySku.get(sku)?.soldBy === 'weight')
  if (weighed.length > 0) return weighed.map((sku) => `counts pieces of ${sku}, which is sold by weight`)
  return offer.kind === 'bundle' ? checkBundle(offer, bySku) : []
}

/** Otherwise one who takes a part less would pay more. */
function checkBundle(
  { parts, priceMinor }: Extract<Promotion['offer'], { kind: 'bundle' }>,
  bySku: ReadonlyMap<string, Product>,
): string[] {
  const prices = parts.map(({ sku }) => bySku.get(sku)?.priceMinor ?? 0)
  const listed = parts.reduce((sum, { quantity }, i) => sum + quantity * (prices[i] ?? 0), 0)
  const cheapest = Math.min(...prices)
  if (listed - priceMinor <= cheapest) return []
  return [`saves ${listed - priceMinor}, more than its cheapest part costs (${cheapest}): taking less would cost more`]
}
