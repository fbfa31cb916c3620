/** The two stores of a scenario: what the platform believes of its goods, and what is really there. */
import type { Product, StoreLayout } from '../../profile/layout.ts'
import type { LoadedStore } from '../../profile/load-store.ts'
import type { Planogram } from '../../profile/profile-schema.ts'
import type { Scenario } from './scenario-schema.ts'

export interface ScenarioStore {
  /** What the platform is told. */
  stated: StoreLayout
  /** What the twin is. */
  real: StoreLayout
  /** How much of what really lies where. */
  planogram: Planogram
}

type Goods = NonNullable<Scenario['goods']>[number]

export function scenarioStore({ goods = [] }: Scenario, { layout, planogram }: LoadedStore): ScenarioStore {
  const changes = new Map(goods.map((one) => [one.sku, one]))
  const stated = layout.products.map((product) => statedProduct(product, changes.get(product.sku)))
  const real = stated.map((product) => ({
    ...product,
    weightG: changes.get(product.sku)?.trueWeightG ?? product.weightG,
  }))
  const places = <E extends { sku: string; plates: string[] }>(entry: E, which: 'stated' | 'real'): E => {
    const change = changes.get(entry.sku)
    const plates = (which === 'real' ? change?.truePlates : undefined) ?? change?.plates ?? entry.plates
    return { ...entry, plates }
  }
  const pieces = (sku: string) => {
    const count = changes.get(sku)?.pieces
    return count === undefined ? {} : { facingQuantity: count }
  }
  return {
    stated: { ...layout, products: stated, planogram: layout.planogram.map((entry) => places(entry, 'stated')) },
    real: { ...layout, products: real, planogram: layout.planogram.map((entry) => places(entry, 'real')) },
    planogram: {
      ...planogram,
      entries: planogram.entries.map((entry) => ({ ...places(entry, 'real'), ...pieces(entry.sku) })),
    },
  }
}

const statedProduct = (product: Product, change: Goods | undefined): Product => ({
  ...product,
  weightG: change?.weightG === undefined ? product.weightG : change.weightG,
  soldBy: change?.soldBy ?? product.soldBy,
  ageRestricted: change?.ageRestricted ?? product.ageRestricted,
})
