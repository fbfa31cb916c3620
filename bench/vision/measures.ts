/** How well tracks follow the truth: IDF1 (Ristani et al. 2016), id switches, and how far off they are. */
import type { Point3DM } from '../../runtime/profile/layout.ts'
import { assign } from '../../runtime/vision/tracking/assignment.ts'
import type { TruePerson } from './scene.ts'

export interface TrackedPerson {
  trackId: string
  headM: Point3DM
  handsM: readonly (Point3DM | null)[]
  handSigmasM?: readonly (number | null)[]
}

export interface TrackMeasures {
  idf1: number
  idPrecision: number
  idRecall: number
  idSwitches: number
  /** Share of the moments of true people at which some track was near, and of tracks that were near somebody. */
  recall: number
  precision: number
  floorErrorMedianCm: number
  floorErrorP95Cm: number
  headErrorMedianCm: number
  handErrorMedianCm: number
  handErrorP95Cm: number
  /** Share of true hands that the track of their person told. */
  handRecall: number
  /** How far hands are off in the tracker's own standard deviations (root mean square): 1 is honest. */
  handErrorInSigmas: number
  personMoments: number
}

/** A track farther away is not this person's. */
const nearM = 0.5
/** Beyond the reach of any body: every hand that is told is compared with one of its person's. */
const otherHandM = 10

export class TrackScore {
  readonly #together = new Map<string, Map<string, number>>()
  readonly #lastTrack = new Map<string, string>()
  readonly #floorErrorsM: number[] = []
  readonly #headErrorsM: number[] = []
  readonly #handErrorsM: number[] = []
  readonly #handErrorsInSigmas: number[] = []
  #true = 0
  #tracked = 0
  #near = 0
  #hands = 0
  #switches = 0

  add(people: readonly TruePerson[], tracks: readonly TrackedPerson[]): void {
    this.#true += people.length
    this.#tracked += tracks.length
    this.#hands += 2 * people.length
    const distances = people.map(({ positionM }) =>
      tracks.map(({ headM }) => Math.hypot(headM[0] - positionM[0], headM[1] - positionM[1])),
    )
    for (const [i, row] of distances.entries()) {
      for (const [j, distanceM] of row.entries()) if (distanceM < nearM) this.#count(people[i]?.id, tracks[j]?.trackId)
    }
    for (const [i, j] of assign(distances, nearM).entries()) {
      if (j !== null) this.#compare(people[i] as TruePerson, tracks[j] as TrackedPerson, distances[i]?.[j] as number)
    }
  }

  #count(id = '', trackId = ''): void {
    const row = this.#together.get(id) ?? new Map<string, number>()
    row.set(trackId, (row.get(trackId) ?? 0) + 1)
    this.#together.set(id, row)
  }

  #compare(person: TruePerson, track: TrackedPerson, floorErrorM: number): void {
    this.#near++
    this.#floorErrorsM.push(floorErrorM)
    this.#headErrorsM.push(distanceM(track.headM, person.headM))
    const before = this.#lastTrack.get(person.id)
    if (before !== undefined && before !== track.trackId) this.#switches++
    this.#lastTrack.set(person.id, track.trackId)
    const hands = track.handsM.flatMap((handM, i) => (handM ? [{ handM, sigmaM: track.handSigmasM?.[i] }] : []))
    const apart = hands.map(({ handM }) => person.handsM.map((real) => distanceM(handM, real)))
    for (const [i, side] of assign(apart, otherHandM).entries()) {
      if (side === null) continue
      const errorM = apart[i]?.[side] as number
      this.#handErrorsM.push(errorM)
      const sigmaM = hands[i]?.sigmaM
      if (sigmaM) this.#handErrorsInSigmas.push(errorM / sigmaM)
    }
  }

  measures(): TrackMeasures {
    const ids = [...this.#together.keys()]
    const trackIds = [...new Set([...this.#together.values()].flatMap((row) => [...row.keys()]))]
    const costs = ids.map((id) => trackIds.map((trackId) => -(this.#together.get(id)?.get(trackId) ?? 0)))
    const together = assign(costs, 0).reduce<number>((sum, j, i) => sum - (j === null ? 0 : (costs[i]?.[j] ?? 0)), 0)
    return {
      idf1: (2 * together) / Math.max(1, this.#true + this.#tracked),
      idPrecision: together / Math.max(1, this.#tracked),
      idRecall: together / Math.max(1, this.#true),
      idSwitches: this.#switches,
      recall: this.#near / Math.max(1, this.#true),
      precision: this.#near / Math.max(1, this.#tracked),
      floorErrorMedianCm: quantileCm(this.#floorErrorsM, 0.5),
      floorErrorP95Cm: quantileCm(this.#floorErrorsM, 0.95),
      headErrorMedianCm: quantileCm(this.#headErrorsM, 0.5),
      handErrorMedianCm: quantileCm(this.#handErrorsM, 0.5),
      handErrorP95Cm: quantileCm(this.#handErrorsM, 0.95),
      handRecall: this.#handErrorsM.length / Math.max(1, this.#hands),
      handErrorInSigmas: rootMeanSquare(this.#handErrorsInSigmas),
      personMoments: this.#true,
    }
  }
}

function quantileCm(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return 100 * (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)
}

const rootMeanSquare = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length))

const distanceM = (a: Point3DM, b: Point3DM) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
