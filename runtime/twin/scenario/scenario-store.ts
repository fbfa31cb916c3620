/** The two stores of a scenario: what the platform believes of its goods, and what is really there. */
import type { Product, StoreLayout } from '../../profile/layout.ts'
import { type LoadedStore, loadStore } from '../../profile/load-store.ts'
import { type RealGoods, readRealGoods } from '../goods.ts'
import type { Scenario } from './scenario-schema.ts'

/** A profile as loaded, and what really lies there. */
export interface TwinStore {
  loaded: LoadedStore
  goods: RealGoods
}

/** Loads each store once; `directoryOf` finds a profile's folder by its name. */
export function storeShelf(directoryOf: (profile: string) => string): (scenario: Scenario) => Promise<TwinStore> {
  const stores = new Map<string, Promise<TwinStore>>()
  return ({ store: name = 'corner-shop' }) => {
    const store = stores.get(name) ?? loadTwinStore(directoryOf(name))
    stores.set(name, store)
    return store
  }
}

/** @throws AisleError what is wrong with the profile or the truth about its goods */
export async function loadTwinStore(directory: string): Promise<TwinStore> {
  const loaded = await loadStore(directory)
  return { loaded, goods: await readRealGoods(directory, loaded) }
}

export interface ScenarioStore {
  /** What the platform is told. */
  stated: StoreLayout
  /** What the twin is. */
  real: RealGoods
}

type Goods = NonNullable<Scenario['goods']>[number]

export function scenarioStore({ goods = [] }: Scenario, { loaded, goods: found }: TwinStore): ScenarioStore {
  const changes = new Map(goods.map((one) => [one.sku, one]))
  const facingQuantity = new Map(found.facingQuantity)
  for (const { sku, pieces } of goods) if (pieces !== undefined) facingQuantity.set(sku, pieces)
  return {
    stated: {
      ...loaded.layout,
      products: loaded.layout.products.map((product) => statedProduct(product, changes.get(product.sku))),
      planogram: loaded.layout.planogram.map(({ sku, plates }) => ({
        sku,
        plates: changes.get(sku)?.plates ?? plates,
      })),
    },
    real: {
      layout: {
        ...found.layout,
        products: found.layout.products.map((product) => realProduct(product, changes.get(product.sku))),
        planogram: found.layout.planogram.map(({ sku, plates }) => {
          const change = changes.get(sku)
          return { sku, plates: change?.truePlates ?? change?.plates ?? plates }
        }),
      },
      facingQuantity,
    },
  }
}

const statedProduct = (product: Product, change: Goods | undefined): Product => ({
  ...product,
  weightG: change?.weightG === undefined ? product.weightG : change.weightG,
  weightSdG: change?.weightSdG ?? product.weightSdG,
  soldBy: change?.soldBy ?? product.soldBy,
  ageRestricted: change?.ageRestricted ?? product.ageRestricted,
})

const realProduct = (product: Product, change: Goods | undefined): Product => ({
  ...statedProduct(product, change),
  weightG: change?.trueWeightG ?? change?.weightG ?? product.weightG,
})
