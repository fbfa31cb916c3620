import type { Planogram } from '../../profile/profile-schema.ts'

/** Pieces of each product when its shelf is full, for products whose planogram says so. */
export function facingQuantityOf(planogram: Planogram): ReadonlyMap<string, number> {
  const stated = planogram.entries.flatMap(({ sku, facingQuantity }) =>
    facingQuantity === undefined ? [] : ([[sku, facingQuantity]] as const),
  )
  return new Map(stated)
}
