/** Which steps of one shelf are one item's, and which are what its board passed on. */
import { bearing } from './cross-talk.ts'
import type { WeighingParameters } from './parameters.ts'
import type { PlateStep } from './plate-step.ts'

/** What one plate bears of an item, as far as it can be told from cross-talk. */
export interface Share {
  step: PlateStep
  deltaG: number
  sigmaG: number
}

/** What grouping has to know of a shelf. */
export interface ShelfView {
  /** Whether two plates are neighbours, with nothing between them but plates that say nothing. */
  adjoin(a: number, b: number): boolean
  /** How many places two plates are apart. */
  distance(a: number, b: number): number
  /** How far two steps were apart on their way, in parts of each, on average from the start of the first on. */
  apart(a: PlateStep, b: PlateStep): number
  /** How far plates are from their old levels that move at present. */
  moving: readonly { plate: number; startedAtMs: number; excursionG: number }[]
}

/** Movements that began further apart than this are two acts. */
export const sameActMs = 1500
/** Cross-talk above a quarter of its largest does not reach further than this many places. */
const reachPlaces = 3
/** Up to this part of a heavy step, one near it that is no share of it is cross-talk. */
const largestCrossTalk = 0.09
/** So far apart two shares of one item are not while a hand holds it up; those of the recordings stay below 0.1. */
const differentCourse = 0.2
/** What is lighter than this may be cross-talk, which has a course of its own. */
const leastShare = 0.1
/** What is left of cross-talk further away. */
const farAway = 0.25

export class Grouping {
  readonly #p: WeighingParameters
  /** Steps explained away, with their weight then: one that grows is to be judged again. */
  readonly #explained = new WeakMap<PlateStep, number>()
  /** Steps of other items, by the step. */
  readonly #different = new WeakMap<PlateStep, WeakSet<PlateStep>>()

  constructor(parameters: WeighingParameters) {
    this.#p = parameters
  }

  /** Groups of shares, each worth an event; the heaviest group and in each the heaviest share first. */
  group(steps: readonly PlateStep[], shelf: ShelfView): Share[][] {
    const groups: PlateStep[][] = []
    for (const step of steps.toSorted((a, b) => weight(b) - weight(a))) {
      if (weight(step) <= 1.5 * (this.#explained.get(step) ?? 0)) continue
      const joined = groups.filter((group) => group.some((other) => this.#areTogether(step, other, shelf)))
      const [first, ...others] = joined
      if (first) first.push(step)
      else if (!this.#isCrossTalk(step, groups, shelf)) groups.push([step])
      for (const other of others) {
        // Two items do not become one because what they pass on meets between them.
        if (weight(step) < 0.5 * Math.abs(sum(other))) continue
        first?.push(...other)
        groups.splice(groups.indexOf(other), 1)
      }
    }
    return groups.map((group) => this.#shares(group)).filter((group) => this.#isWorthTelling(group))
  }

  #areTogether(a: PlateStep, b: PlateStep, shelf: ShelfView): boolean {
    if (a.unseen !== b.unseen || Math.sign(a.deltaG) !== Math.sign(b.deltaG)) return false
    if (!shelf.adjoin(a.plate, b.plate)) return false
    if (a.unseen) return true
    return Math.abs(a.settledAtMs - b.settledAtMs) <= this.#p.togetherS * 1000 && !this.#differInCourse(a, b, shelf)
  }

  /** A hand that holds up an item relieves all plates that bear it, each in proportion: what differs is two items. */
  #differInCourse(a: PlateStep, b: PlateStep, shelf: ShelfView): boolean {
    if (this.#different.get(a)?.has(b)) return true
    const isShare = Math.min(weight(a), weight(b)) > leastShare * (weight(a) + weight(b))
    if (!isShare || Math.abs(a.startedAtMs - b.startedAtMs) <= sameActMs) return false
    if (!(shelf.apart(a, b) > differentCourse)) return false
    // For good: the samples that tell are not kept for long.
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      this.#different.set(one, (this.#different.get(one) ?? new WeakSet()).add(other))
    }
    return true
  }

  /** What explains a closed step explains it for good; a plate that still moves may only put the telling off. */
  #isCrossTalk(step: PlateStep, heavier: readonly PlateStep[][], shelf: ShelfView): boolean {
    if (step.unseen) return false
    const passesOn = (plate: number, grams: number, startedAtMs: number, settledAtMs: number) => {
      const near = shelf.distance(step.plate, plate) <= reachPlaces ? 1 : farAway
      const together = step.settledAtMs > startedAtMs - sameActMs && step.startedAtMs < settledAtMs + sameActMs
      return together && weight(step) < near * largestCrossTalk * Math.abs(grams)
    }
    const cause = heavier.flat().some((other) => {
      return !other.unseen && passesOn(other.plate, other.deltaG, other.startedAtMs, other.settledAtMs)
    })
    if (cause && step.state === 'closed') this.#explained.set(step, weight(step))
    if (cause) return true
    return shelf.moving.some(({ plate, startedAtMs, excursionG }) =>
      passesOn(plate, excursionG, startedAtMs, Number.POSITIVE_INFINITY),
    )
  }

  /** A light step beside a heavy one may be a share of the item, or nothing but cross-talk. */
  #shares(group: readonly PlateStep[]): Share[] {
    const totalG = Math.abs(sum(group))
    const shares: Share[] = []
    for (const step of group.toSorted((a, b) => weight(b) - weight(a))) {
      const { counted, sigma } =
        step.unseen || shares.length === 0
          ? { counted: 1, sigma: 0 }
          : bearing(weight(step), totalG, this.#p.crossTalk, shares.length >= 2)
      if (counted === 0) continue
      const sigmaG = Math.hypot(counted * step.sigmaG, sigma * step.deltaG)
      shares.push({ step, deltaG: counted * step.deltaG, sigmaG })
    }
    return shares
  }

  #isWorthTelling(shares: readonly Share[]): boolean {
    const deltaG = Math.abs(totalOf(shares))
    return deltaG >= this.#p.lightestItemG && deltaG >= this.#p.movementSigmas * noiseOf(shares)
  }
}

export const totalOf = (shares: readonly Share[]) => shares.reduce((total, { deltaG }) => total + deltaG, 0)
const noiseOf = (shares: readonly Share[]) => Math.hypot(...shares.map(({ step }) => step.sigmaG))
const sum = (steps: readonly PlateStep[]) => steps.reduce((total, { deltaG }) => total + deltaG, 0)
const weight = (step: PlateStep) => Math.abs(step.deltaG)
