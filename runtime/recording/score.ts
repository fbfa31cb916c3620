/** Scores an answer against the truth: every (person, SKU) unit of all receipts is one item. */
import type { Product } from '../profile/layout.ts'
import { type Answer, checkTruth, type Truth } from './format.ts'
import { readJsonFile } from './recording-files.ts'

export interface Score {
  /** 2·TP / (2·TP + FP + FN), 1 when there was nothing to find and nothing was found. */
  f1: number
  precision: number
  recall: number
  /** Share of the shoppers whose receipts equal the truth's. */
  exact: number
}

/** For scoring only; nothing that makes receipts may call this. */
export function readTruth(directory: string): Truth {
  return readJsonFile(directory, 'truth.json', checkTruth)
}

export function score(truth: Truth, answer: Answer, products: readonly Pick<Product, 'sku' | 'aliases'>[]): Score {
  const skuOf = new Map(products.flatMap(({ sku, aliases }) => aliases.map((alias) => [alias, sku] as const)))
  const personOf = new Map(truth.people.flatMap(({ person, ids }) => ids.map((id) => [id, person] as const)))
  const items = ({ receipts }: Pick<Answer, 'receipts'>) => {
    const baskets = new Map<string, Map<string, number>>()
    for (const { person, items } of receipts) {
      const shopper = personOf.get(person) ?? person
      const basket = baskets.get(shopper) ?? new Map<string, number>()
      baskets.set(shopper, basket)
      for (const { sku, quantity } of items) {
        const known = skuOf.get(sku) ?? sku
        basket.set(known, (basket.get(known) ?? 0) + quantity)
      }
    }
    return baskets
  }
  const wanted = items(truth)
  const found = items(answer)
  let hits = 0
  let missing = 0
  let wrong = 0
  let exact = 0
  const shoppers = new Set([...wanted.keys(), ...found.keys()])
  for (const shopper of shoppers) {
    const want = wanted.get(shopper) ?? new Map<string, number>()
    const have = found.get(shopper) ?? new Map<string, number>()
    let errors = 0
    for (const sku of new Set([...want.keys(), ...have.keys()])) {
      const wantQuantity = want.get(sku) ?? 0
      const haveQuantity = have.get(sku) ?? 0
      const common = Math.min(wantQuantity, haveQuantity)
      hits += common
      missing += wantQuantity - common
      wrong += haveQuantity - common
      errors += Math.abs(wantQuantity - haveQuantity)
    }
    if (errors === 0) exact++
  }
  const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole)
  return {
    f1: share(2 * hits, 2 * hits + wrong + missing),
    precision: share(hits, hits + wrong),
    recall: share(hits, hits + missing),
    exact: share(exact, shoppers.size),
  }
}
