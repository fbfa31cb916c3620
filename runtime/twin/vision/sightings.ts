/**
 * What a camera believes to see in a hand. The stated probabilities are honest: first a list of probabilities is
 * drawn, then which place of it holds the truth, with just these probabilities.
 */
import { gaussian, type Random } from '../../contract/random.ts'
import type { Point3DM, StoreLayout } from '../../profile/layout.ts'
import type { Piece } from '../world/piece.ts'

/** How sure the classifier is of its first guess: mostly `surest`, at times up to `unsureSpread` less. */
export interface Certainty {
  surest: number
  unsureSpread: number
}

/**
 * A classifier that was trained on the shop's own shelves. Chosen: right in 98 of 100 looks, so that the
 * demonstration shows what such a store does, and not what a poor appliance does to it.
 */
export const goodAppliance: Certainty = { surest: 0.995, unsureSpread: 0.04 }

/** Like the sightings of the public re-synthesised recordings: right in 85 of 100 looks, 60 for the least sure. */
export const poorAppliance: Certainty = { surest: 0.98, unsureSpread: 0.4 }

/** Shares of what is left that the next guesses get; the rest is "something else". */
const followingShares = [0.5, 0.25, 0.12]
const positionNoiseM = 0.03
const noPositionLikelihood = 0.1

export interface SeenPiece {
  camera: string
  position: Point3DM | null
  candidates: { sku: string; p: number }[]
}

export class Sightings {
  readonly #layout: StoreLayout
  readonly #random: Random
  readonly #certainty: Certainty
  /** Looks at one and the same piece err together. */
  readonly #opinions = new WeakMap<Piece, { sku: string; p: number }[]>()

  constructor(layout: StoreLayout, random: Random, certainty = goodAppliance) {
    this.#layout = layout
    this.#random = random
    this.#certainty = certainty
  }

  of(piece: Piece, handM: Point3DM): SeenPiece {
    const position = handM.map((value) => round(value + positionNoiseM * gaussian(this.#random))) as Point3DM
    return {
      camera: this.#nearestCamera(handM),
      position: this.#random.next() < noPositionLikelihood ? null : position,
      candidates: this.#opinionOf(piece),
    }
  }

  #opinionOf(piece: Piece): { sku: string; p: number }[] {
    const known = this.#opinions.get(piece)
    if (known) return known
    const { surest, unsureSpread } = this.#certainty
    const first = surest - unsureSpread * this.#random.next() ** 2
    const probabilities = [first, ...followingShares.map((share) => (1 - first) * share)]
    let place = this.#random.next()
    const truthAt = probabilities.findIndex((p) => {
      place -= p
      return place < 0
    })
    const skus = this.#lookalikes(piece.sku, probabilities.length)
    if (truthAt >= 0) skus.splice(truthAt, 0, piece.sku)
    const candidates = probabilities.flatMap((p, i) => {
      const sku = skus[i]
      return sku === undefined ? [] : [{ sku, p: round(p) }]
    })
    this.#opinions.set(piece, candidates)
    return candidates
  }

  /** Other products, those nearest in weight first: a can looks like a can. */
  #lookalikes(sku: string, count: number): string[] {
    const weightOf = new Map(this.#layout.products.map((product) => [product.sku, product.weightG ?? 0]))
    const difference = (other: string) =>
      Math.abs(Math.log1p(weightOf.get(other) ?? 0) - Math.log1p(weightOf.get(sku) ?? 0))
    return this.#layout.planogram
      .map((entry) => entry.sku)
      .filter((other) => other !== sku)
      .sort((a, b) => difference(a) - difference(b))
      .slice(0, count)
  }

  #nearestCamera(at: Point3DM): string {
    const distance = (p: Point3DM) => Math.hypot(p[0] - at[0], p[1] - at[1], p[2] - at[2])
    const sorted = this.#layout.cameras.toSorted((a, b) => distance(a.positionM) - distance(b.positionM))
    return sorted[0]?.id ?? 'vision'
  }
}

const round = (value: number) => Math.round(value * 1000) / 1000
