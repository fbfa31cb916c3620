/** Who came into the store while the vision watched, and who was there before: only the former can be newcomers. */
import type { Point3DM } from '../profile/layout.ts'
import type { PersonFrame } from './person-tracker.ts'

interface Presence {
  /** Seen from outside of the floor on, while nothing was missed. */
  arrived: boolean
  /** Since when they have been on the floor; null: not yet. */
  insideSinceMs: number | null
  lastSeenMs: number
}

/** Frames further apart than this leave a gap in which nobody watched. */
export const longestFrameMs = 1000
/** Somebody who was hidden for so long comes back under another name. */
const forgetMs = 60_000

export class Arrivals {
  readonly #isOnFloor: (headM: Point3DM) => boolean
  readonly #presences = new Map<string, Presence>()
  #newestMs = Number.NEGATIVE_INFINITY

  /** @param isOnFloor inside of the store, and away from its gates */
  constructor(isOnFloor: (headM: Point3DM) => boolean) {
    this.#isOnFloor = isOnFloor
  }

  onPeople({ persons, atMs }: PersonFrame): void {
    const isWatched = atMs - this.#newestMs <= longestFrameMs
    this.#newestMs = Math.max(this.#newestMs, atMs)
    for (const { personId, headM } of persons) {
      const known = this.#presences.get(personId)
      const isInside = this.#isOnFloor(headM)
      this.#presences.set(personId, {
        arrived: known?.arrived ?? (isWatched && !isInside),
        insideSinceMs: known?.insideSinceMs ?? (isInside ? atMs : null),
        lastSeenMs: atMs,
      })
    }
    for (const [personId, { lastSeenMs }] of this.#presences) {
      if (atMs - lastSeenMs > forgetMs) this.#presences.delete(personId)
    }
  }

  /** Nobody saw them anywhere but at the gate or outside before this time. */
  wasOutside(personId: string, untilMs: number): boolean {
    return (this.#presences.get(personId)?.insideSinceMs ?? untilMs) >= untilMs
  }

  /** They were not in the store before, for sure. */
  hasArrived(personId: string): boolean {
    return this.#presences.get(personId)?.arrived === true
  }
}
