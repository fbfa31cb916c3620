/**
 * What really lies at a place. A planogram is wrong for single products, too: whoever fills the shelves takes one kind
 * for another of the same size. One sighting against it is no proof, because classifiers mistake just those for one
 * another; several at one place are, so every taking from a place bears on the others there.
 */
import type { Causes } from './clusters.ts'
import { logSum, mostChanged, type PlaceShift, type Subject } from './explanations.ts'
import type { Shelves } from './shelves.ts'
import { bounded, mostOfOne, quarters } from './trust.ts'

/** Log odds that a rival lies there and not what the planogram has, by plate and rival. */
export type PlaceMemory = Map<string, Map<string, number>>

export class PlaceTrust {
  readonly #shelves: Shelves
  readonly #remembered: PlaceMemory
  /** An event says the same as long as it is not summarised anew. */
  readonly #said = new WeakMap<Subject, ReadonlyMap<string, number>>()
  readonly #rivals = new WeakMap<Subject, ReadonlyMap<string, number>>()

  constructor(shelves: Shelves, remembered: PlaceMemory) {
    this.#shelves = shelves
    this.#remembered = remembered
  }

  /** For each event by its id; rounded, so that a distant event does not change every posterior a little. */
  shifts(subjects: readonly Subject[], causes: ReadonlyMap<string, Causes>): Map<string, PlaceShift> {
    const learned: PlaceMemory = new Map([...this.#remembered].map(([plate, rivals]) => [plate, new Map(rivals)]))
    const own = this.#count(subjects, causes, learned)
    return new Map(subjects.map((subject) => [subject.eventId, this.#shift(subject, learned, own.get(subject))]))
  }

  /** Keeps what these events say of their places when they themselves are forgotten. */
  remember(subjects: readonly Subject[], causes: ReadonlyMap<string, Causes>): void {
    this.#count(subjects, causes, this.#remembered)
    for (const rivals of this.#remembered.values()) {
      for (const [sku, logOdds] of rivals) rivals.set(sku, bounded(logOdds))
    }
  }

  #shift(subject: Subject, learned: PlaceMemory, own: ReadonlyMap<string, number> | undefined): PlaceShift {
    const logOdds = learned.get(mostChanged(subject) ?? '')
    if (!logOdds) return new Map()
    const rivals = this.#rivalsOf(subject)
    const shares = [...rivals].map(([sku, prior]) => {
      const others = bounded((logOdds.get(sku) ?? 0) - (own?.get(sku) ?? 0))
      return { sku, prior, share: prior * Math.exp(others) }
    })
    const priorHome = 1 - shares.reduce((sum, { prior }) => sum + prior, 0)
    const total = shares.reduce((sum, { share }) => sum + share, priorHome)
    const shifts = shares.map(({ sku, prior, share }) => [sku, quarters(Math.log(share / total / prior))] as const)
    const home = quarters(Math.log(1 / total))
    const homes = this.#shelves.localSkus(subject.plates).map((sku) => [sku, home] as const)
    return new Map([...homes, ...shifts].filter(([, shift]) => shift !== 0))
  }

  #rivalsOf(subject: Subject): ReadonlyMap<string, number> {
    const rivals = this.#rivals.get(subject) ?? this.#shelves.rivals(subject.plates)
    this.#rivals.set(subject, rivals)
    return rivals
  }

  /** Adds up what takings say; goods that were seen to be put down there say nothing of what lies there otherwise. */
  #count(
    subjects: readonly Subject[],
    causes: ReadonlyMap<string, Causes>,
    learned: PlaceMemory,
  ): Map<Subject, ReadonlyMap<string, number>> {
    const own = new Map<Subject, ReadonlyMap<string, number>>()
    for (const subject of subjects) {
      const plate = mostChanged(subject)
      if (plate === undefined || subject.deltaG > 0 || causes.get(subject.eventId)?.moved.length) continue
      const said = this.#said.get(subject) ?? rivalLogOdds(subject, this.#shelves)
      this.#said.set(subject, said)
      own.set(subject, said)
      const ofPlate = learned.get(plate) ?? new Map<string, number>()
      learned.set(plate, ofPlate)
      for (const [sku, logOdds] of said) ofPlate.set(sku, (ofPlate.get(sku) ?? 0) + logOdds)
    }
    return own
  }
}

/**
 * How much better a rival explains this event than what it was taken for. What else belongs to the place lies there in
 * either case: takings of that say nothing.
 */
function rivalLogOdds(subject: Subject, shelves: Shelves): Map<string, number> {
  const taken = subject.explanations.filter(({ takings }) => takings.length > 0)
  const fitOf = (isIt: (sku: string) => boolean) =>
    logSum(
      taken
        .filter(({ takings }) => takings.every(({ sku }) => isIt(sku)))
        .map(({ logWeight, parts }) => ({ logWeight: logWeight - parts.planogram })),
    )
  const usual = fitOf(subject.isHome)
  return new Map(
    [...shelves.rivals(subject.plates).keys()].flatMap((rival) => {
      const replaced = shelves.takenFor(rival, subject.plates)
      const fit = fitOf((sku) => sku === rival || (subject.isHome(sku) && !replaced.includes(sku)))
      if (fit === Number.NEGATIVE_INFINITY && usual === Number.NEGATIVE_INFINITY) return []
      return [[rival, bounded(fit - usual, mostOfOne)] as const]
    }),
  )
}
