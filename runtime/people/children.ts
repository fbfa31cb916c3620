/**
 * Small children slip through a gate beside their adult, so that no gate counts them: they belong to whoever walked in
 * last before them, unless another did at about the same time. Whoever is tall and uncounted may be a stranger who slips
 * in, and belongs to nobody, but for a party that still lacks one of those who were admitted.
 */
import type { Gate, Point3DM } from '../profile/layout.ts'
import { distanceToPolygonM } from './geometry.ts'
import type { PersonFrame } from './person-tracker.ts'

/** Walking heads below this are small children's: an adult's is above 1.4 m, a child's of eight years below 1.3 m. */
const childHeadM = 1.35
/** Heads are measured for at least so long before anybody is taken for a child: somebody may stoop. */
const measuredMs = 1000
/** A child is through the gate within this of its adult, also when the gate closes or others stand in its way (assumption). */
const behindMs = 30_000
/** Of two who come in within this of each other, either may have the child that comes in with them (assumption). */
const togetherMs = 3000
/** The gate's contact and the vision may be this much apart. */
const clocksApartMs = 500
/** Somebody who was hidden for so long comes back under another name. */
const forgetMs = 60_000
/** Children may stay at a gate for so long before they come on the floor. */
const forgetPassMs = 600_000

/** Where and when somebody came in: seen in a gate's zone, or where nobody saw them there, first seen near a gate. */
export interface Passage {
  id: string
  isInZone: boolean
  fromMs: number
  untilMs: number
}

interface Walker {
  firstSeenMs: number
  lastSeenMs: number
  tallestM: number
  gate: Passage | null
  /** Seen inside: who comes to a gate later, for others come in there, does not come in again. */
  isIn: boolean
}

export class Children {
  readonly #gates: readonly Gate[]
  readonly #nearGateM: number
  readonly #isOnFloor: (headM: Point3DM) => boolean
  readonly #walkers = new Map<string, Walker>()
  #passes: { gate: string; visitId: string; atMs: number }[] = []
  #newestMs = Number.NEGATIVE_INFINITY

  /** @param isOnFloor inside of the store, and away from its gates */
  constructor(gates: readonly Gate[], nearGateM: number, isOnFloor: (headM: Point3DM) => boolean) {
    this.#gates = gates
    this.#nearGateM = nearGateM
    this.#isOnFloor = isOnFloor
  }

  onPeople({ atMs, persons }: PersonFrame): void {
    this.#newestMs = Math.max(this.#newestMs, atMs)
    for (const { personId, headM } of persons) {
      const known = this.#walkers.get(personId)
      const isIn = known?.isIn === true || this.#isOnFloor(headM)
      this.#walkers.set(personId, {
        firstSeenMs: known?.firstSeenMs ?? atMs,
        lastSeenMs: atMs,
        tallestM: Math.max(known?.tallestM ?? 0, headM[2]),
        gate: isIn ? (known?.gate ?? null) : this.#passage(headM, atMs, known?.gate ?? null),
        isIn,
      })
    }
    for (const [personId, { lastSeenMs }] of this.#walkers) {
      if (atMs - lastSeenMs > forgetMs) this.#walkers.delete(personId)
    }
    this.#passes = this.#passes.filter((pass) => atMs - pass.atMs <= forgetPassMs)
  }

  /** Somebody of this visit was counted on the way in. */
  cameIn(visitId: string, gate: string, atMs: number): void {
    this.#passes.push({ gate, visitId, atMs })
    this.#passes.sort((a, b) => a.atMs - b.atMs)
  }

  isChild(personId: string): boolean {
    return (this.#tallestM(personId) ?? Number.POSITIVE_INFINITY) < childHeadM
  }

  isGrown(personId: string): boolean {
    return (this.#tallestM(personId) ?? 0) >= childHeadM
  }

  /** Undefined as long as they were not measured for long enough. */
  #tallestM(personId: string): number | undefined {
    const walker = this.#walkers.get(personId)
    return walker && walker.lastSeenMs - walker.firstSeenMs >= measuredMs ? walker.tallestM : undefined
  }

  /** Null: they did not come in by a gate, as far as was seen. */
  cameBy(personId: string): Passage | null {
    return this.#walkers.get(personId)?.gate ?? null
  }

  /**
   * The visit that somebody small came in behind; undefined when it may have been one of several.
   * @param afterMs so long after the gate their own pass may still be told, which goes first
   */
  visitBefore(personId: string, afterMs: number): string | undefined {
    const passage = this.#walkers.get(personId)?.gate
    if (!passage || this.#newestMs - passage.untilMs < afterMs || !this.isChild(personId)) return undefined
    const { id, fromMs } = passage
    const isBefore = (atMs: number) => atMs <= fromMs + clocksApartMs && fromMs - atMs <= behindMs
    const last = this.#passes.findLast(({ gate, atMs }) => gate === id && isBefore(atMs))
    const isAlone = this.#passes.every(
      ({ gate, visitId, atMs }) =>
        gate !== id ||
        visitId === last?.visitId ||
        Math.min(Math.abs(atMs - fromMs), Math.abs(atMs - (last?.atMs ?? 0))) > togetherMs,
    )
    return isAlone ? last?.visitId : undefined
  }

  /** Children dawdle near a gate, where the next come in meanwhile: what counts is when they were in it. */
  #passage(headM: Point3DM, atMs: number, before: Passage | null): Passage | null {
    const near = this.#gates
      .map(({ id, zoneM }) => ({ id, distanceM: distanceToPolygonM(zoneM, headM) }))
      .find(({ distanceM }) => distanceM <= this.#nearGateM)
    if (!near) return before
    const isInZone = near.distanceM === 0
    if (!isInZone && before) return before
    const isStill = before?.isInZone === true && before.id === near.id
    return { id: near.id, isInZone, fromMs: isStill ? before.fromMs : atMs, untilMs: atMs }
  }
}
