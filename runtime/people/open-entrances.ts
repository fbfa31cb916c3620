/**
 * Entrances at which nothing stands in the way: no contact tells who comes and goes, so where tracks begin and end has
 * to. Whoever is seen at one from outside and then on the floor walked in; whoever was seen there last has left.
 */
import type { Gate, Point3DM } from '../profile/layout.ts'
import { longestFrameMs } from './arrivals.ts'
import { contains, distanceToPolygonM } from './geometry.ts'
import type { PersonFrame } from './person-tracker.ts'

interface Track {
  /** The open entrance that they came through; null while they were at none. */
  from: Gate | null
  /** Since when they are on the floor; null: they are at the entrance, or outside. */
  insideSinceMs: number | null
  headM: Point3DM
  atMs: number
  /** How long the vision has watched since, without its gaps. */
  absentMs: number
}

export interface Seen {
  personId: string
  gate: Gate
  atMs: number
}

/** Somebody who looks in and turns round has not walked in; and by then it is known who is a child. */
const settledMs = 1000
/** Hidden in the doorway for less than this, somebody may still be there. */
const goneMs = 3000
/** Not seen anywhere for so long. */
const lostMs = 60_000
const forgetMs = 3_600_000

export class OpenEntrances {
  readonly #gates: readonly Gate[]
  readonly #isOnFloor: (headM: Point3DM) => boolean
  readonly #isBeyondWalls: (headM: Point3DM) => boolean
  readonly #tracks = new Map<string, Track>()
  #newestMs = Number.NEGATIVE_INFINITY
  #watchedMs = 0

  /**
   * @param isOnFloor inside of the store, and away from its gates
   * @param isBeyondWalls outside, where cameras may see as well
   */
  constructor(
    gates: readonly Gate[],
    isOnFloor: (headM: Point3DM) => boolean,
    isBeyondWalls: (headM: Point3DM) => boolean,
  ) {
    this.#gates = gates.filter(({ open }) => open)
    this.#isOnFloor = isOnFloor
    this.#isBeyondWalls = isBeyondWalls
  }

  onPeople({ atMs, persons }: PersonFrame): void {
    if (this.#gates.length === 0 || atMs <= this.#newestMs) return
    const sinceMs = atMs - this.#newestMs
    this.#newestMs = atMs
    // In a gap nobody was missed: those who are seen no more after it may have left at any time.
    const watchedMs = sinceMs <= longestFrameMs ? sinceMs : 0
    this.#watchedMs += watchedMs
    for (const track of this.#tracks.values()) track.absentMs += watchedMs
    for (const { personId, headM } of persons) {
      const known = this.#tracks.get(personId)
      const isInside = this.#isOnFloor(headM)
      const from = isInside ? (known?.from ?? null) : (this.#at(headM) ?? known?.from ?? null)
      const insideSinceMs = isInside ? (known?.insideSinceMs ?? atMs) : null
      this.#tracks.set(personId, { from, insideSinceMs, headM, atMs, absentMs: 0 })
    }
    for (const [personId, track] of this.#tracks) if (atMs - track.atMs > forgetMs) this.#tracks.delete(personId)
  }

  /** Who came by an open entrance and is on the floor now, seen in this frame. */
  get arrived(): Seen[] {
    return [...this.#tracks].flatMap(([personId, { from, insideSinceMs, atMs }]) =>
      from && insideSinceMs !== null && atMs === this.#newestMs && atMs - insideSinceMs >= settledMs
        ? [{ personId, gate: from, atMs: insideSinceMs }]
        : [],
    )
  }

  /** By which open entrance, and when, somebody left; undefined: they did not, as far as anybody saw. */
  left(personId: string): Seen | undefined {
    const track = this.#tracks.get(personId)
    if (!track || track.absentMs < goneMs) return undefined
    const { headM, atMs } = track
    const gate = this.#isBeyondWalls(headM)
      ? this.#gates.toSorted((a, b) => distanceToPolygonM(a.zoneM, headM) - distanceToPolygonM(b.zoneM, headM))[0]
      : this.#gates.find(({ zoneM }) => contains(zoneM, headM))
    return gate && { personId, gate, atMs }
  }

  /** Since when nobody has seen this person anywhere, and that for long; undefined: they were seen lately. */
  lostSince(personId: string): number | undefined {
    const track = this.#tracks.get(personId)
    const absentMs = track?.absentMs ?? this.#watchedMs
    return absentMs >= lostMs ? (track?.atMs ?? this.#newestMs) : undefined
  }

  #at(headM: Point3DM): Gate | undefined {
    return this.#gates.find(({ zoneM }) => contains(zoneM, headM))
  }
}
