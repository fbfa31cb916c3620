/** What was around the shelves lately: it turns a weight event into evidence that can be journalled. */
import type { People, Sighting, WeightEvent } from '../contract/messages.ts'
import { type PersonFrame, PersonTracker, type SeenPerson } from '../people/person-tracker.ts'
import type { Point3DM, StoreLayout } from '../profile/layout.ts'
import type { Evidence } from '../till-api/commands.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import { handCourse } from './hand-course.ts'
import type { Shelves } from './shelves.ts'

type Near = NonNullable<Evidence['near']>[number]
type Sighted = Evidence['sighted'][number]

interface Look {
  atMs: number
  positionM: Point3DM | null
  candidates: Sighting['candidates']
  /** Events of its holder that account for it. */
  accountedBy: Set<string>
  /** It was told by itself. */
  isTold: boolean
  /** In whose hand it was, once frames of its time are there. */
  holder?: string | null
}

/** The longest event plus its margins: somebody holds an item on its plate for long before taking it. */
const keepMs = 60_000
/** A product in a hand is within this of its wrist. */
const inHandM = 0.4
/** Only people within some steps of the shelf are worth journalling. */
const nearbyM = 3
/** What a look belongs to has happened, come to rest and been told within this. */
const accountedWithinMs = 5000
/** A reaching hand is hidden, or seen, from this long before a step until this long after it. */
const aboutMs = 300
/** A vision that works loses people for no longer: then they have left, or go by another name. */
const hiddenForMs = 8000
/** Whom nobody sees may have walked on at this speed. */
const walkingMPerS = 1.5
const mostPeople = 20
const mostSightings = 60

export class Surroundings {
  readonly #shelves: Shelves
  readonly #policy: FusionPolicy
  readonly #tracker: PersonTracker
  #frames: PersonFrame[] = []
  #looks: Look[] = []

  constructor(layout: StoreLayout, shelves: Shelves, policy: FusionPolicy) {
    this.#shelves = shelves
    this.#policy = policy
    this.#tracker = new PersonTracker(layout)
  }

  observePeople(people: People): void {
    this.#frames.push(this.#tracker.observe(people))
    if ((this.#frames[0]?.atMs ?? 0) < people.seenAtMs - 2 * keepMs) {
      this.#frames = this.#frames.filter(({ atMs }) => atMs >= people.seenAtMs - keepMs)
    }
  }

  /** These left the store: whoever appears where they were seen last is somebody else. */
  leave(personIds: Iterable<string>): void {
    this.#tracker.leave(personIds)
  }

  restorePersons(aliases: Iterable<[string, string]>): void {
    this.#tracker.restore(aliases)
  }

  observeSighting({ seenAtMs, positionM, candidates }: Sighting): void {
    this.#looks.push({ atMs: seenAtMs, positionM, candidates, accountedBy: new Set(), isTold: false })
    if ((this.#looks[0]?.atMs ?? 0) < seenAtMs - 2 * keepMs) {
      this.#looks = this.#looks.filter(({ atMs }) => atMs >= seenAtMs - keepMs)
    }
  }

  /**
   * The event with who was near and what the cameras saw in hands, as far as it is known by now.
   * @param inside who is in the store, seen or not
   */
  summarise(event: WeightEvent, inside: Iterable<string> = []): Evidence {
    const frames = this.#framesOf(event)
    const near = this.#near(event, frames, inside)
    const course = handCourse(frames, near, (handM) => this.#shelves.handDistanceM(handM, event.plates))
    const looks = this.#looks.filter((look) => this.#belongs(look, event))
    this.#account(event, looks, near)
    return { event, near, sighted: this.#sighted(looks), ...(course ? { course } : {}) }
  }

  /** Looks into the hands of people who stood at an event's plates belong to it. */
  #account({ eventId, kind }: WeightEvent, looks: readonly Look[], near: readonly Near[]): void {
    if (kind === 'withdrawn') {
      for (const look of this.#looks) look.accountedBy.delete(eventId)
      return
    }
    const within = near.filter(({ headM }) => headM <= this.#policy.headReachM)
    for (const look of looks) {
      const holder = this.#holderOf(look)
      if (within.some(({ personId }) => personId === holder)) look.accountedBy.add(eventId)
    }
  }

  /** Looks that no event of their holder's accounts for, by the holder; each look once. */
  unaccounted(nowMs: number): { personId: string; atMs: number; sighted: Sighted[] }[] {
    const due = this.#looks.filter(
      (look) => !look.isTold && look.accountedBy.size === 0 && look.atMs <= nowMs - accountedWithinMs,
    )
    for (const look of due) look.isTold = true
    return [...Map.groupBy(due, (look) => this.#holderOf(look))].flatMap(([personId, looks]) =>
      personId === null ? [] : [{ personId, atMs: looks[0]?.atMs ?? nowMs, sighted: this.#sighted(looks) }],
    )
  }

  #framesOf(event: WeightEvent): PersonFrame[] {
    const fromMs = windowStartMs(event) - this.#policy.handsBeforeMs
    const toMs = event.settledAtMs + this.#policy.handsAfterMs
    return this.#frames.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
  }

  #near(event: WeightEvent, frames: readonly PersonFrame[], inside: Iterable<string>): Near[] {
    const { plates, settledAtMs } = event
    const periodMs = ((frames.at(-1)?.atMs ?? 0) - (frames[0]?.atMs ?? 0)) / Math.max(1, frames.length - 1)
    const seen = new Map<string, { hands: HandAway[]; headsM: number[]; hidden: number; about: number }>()
    for (const { atMs, persons } of frames) {
      const isAbout = atMs >= windowStartMs(event) - aboutMs && atMs <= settledAtMs + aboutMs
      for (const { personId, headM, handsM, handSigmasM } of persons) {
        const distances = seen.get(personId) ?? { hands: [], headsM: [], hidden: 0, about: 0 }
        seen.set(personId, distances)
        if (isAbout) distances.about++
        if (isAbout && handsM.some((handM) => handM === null)) distances.hidden++
        distances.headsM.push(this.#shelves.headDistanceM(headM, plates))
        const away = handsM.flatMap((handM, i): HandAway[] =>
          handM ? [{ awayM: this.#shelves.handDistanceM(handM, plates), sigmaM: handSigmasM?.[i] ?? undefined }] : [],
        )
        const [nearest] = away.sort((a, b) => a.awayM - b.awayM)
        if (nearest) distances.hands.push(nearest)
      }
    }
    const near = [...seen].map(([personId, { hands, headsM, hidden, about }]) => ({
      personId,
      ...handOf(hands, periodMs),
      headM: toMillimetre(graspOf(headsM, periodMs, (headM) => headM)),
      seen: Math.round((1000 * headsM.length) / frames.length) / 1000,
      ...(hidden > 0 ? { wristHidden: Math.round((1000 * hidden) / about) / 1000 } : {}),
    }))
    const unseen = [...inside].filter((personId) => !seen.has(personId))
    return [...near, ...unseen.flatMap((personId) => this.#unseen(personId, event, frames.length === 0) ?? [])]
      .filter(({ headM }) => headM <= nearbyM)
      .sort((a, b) => (a.handM ?? a.headM) - (b.handM ?? b.headM) || order(a.personId, b.personId))
      .slice(0, mostPeople)
  }

  /** Somebody who is in the store and was not seen then: as near as they can have walked, before or after. */
  #unseen(personId: string, { startedAtMs, settledAtMs, plates }: WeightEvent, isDark: boolean): Near | undefined {
    const last = this.#tracker.lastSeen(personId)
    const awayMs = last ? Math.max(startedAtMs - last.atMs, last.atMs - settledAtMs, 0) : Number.POSITIVE_INFINITY
    if (!isDark && awayMs > hiddenForMs) return undefined
    const walkedM = (walkingMPerS * awayMs) / 1000
    const headM = last ? Math.max(0, this.#shelves.headDistanceM(last.headM, plates) - walkedM) : 0
    return { personId, handM: null, headM: toMillimetre(headM), seen: 0 }
  }

  /** Looks at one thing err together, so they are averaged, not multiplied. */
  #sighted(looks: readonly Look[]): Sighted[] {
    const ofPerson = new Map<string | null, Map<string, number>>()
    const count = new Map<string | null, number>()
    for (const look of looks) {
      const personId = this.#holderOf(look)
      const sums = ofPerson.get(personId) ?? new Map<string, number>()
      ofPerson.set(personId, sums)
      count.set(personId, (count.get(personId) ?? 0) + 1)
      for (const { sku, probability } of look.candidates) {
        const known = this.#shelves.canonical(sku)
        sums.set(known, (sums.get(known) ?? 0) + probability)
      }
    }
    return [...ofPerson]
      .flatMap(([personId, sums]) =>
        [...sums].map(([sku, sum]) => ({
          personId,
          sku,
          probability: Math.min(1, Math.round((1e4 * sum) / (count.get(personId) ?? 1)) / 1e4),
        })),
      )
      .sort((a, b) => b.probability - a.probability || order(a.personId ?? '', b.personId ?? '') || order(a.sku, b.sku))
      .slice(0, mostSightings)
  }

  /** What is taken is seen in a hand afterwards, what is put back before. */
  #belongs({ atMs }: Look, event: WeightEvent): boolean {
    const { settledAtMs, deltaG } = event
    const { sightingsBeforeMs, sightingsAfterMs } = this.#policy
    const startedAtMs = windowStartMs(event)
    if (deltaG > 0) return atMs >= startedAtMs - sightingsBeforeMs && atMs <= settledAtMs
    return atMs >= startedAtMs && atMs <= settledAtMs + sightingsAfterMs
  }

  #holderOf(look: Look): string | null {
    const { positionM, atMs } = look
    if (positionM === null) return null
    const holder = look.holder === undefined ? this.#holder(positionM, atMs) : look.holder
    if (atMs <= (this.#frames.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY)) look.holder = holder
    return holder
  }

  /** Whose hand is where the product was seen; null when nobody's is. */
  #holder(positionM: Point3DM, atMs: number): string | null {
    let nearest: PersonFrame | undefined
    for (const frame of this.#frames) {
      if (!nearest || Math.abs(frame.atMs - atMs) < Math.abs(nearest.atMs - atMs)) nearest = frame
    }
    let holder: { personId: string; distanceM: number } | undefined
    for (const person of nearest?.persons ?? []) {
      const distanceM = this.#toHandM(person, positionM)
      if (distanceM <= inHandM && (!holder || distanceM < holder.distanceM)) {
        holder = { personId: person.personId, distanceM }
      }
    }
    return holder?.personId ?? null
  }

  #toHandM({ handsM }: SeenPerson, [x, y, z]: Point3DM): number {
    const distancesM = handsM.map((handM) =>
      handM ? Math.hypot(handM[0] - x, handM[1] - y, handM[2] - z) : inHandM * 2,
    )
    return Math.min(Number.POSITIVE_INFINITY, ...distancesM)
  }
}

/** A weight that drifts before it steps begins long before anybody comes: only the last part of a long event counts. */
const longestWindowMs = 6000

const windowStartMs = ({ startedAtMs, settledAtMs }: WeightEvent) =>
  Math.max(startedAtMs, settledAtMs - longestWindowMs)

/** Nobody takes anything in less than this; a hand that only passes by is as near for a shorter time. */
const graspMs = 200

interface HandAway {
  awayM: number
  /** Standard deviation of the hand's place, where the vision states one. */
  sigmaM: number | undefined
}

function handOf(hands: HandAway[], periodMs: number): Pick<Near, 'handM' | 'handSigmaM'> {
  if (hands.length === 0) return { handM: null }
  const { awayM, sigmaM } = graspOf(hands, periodMs, ({ awayM }) => awayM)
  return { handM: toMillimetre(awayM), ...(sigmaM === undefined ? {} : { handSigmaM: toMillimetre(sigmaM) }) }
}

/** Within this distance somebody was for long enough to take something, at so much time between frames. */
function graspOf<T>(frames: readonly T[], periodMs: number, awayM: (frame: T) => number): T {
  const sorted = frames.toSorted((a, b) => awayM(a) - awayM(b))
  return sorted[Math.min(sorted.length - 1, Math.floor(graspMs / Math.max(1, periodMs)))] as T
}

const toMillimetre = (metres: number) => Math.round(metres * 1000) / 1000
const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
