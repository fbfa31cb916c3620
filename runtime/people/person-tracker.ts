/** Joins track ids that change or vanish into one person: the first track id is the person's name for good. */
import type { People, Person } from '../contract/messages.ts'
import type { Point3DM, StoreLayout } from '../profile/layout.ts'
import { contains, distanceM, withinWalls } from './geometry.ts'

export interface SeenPerson {
  personId: string
  trackId: string
  headM: Point3DM
  /** Wrists, in no particular order; null is a hand that no camera saw. */
  handsM: (Point3DM | null)[]
  /** Of each hand: standard deviation of its place, all three axes together; absent: so small that it was not stated. */
  handSigmasM?: (number | null)[]
  score: number
}

export interface PersonFrame {
  atMs: number
  persons: SeenPerson[]
}

interface Known {
  personId: string
  trackId: string
  headM: Point3DM
  lastSeenMs: number
}

/** How far a head may be from where it was lost: the tracker's error, and brisk walking meanwhile. */
const trackerErrorM = 0.6
const walkingMPerS = 1.5
/** Longer away than this, and a new track may as well be somebody else. */
const rejoinMs = 8000
/** At a gate, and a centimetre beyond it, people come and go, so only a blink of the tracker is bridged there. */
const rejoinAtGateMs = 1000
/** Where no contact tells that somebody left, the next who comes in must not be taken for them. */
const rejoinAtOpenGateMs = 300
/** Somebody who has been away for so long is forgotten. */
const forgetMs = 3_600_000
/** How far a head is seen to move between two frames (standard deviation): trackers jitter, people walk. */
const jitterM = 0.1
/** That two tracks changed names is believed when it is so much likelier (natural logarithm) than that both heads jumped. */
const switchLogOdds = 8

export class PersonTracker {
  readonly #layout: StoreLayout
  readonly #personOfTrack = new Map<string, string>()
  readonly #known = new Map<string, Known>()
  #newestMs = Number.NEGATIVE_INFINITY

  constructor(layout: StoreLayout) {
    this.#layout = layout
  }

  /** Who is on the floor in this frame. A frame older than the last one is named, but teaches nothing. */
  observe(people: People): PersonFrame {
    const atMs = people.seenAtMs
    if (atMs <= this.#newestMs) return { atMs, persons: people.people.map((person) => this.#named(person)) }
    this.#newestMs = atMs
    this.#undoSwitches(people.people, atMs)
    const present = new Set<string>()
    const strangers: Person[] = []
    for (const person of people.people) {
      const personId = this.#personOfTrack.get(person.trackId)
      if (personId === undefined || present.has(personId)) strangers.push(person)
      else present.add(personId)
    }
    for (const { stranger, known } of this.#rejoinings(strangers, present, atMs)) {
      this.#personOfTrack.set(stranger.trackId, known.personId)
    }
    for (const stranger of strangers) {
      if (!this.#personOfTrack.has(stranger.trackId)) this.#personOfTrack.set(stranger.trackId, stranger.trackId)
    }
    const persons = people.people.map((person) => this.#see(person, atMs))
    this.#forget(atMs)
    return { atMs, persons }
  }

  /** These have left the store; a track that appears where they were seen last is somebody else. */
  leave(personIds: Iterable<string>): void {
    for (const personId of personIds) this.#known.delete(personId)
  }

  /** Where and when somebody was seen last; undefined: not by this run of the program, or not since they left. */
  lastSeen(personId: string): { headM: Point3DM; atMs: number } | undefined {
    const known = this.#known.get(personId)
    return known && { headM: known.headM, atMs: known.lastSeenMs }
  }

  /** Track id to person id, of everybody who was seen lately. */
  aliases(): Map<string, string> {
    return new Map(this.#personOfTrack)
  }

  /** Takes over what an earlier run of this program knew. */
  restore(aliases: Iterable<[string, string]>): void {
    for (const [trackId, personId] of aliases) this.#personOfTrack.set(trackId, personId)
  }

  /** Two whose heads change places between two frames were taken for one another: nobody jumps so far. */
  #undoSwitches(people: readonly Person[], atMs: number): void {
    const jumped = people.flatMap(({ trackId, headM }) => {
      const known = this.#known.get(this.#personOfTrack.get(trackId) ?? '')
      if (known?.trackId !== trackId) return []
      const sigmaM = jitterM + (walkingMPerS * (atMs - known.lastSeenMs)) / 1000
      return distanceM(headM, known.headM) > sigmaM ? [{ trackId, headM, known, sigmaM }] : []
    })
    const undone = new Set<string>()
    jumped.forEach((one, i) => {
      for (const other of jumped.slice(i + 1)) {
        if (undone.has(one.trackId) || undone.has(other.trackId)) continue
        const square = (a: typeof one, b: typeof one) => (distanceM(a.headM, b.known.headM) / b.sigmaM) ** 2 / 2
        const logOdds = square(one, one) + square(other, other) - square(one, other) - square(other, one)
        if (logOdds < switchLogOdds) continue
        undone.add(one.trackId).add(other.trackId)
        this.#personOfTrack.set(one.trackId, other.known.personId)
        this.#personOfTrack.set(other.trackId, one.known.personId)
      }
    })
  }

  #see(person: Person, atMs: number): SeenPerson {
    const seen = this.#named(person)
    const { personId, trackId, headM } = seen
    this.#known.set(personId, { personId, trackId, headM, lastSeenMs: atMs })
    return seen
  }

  #named(person: Person): SeenPerson {
    return { ...person, personId: this.#personOfTrack.get(person.trackId) ?? person.trackId }
  }

  /** New tracks and the lost persons that they fit, nearest pairs first. */
  #rejoinings(strangers: Person[], present: Set<string>, atMs: number): { stranger: Person; known: Known }[] {
    if (strangers.length === 0) return []
    const pairs = strangers.flatMap((stranger) =>
      [...this.#known.values()]
        .filter((known) => !present.has(known.personId))
        .map((known) => ({ stranger, known, distanceM: this.#plausibleM(stranger, known, atMs) }))
        .filter((pair) => pair.distanceM !== undefined),
    )
    pairs.sort((a, b) => (a.distanceM as number) - (b.distanceM as number))
    const taken = new Set<unknown>()
    return pairs.filter(({ stranger, known }) => {
      if (taken.has(stranger) || taken.has(known)) return false
      taken.add(stranger).add(known)
      return true
    })
  }

  /** How far the stranger stands from where `known` was lost, or undefined when it cannot be them. */
  #plausibleM(stranger: Person, known: Known, atMs: number): number | undefined {
    const gapMs = atMs - known.lastSeenMs
    if (gapMs > Math.min(this.#rejoinWithinMs(stranger.headM), this.#rejoinWithinMs(known.headM))) return undefined
    const awayM = distanceM(stranger.headM, known.headM)
    return awayM <= trackerErrorM + (walkingMPerS * gapMs) / 1000 ? awayM : undefined
  }

  #rejoinWithinMs(headM: Point3DM): number {
    const { gates, floorM } = this.#layout
    const isOutside = !withinWalls(floorM, headM)
    const passed = isOutside ? gates : gates.filter(({ zoneM }) => contains(zoneM, headM))
    if (passed.some(({ open }) => open)) return rejoinAtOpenGateMs
    return isOutside || passed.length > 0 ? rejoinAtGateMs : rejoinMs
  }

  #forget(atMs: number): void {
    for (const known of this.#known.values()) {
      if (atMs - known.lastSeenMs <= forgetMs) continue
      this.#known.delete(known.personId)
      for (const [trackId, personId] of this.#personOfTrack) {
        if (personId === known.personId) this.#personOfTrack.delete(trackId)
      }
    }
  }
}
