/**
 * What really lies in the twin's shop where catalogue and planogram are mistaken: `twin-goods.json` beside the
 * profile. The store never reads it; without the file the twin's shop is as its data say.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Static, Type } from 'typebox'
import { compileGate, Identifier, parseJson, strictObject } from '../contract/schema.ts'
import type { StoreLayout } from '../profile/layout.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { facingQuantityOf } from './world/facing-quantity.ts'

const sku = Type.String({ minLength: 1, maxLength: 64 })

export const TwinGoods = strictObject({
  format: Type.Literal('open-aisle-twin-goods'),
  version: Type.Literal(1),
  weights: Type.Array(strictObject({ sku, weightG: Type.Number({ exclusiveMinimum: 0, maximum: 100_000 }) }), {
    maxItems: 50_000,
    description: 'What a piece really weighs, where the catalogue is wrong or says nothing.',
  }),
  places: Type.Array(
    strictObject({
      sku,
      plates: Type.Array(Identifier(), { maxItems: 100 }),
      facingQuantity: Type.Integer({ minimum: 0, maximum: 10_000 }),
    }),
    { maxItems: 50_000, description: 'Where a product really lies, in place of what the planogram says; nowhere: [].' },
  ),
})
export type TwinGoods = Static<typeof TwinGoods>

/** The shop as the twin's world is made of it. */
export interface RealGoods {
  layout: StoreLayout
  facingQuantity: ReadonlyMap<string, number>
}

const gate = compileGate(TwinGoods, {
  code: 'twin-goods-invalid',
  what: 'The truth about the goods',
  action: 'Correct these places, or remove the file: then the goods are as catalogue and planogram say.',
})

/** @throws AisleError `twin-goods-invalid` */
export async function readRealGoods(directory: string, store: LoadedStore): Promise<RealGoods> {
  const path = join(directory, 'twin-goods.json')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return realGoods(store, text === undefined ? undefined : gate(parseJson(text, path), path))
}

export function realGoods(
  { layout, planogram }: Pick<LoadedStore, 'layout' | 'planogram'>,
  goods?: TwinGoods,
): RealGoods {
  const facingQuantity = new Map(facingQuantityOf(planogram))
  if (!goods) return { layout, facingQuantity }
  const weightOf = new Map(goods.weights.map(({ sku, weightG }) => [sku, weightG]))
  const placeOf = new Map(goods.places.map((place) => [place.sku, place]))
  for (const { sku, facingQuantity: pieces } of goods.places) facingQuantity.set(sku, pieces)
  return {
    layout: {
      ...layout,
      products: layout.products.map((product) => ({
        ...product,
        weightG: weightOf.get(product.sku) ?? product.weightG,
      })),
      planogram: layout.planogram.map(({ sku, plates }) => ({ sku, plates: placeOf.get(sku)?.plates ?? plates })),
    },
    facingQuantity,
  }
}
