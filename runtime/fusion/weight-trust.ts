/**
 * What goods really weigh. A catalogue weight that is wrong, or missing, is so each time: often it is the contents' without
 * their packaging. So what a product weighed in its own place once tells what it weighs there again.
 */
import type { Causes } from './clusters.ts'
import { logSum, type Subject, type WeightShift } from './explanations.ts'
import { type MassByCatalogue, normalDensity, type Shelves, sumOf } from './shelves.ts'
import { bounded, mostOfOne, quarters } from './trust.ts'

/** Share of takings of odd weight that were weighed wrong, in motion or with something else: they say nothing of the next. */
const misweighed = 0.5
/** Newest takings that are kept of a product. */
const mostKept = 12
/** Takings that were less likely of this product say nothing of what it weighs. */
const leastShare = 0.05

/** Under what a shift stands in {@link WeightShift}. */
export const weighedKey = (sku: string, pieces: number) => `${pieces} x ${sku}`

/** What one event says if it was so many pieces of a product, in its place. */
interface Weighing extends Weighed, MassByCatalogue {
  eventId: string
  atMs: number
  /** How likely it was these pieces, by this event alone. */
  share: number
}

interface Weighed {
  sku: string
  pieces: number
  pieceG: number
  /** Of one piece, the scale's alone. */
  sigmaG: number
}

/** The newest takings of each product. */
export type WeightMemory = Map<string, Weighing[]>

export class WeightTrust {
  readonly #shelves: Shelves
  readonly #remembered: WeightMemory
  /** An event says the same as long as it is not summarised anew. */
  readonly #said = new WeakMap<Subject, readonly Weighing[]>()

  constructor(shelves: Shelves, remembered: WeightMemory) {
    this.#shelves = shelves
    this.#remembered = remembered
    this.takeUp()
  }

  /** The shelves' goods weigh something else from now on. */
  takeUp(): void {
    for (const [sku, weighings] of this.#remembered) {
      this.#remembered.set(
        sku,
        weighings.map((weighing) => ({ ...weighing, ...massOf(weighing, this.#shelves) })),
      )
    }
  }

  /** For each event by its id; rounded, so that a distant event does not change every posterior a little. */
  shifts(subjects: readonly Subject[], causes: ReadonlyMap<string, Causes>): Map<string, WeightShift> {
    const known = new Map(this.#remembered)
    this.#count(subjects, causes, known)
    return new Map(subjects.map((subject) => [subject.eventId, this.#shift(subject, known)]))
  }

  /** Keeps what these events say when they themselves are forgotten. */
  remember(subjects: readonly Subject[], causes: ReadonlyMap<string, Causes>): void {
    this.#count(subjects, causes, this.#remembered)
    for (const [sku, weighings] of this.#remembered) this.#remembered.set(sku, newest(weighings))
  }

  /** Goods that were seen to be put down there are of another place. */
  #count(subjects: readonly Subject[], causes: ReadonlyMap<string, Causes>, known: Map<string, Weighing[]>): void {
    for (const subject of subjects) {
      if (subject.deltaG > 0 || causes.get(subject.eventId)?.moved.length) continue
      for (const weighing of this.#weighingsOf(subject)) {
        if (weighing.share >= leastShare) known.set(weighing.sku, [...(known.get(weighing.sku) ?? []), weighing])
      }
    }
  }

  #weighingsOf(subject: Subject): readonly Weighing[] {
    const known = this.#said.get(subject) ?? weighingsOf(subject, this.#shelves)
    this.#said.set(subject, known)
    return known
  }

  #shift(subject: Subject, known: ReadonlyMap<string, readonly Weighing[]>): WeightShift {
    if (subject.deltaG > 0) return new Map()
    return new Map(
      this.#weighingsOf(subject).flatMap((weighing) => {
        const others = newest(known.get(weighing.sku) ?? []).filter(({ eventId }) => eventId !== subject.eventId)
        const shift = others.length > 0 ? quarters(this.#shiftBy(weighing, others)) : 0
        return shift === 0 ? [] : [[weighedKey(weighing.sku, weighing.pieces), shift] as const]
      }),
    )
  }

  /** What the weight says now, against what it says by the catalogue alone. */
  #shiftBy(weighing: Weighing, others: readonly Weighing[]): number {
    const { right, wrong, anyhow, wrongShare, all } = weighing
    const ifRight = sumOf(others.map(rightLogOdds))
    // The one that was most likely of this product tells what it weighs if the catalogue is wrong.
    const first = others.reduce((a, b) => (b.share > a.share ? b : a))
    const rest = others.filter((other) => other !== first)
    const ifWrong = wrongLogOdds(first) + sumOf(rest.map((other) => this.#alikeLogOdds(first, other)))
    const evidence = (1 - wrongShare) * Math.exp(ifRight) + wrongShare * lasting(ifWrong, 1, 1)
    const alike = sumOf(others.map((other) => this.#alikeLogOdds(weighing, other)))
    const pooled = (1 - wrongShare) * right * Math.exp(ifRight) + wrongShare * lasting(alike, wrong, anyhow)
    const counting = sumOf(others.map(({ share }) => share))
    return bounded(bounded(Math.log(pooled / evidence / all)), mostOfOne * counting)
  }

  /** How much likelier the other event is if a piece weighs what it does by this one. */
  #alikeLogOdds(weighing: Weighing, other: Weighing): number {
    const variance = weighing.sigmaG ** 2 + other.sigmaG ** 2 + this.#shelves.spreadG(other.sku, other.pieceG) ** 2
    return logOdds(other, normalDensity(other.pieceG - weighing.pieceG, variance) / other.pieces)
  }
}

const rightLogOdds = (other: Weighing) => logOdds(other, other.right)
const wrongLogOdds = (other: Weighing) => logOdds(other, other.wrong)

/** An event that may have been something else after all says the less. */
const logOdds = ({ share, all }: Weighing, density: number) => bounded(Math.log(1 - share + (share * density) / all))

/** In the order of their time: a program that starts anew comes to the same. */
const newest = (weighings: readonly Weighing[]): Weighing[] =>
  weighings.toSorted((a, b) => a.atMs - b.atMs || (a.eventId < b.eventId ? -1 : 1)).slice(-mostKept)

function weighingsOf(subject: Subject, shelves: Shelves): Weighing[] {
  const total = logSum(subject.explanations)
  return subject.explanations.flatMap(({ takings }, i) => {
    const [taking, second] = takings
    if (!taking || second || !subject.isHome(taking.sku)) return []
    const { sku, pieces, pieceG, pieceSigmaG: sigmaG } = taking
    const isSame = (other: Subject['explanations'][number]) =>
      other.takings.length === 1 && other.takings[0]?.sku === sku && other.takings[0].pieces === pieces
    if (subject.explanations.findIndex(isSame) !== i) return []
    const weighed = { sku, pieces, pieceG, sigmaG }
    const share = Math.exp(logSum(subject.explanations.filter(isSame)) - total)
    const { eventId, atMs } = subject
    return [{ eventId, atMs, share, ...weighed, ...massOf(weighed, shelves) }]
  })
}

const massOf = ({ sku, pieces, pieceG, sigmaG }: Weighed, shelves: Shelves): MassByCatalogue =>
  shelves.massByCatalogue(sku, pieces * pieceG, pieces, pieces * sigmaG)

/** By the product's weight, which the others tell too, or by this event's own mistake. */
const lasting = (logOdds: number, wrong: number, anyhow: number) =>
  (1 - misweighed) * wrong * Math.exp(logOdds) + misweighed * anyhow
