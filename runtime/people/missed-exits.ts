/**
 * Who left unseen. A gate saw somebody walk out, but nobody could claim the pass, because sensing or the tracks were
 * away: once the vision has watched for long enough again, a bound person whom it has not seen since is the one.
 */
import type { Gate, Point3DM } from '../profile/layout.ts'
import { longestFrameMs } from './arrivals.ts'
import { distanceToPolygonM } from './geometry.ts'
import type { PersonFrame } from './person-tracker.ts'

export interface UnclaimedPass {
  gate: Gate
  atMs: number
  /** Whoever was seen after this did not leave by it. */
  untilMs: number
}

interface Unclaimed {
  pass: UnclaimedPass
  /** How long the vision had watched until then. */
  sinceWatchedMs: number
}

/** Not seen for so long while the vision watched, somebody is gone and not only hidden. */
const absentMs = 20_000
/** Nobody gets to the gate faster than this. */
const hurryingMPerS = 2.5
/** Where somebody was seen so long ago says nothing any more. */
const forgetMs = 3_600_000

export class MissedExits {
  /** In the order of the last sight. */
  readonly #lastSeen = new Map<string, { atMs: number; headM: Point3DM }>()
  #unclaimed: Unclaimed[] = []
  /** How long the vision has watched so far, without its gaps. */
  #watchedMs = 0
  #newestMs = Number.NEGATIVE_INFINITY

  onPeople({ atMs, persons }: PersonFrame): void {
    const sinceMs = atMs - this.#newestMs
    if (sinceMs > 0 && sinceMs <= longestFrameMs) this.#watchedMs += sinceMs
    this.#newestMs = Math.max(this.#newestMs, atMs)
    for (const { personId, headM } of persons) {
      if ((this.#lastSeen.get(personId)?.atMs ?? atMs) > atMs) continue
      this.#lastSeen.delete(personId)
      this.#lastSeen.set(personId, { atMs, headM })
    }
    for (const [personId, seen] of this.#lastSeen) {
      if (atMs - seen.atMs <= forgetMs) break
      this.#lastSeen.delete(personId)
    }
  }

  add(pass: UnclaimedPass): void {
    this.#unclaimed.push({ pass, sinceWatchedMs: this.#watchedMs })
  }

  /** Whether {@link settle} has something to say. */
  get due(): boolean {
    return this.#unclaimed.some((unclaimed) => this.#isDue(unclaimed))
  }

  /**
   * Who left by the passes that are due, each pass once and for all.
   * @param inside the bound persons who have not left
   * @param strangers how many persons on the floor are bound to nothing: each may be one of those who are missing, under
   * a new track, so that many of them are kept
   */
  settle(inside: readonly string[], strangers: number): { personId: string; pass: UnclaimedPass }[] {
    const isAllDue = this.#unclaimed.every((unclaimed) => this.#isDue(unclaimed))
    const left = new Map<string, UnclaimedPass>()
    const missing = (pass: UnclaimedPass) => {
      const candidates = inside.filter((personId) => !left.has(personId) && this.#mayHaveLeft(personId, pass))
      return candidates.length > strangers ? candidates : []
    }
    const claim = (pass: UnclaimedPass, candidates: readonly string[]) => {
      if (candidates.length > 0) left.set(this.#nearest(candidates, pass), pass)
    }
    const still = this.#unclaimed.filter((unclaimed) => {
      if (!this.#isDue(unclaimed)) return true
      const candidates = missing(unclaimed.pass)
      const seen = candidates.filter((personId) => this.#lastSeen.has(personId))
      claim(unclaimed.pass, seen)
      return candidates.length > 0 && seen.length === 0
    })
    // Whom nobody saw in this run may have been inside until the last of these passes: what they did meanwhile is theirs.
    if (isAllDue) for (const { pass } of still.toReversed()) claim(pass, missing(pass))
    this.#unclaimed = isAllDue ? [] : still
    return [...left].map(([personId, pass]) => ({ personId, pass }))
  }

  #nearest(personIds: readonly string[], pass: UnclaimedPass): string {
    const [nearest] = personIds.toSorted((a, b) => this.#distanceM(a, pass) - this.#distanceM(b, pass))
    return nearest as string
  }

  #isDue({ sinceWatchedMs }: Unclaimed): boolean {
    return this.#watchedMs - sinceWatchedMs >= absentMs
  }

  #mayHaveLeft(personId: string, pass: UnclaimedPass): boolean {
    const seen = this.#lastSeen.get(personId)
    if (!seen) return true
    const reachM = (hurryingMPerS * (pass.untilMs - seen.atMs)) / 1000
    return seen.atMs <= pass.untilMs && this.#distanceM(personId, pass) <= reachM
  }

  /** From the gate to where somebody was seen last; whom nobody saw in this run comes last. */
  #distanceM(personId: string, { gate }: UnclaimedPass): number {
    const seen = this.#lastSeen.get(personId)
    return seen ? distanceToPolygonM(gate.zoneM, seen.headM) : Number.MAX_VALUE
  }
}
