/**
 * What a camera believes to see in a hand. First a list of probabilities is drawn, then which place of it holds the
 * truth, with just these probabilities: so they are honest, unless the classifier overstates them.
 */
import { gaussian, type Random, seededRandom } from '../../contract/random.ts'
import type { Point3DM, StoreLayout } from '../../profile/layout.ts'
import { hash32, streamOf } from '../world/hash-noise.ts'
import type { Piece } from '../world/piece.ts'

/** How sure the classifier is of its first guess: mostly `surest`, at times up to `unsureSpread` less. */
export interface Certainty {
  surest: number
  unsureSpread: number
  /**
   * Power to which it raises its honest probabilities before it states them; 1, the default, is honest. Trained
   * networks are over-confident by about 1.5 to 3 (the temperatures that calibrate them, Guo et al. 2017).
   */
  overConfidence?: number
  /**
   * Likelihood that another look at the same piece gives the same opinion; 1 by default. Classifiers err on a piece
   * and not on a look: what was taken for something else once mostly is again.
   */
  sameOpinion?: number
}

/**
 * A classifier that was trained on the shop's own shelves. Chosen: right in 98 of 100 looks, so that the
 * demonstration shows what such a store does, and not what a poor appliance does to it.
 */
export const goodAppliance: Certainty = { surest: 0.995, unsureSpread: 0.04 }

/** Like the sightings of the public re-synthesised recordings: right in 85 of 100 looks, 60 for the least sure. */
export const poorAppliance: Certainty = { surest: 0.98, unsureSpread: 0.4 }

/** As poor, and does not know it: what it states with 95 % is right in 85 of 100 looks. */
export const overConfidentAppliance: Certainty = { ...poorAppliance, overConfidence: 2, sameOpinion: 0.9 }

/** Shares of what is left that the next guesses get; the rest is "something else". */
const followingShares = [0.5, 0.25, 0.12]
const positionNoiseM = 0.03
const noPositionLikelihood = 0.1

export interface SeenPiece {
  camera: string
  position: Point3DM | null
  candidates: Candidate[]
}

interface Candidate {
  sku: string
  p: number
}

export class Sightings {
  readonly #layout: StoreLayout
  readonly #random: Random
  readonly #certainty: Required<Certainty>
  readonly #seed: number
  readonly #opinions = new WeakMap<Piece, Candidate[]>()
  /** Other products, those most like a product first. */
  readonly #lookalikes = new Map<string, string[]>()

  constructor(layout: StoreLayout, random: Random, certainty = goodAppliance) {
    this.#layout = layout
    this.#random = random
    this.#seed = Math.floor(random.next() * 2 ** 32)
    this.#certainty = { overConfidence: 1, sameOpinion: 1, ...certainty }
  }

  of(piece: Piece, handM: Point3DM): SeenPiece {
    const position = handM.map((value) => round(value + positionNoiseM * gaussian(this.#random))) as Point3DM
    return {
      camera: this.#nearestCamera(handM),
      position: this.#random.next() < noPositionLikelihood ? null : position,
      candidates: this.#opinionOf(piece),
    }
  }

  #opinionOf(piece: Piece): Candidate[] {
    const known = this.#opinions.get(piece)
    const { sameOpinion } = this.#certainty
    if (known && (sameOpinion >= 1 || this.#random.next() < sameOpinion)) return known
    const opinion = this.#newOpinion(piece, known ? this.#random : this.#randomOf(piece))
    if (!known) this.#opinions.set(piece, opinion)
    return opinion
  }

  /** A piece's own numbers: what it is taken for first does not depend on what was seen before, and no two weigh the same. */
  #randomOf({ sku, weightG }: Piece): Random {
    return seededRandom(hash32(this.#seed, streamOf(sku), Math.round(1e6 * weightG)))
  }

  #newOpinion(piece: Piece, random: Random): Candidate[] {
    const { surest, unsureSpread, overConfidence } = this.#certainty
    const first = surest - unsureSpread * random.next() ** 2
    const probabilities = [first, ...followingShares.map((share) => (1 - first) * share)]
    let place = random.next()
    const truthAt = probabilities.findIndex((p) => {
      place -= p
      return place < 0
    })
    const skus = this.#lookalikesOf(piece.sku).slice(0, probabilities.length)
    if (truthAt >= 0) skus.splice(truthAt, 0, piece.sku)
    const stated = sharpened(probabilities, overConfidence)
    return stated.flatMap((p, i) => {
      const sku = skus[i]
      return sku === undefined ? [] : [{ sku, p: round(p) }]
    })
  }

  /** By weight: a can looks like a can. */
  #lookalikesOf(sku: string): string[] {
    const known = this.#lookalikes.get(sku)
    if (known) return known
    const weightOf = new Map(this.#layout.products.map((product) => [product.sku, product.weightG ?? 0]))
    const difference = (other: string) =>
      Math.abs(Math.log1p(weightOf.get(other) ?? 0) - Math.log1p(weightOf.get(sku) ?? 0))
    const sorted = this.#layout.planogram
      .map((entry) => entry.sku)
      .filter((other) => other !== sku)
      .sort((a, b) => difference(a) - difference(b))
      .slice(0, followingShares.length + 1)
    this.#lookalikes.set(sku, sorted)
    return sorted
  }

  #nearestCamera(at: Point3DM): string {
    const distance = (p: Point3DM) => Math.hypot(p[0] - at[0], p[1] - at[1], p[2] - at[2])
    const nearest = this.#layout.cameras.reduce<StoreLayout['cameras'][number] | undefined>(
      (best, camera) => (best && distance(best.positionM) <= distance(camera.positionM) ? best : camera),
      undefined,
    )
    return nearest?.id ?? 'vision'
  }
}

/** Probabilities as an over-confident classifier states them; "something else" has what is missing to 1. */
function sharpened(honest: readonly number[], power: number): number[] {
  if (power === 1) return [...honest]
  const rest = Math.max(0, 1 - honest.reduce((sum, p) => sum + p, 0))
  const powers = honest.map((p) => p ** power)
  const all = powers.reduce((sum, p) => sum + p, rest ** power)
  return powers.map((p) => p / all)
}

const round = (value: number) => Math.round(value * 1000) / 1000
