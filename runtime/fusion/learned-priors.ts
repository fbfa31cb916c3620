/**
 * How outcomes shift what is expected at a place: which of its products is taken, and what else is taken for them.
 * Both are Dirichlet means, so that a few outcomes move little.
 */
import type { LearnedGoods } from '../profile/layout.ts'

/** Products of one place are expected alike until about so many visits tell them apart. */
const popularityWorth = 20
/** However popular, a product alone is not as likely as a line that is charged has to be. */
const mostPopular = 0.8
/** What is said of look-alikes before any outcome is worth so few visits: a facing is mixed up wholly or not at all. */
const lookAlikeWorth = 3
/** However often it was so, the planogram is believed more. */
const mostMistaken = 0.3

export class LearnedPriors {
  readonly #learned: LearnedGoods | undefined
  readonly #strength: number

  /** @param strength how much it counts what sells, between 0 and 1 */
  constructor(learned: LearnedGoods | undefined, strength: number) {
    this.#learned = learned
    this.#strength = strength
  }

  /** The share of this product in what is taken from a place of these products, it among them. */
  popularity(sku: string, skus: ReadonlySet<string>): number {
    const even = 1 / skus.size
    if (!this.#learned || skus.size === 1) return even
    const { sold } = this.#learned
    let all = 0
    for (const one of skus) all += this.#strength * (sold.get(one) ?? 0)
    const share = (popularityWorth * even + this.#strength * (sold.get(sku) ?? 0)) / (popularityWorth + all)
    const least = (1 - mostPopular) / (skus.size - 1)
    return least + share * (1 - least * skus.size)
  }

  /** Products that were taken for `home`, and how likely each is there; `usual` is what was expected before. */
  lookAlikes(home: string, usual: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const seen = this.#learned?.mistaken.filter(({ takenFor }) => takenFor === home) ?? []
    if (seen.length === 0) return usual
    const total = seen.reduce((sum, { times }) => sum + times, this.#learned?.sold.get(home) ?? 0)
    const shares = new Map([...usual].map(([sku, share]) => [sku, lookAlikeWorth * share]))
    for (const { sku, times } of seen) shares.set(sku, (shares.get(sku) ?? 0) + times)
    const all = [...shares].map(([sku, weight]) => [sku, weight / (lookAlikeWorth + total)] as const)
    const sum = all.reduce((sum, [, share]) => sum + share, 0)
    return new Map(all.map(([sku, share]) => [sku, share * Math.min(1, mostMistaken / sum)]))
  }
}
