import assert from 'node:assert/strict'
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import { checkPlausibility } from '../../runtime/profile/plausibility.ts'

type Product = LoadedStore['catalogue']['products'][number]

describe('the plausibility report', () => {
  let store: LoadedStore
  before(async () => {
    store = await loadStore(join(root, 'hardware-profiles/corner-shop'))
  })

  /** What is said when the first product is changed. */
  const doubt = (changes: Partial<Product>): string | undefined => {
    const [first, ...rest] = store.catalogue.products
    const products = [{ ...first, ...changes } as Product, ...rest]
    return checkPlausibility(store.profile, { ...store.catalogue, products }, store.planogram).catalogue[0]?.message
  }

  it('has nothing to say about a well-kept shop', () => {
    assert.deepEqual(checkPlausibility(store.profile, store.catalogue, store.planogram), {
      catalogue: [],
      planogram: [],
    })
  })

  it('doubts weights that are missing, in kilograms, a digit too long, or without the pack', () => {
    assert.match(doubt({ weightG: null }) ?? '', /Cola 500 ml has no weight; weigh ten/)
    assert.match(doubt({ weightG: 0.527 }) ?? '', /kilograms/)
    assert.match(doubt({ weightG: 5270 }) ?? '', /far more than the 500 ml in it/)
    assert.match(doubt({ name: 'Flour 500 g', weightG: 480 }) ?? '', /less than the 500 g in it.*without its pack/)
    assert.match(doubt({ name: 'Flour 1 kg', weightG: 905 }) ?? '', /less than the 1000 g/)
  })

  it('takes packs, glass, multipacks and light liquids as they are', () => {
    for (const [name, weightG] of [
      ['Vitamin drink 100 ml', 225],
      ['Sesame oil 160 ml', 338],
      ['Ice cream 100 ml', 93],
      ['Beer 6 x 355 ml', 2230],
      ['AA batteries 2 pack', 58],
    ] as const) {
      assert.equal(doubt({ name, weightG }), undefined, name)
    }
  })

  it('compares a product with those that are named alike', () => {
    const rolls = store.catalogue.products.map((product, i): Product => {
      return i < 5 ? { ...product, name: `Filling ${i} rice roll`, weightG: i === 0 ? 2350 : 235 + i } : product
    })
    const { catalogue } = checkPlausibility(store.profile, { ...store.catalogue, products: rolls }, store.planogram)
    assert.match(
      catalogue[0]?.message ?? '',
      /Filling 0 rice roll weighs 2350 g, but what is named alike weighs about 23\d g/,
    )
    assert.equal(catalogue.length, 1)
  })

  it('doubts shelves that could not carry what is meant to lie there, and plates and products without each other', () => {
    const [first, second, ...rest] = store.planogram.entries
    const entries = [{ ...first, facingQuantity: 900 } as typeof first & object, ...rest]
    const { planogram } = checkPlausibility(store.profile, store.catalogue, { ...store.planogram, entries })
    const said = planogram.map(({ message }) => message)
    assert.match(said[0] ?? '', /Cola 500 ml: 900 pieces weigh 474.3 kg, but its plates carry 20 kg/)
    assert.ok(said.includes('Zero cola 500 ml has no place'))
    assert.ok(said.includes(`nothing is meant to lie on ${second?.plates[0]}`))
  })

  it('is made at once for a big store', async () => {
    const big = await loadStore(join(root, 'hardware-profiles/emart24-gimpo'))
    assert.ok(checkPlausibility(big.profile, big.catalogue, big.planogram).catalogue.length > 10)
  })
})
