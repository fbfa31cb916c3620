/** Who enters, leaves, dwells in, approaches or touches a zone or a shelf of the store. */
import { envelope, type People, type ZoneEvent } from '../contract/messages.ts'
import type { StoreLayout } from '../profile/layout.ts'
import { PersonTracker, type SeenPerson } from './person-tracker.ts'
import { fixturePlace, type Reach, type WatchedPlace, zonePlace } from './watched-places.ts'

export interface ZoneWatchOptions extends Reach {
  /** Ids of the zones to watch; empty: all. */
  zones: readonly string[] | 'none'
  /** Ids of the fixtures before and in which to watch; empty: all. None where nothing is said. */
  fixtures?: readonly string[] | 'none'
  /** Somebody who stays this long dwells. */
  dwellMs: number
}

interface Presence {
  enteredAtMs: number | null
  dwelt: boolean
  near: boolean
  /** Parts of the place that a hand is at. */
  touched: ReadonlySet<number>
  lastSeenMs: number
  positionM: [number, number]
}

type Emit = (event: ZoneEvent['event'], shelf?: number) => void

/** A track that blinks for less than this has not left its zone. */
const leaveAfterMs = 2000

export class ZoneWatch {
  readonly #places: readonly WatchedPlace[]
  readonly #options: ZoneWatchOptions
  readonly #tracker: PersonTracker
  readonly #presences = new Map<WatchedPlace, Map<string, Presence>>()
  #sequence = 0

  constructor(layout: StoreLayout, options: ZoneWatchOptions) {
    this.#options = options
    this.#places = [
      ...chosen(layout.zones, options.zones).map((zone) => zonePlace(zone, options)),
      ...chosen(layout.fixtures, options.fixtures ?? 'none').map((fixture) =>
        fixturePlace(fixture, layout.plates, options),
      ),
    ]
    this.#tracker = new PersonTracker(layout)
  }

  observe(people: People): ZoneEvent[] {
    const events: ZoneEvent[] = []
    const frame = this.#tracker.observe(people)
    for (const place of this.#places) {
      const presences = this.#presencesIn(place)
      const emitOf =
        (personId: string, presence: Presence): Emit =>
        (event, shelf) =>
          events.push({
            type: 'zone-event',
            ...envelope(people.storeId, this.#sequence++, people.receivedAtMs, frame.atMs),
            ...place.names,
            ...(shelf === undefined ? {} : { shelf }),
            ...{ personId, event, positionM: presence.positionM },
            ...(presence.enteredAtMs === null ? {} : { durationMs: frame.atMs - presence.enteredAtMs }),
          })
      for (const person of frame.persons) this.#follow(place, person, frame.atMs, presences, emitOf)
      for (const [personId, presence] of presences) {
        if (frame.atMs - presence.lastSeenMs < leaveAfterMs) continue
        if (presence.enteredAtMs !== null) emitOf(personId, presence)('leave')
        presences.delete(personId)
      }
    }
    return events
  }

  #follow(
    place: WatchedPlace,
    person: SeenPerson,
    atMs: number,
    presences: Map<string, Presence>,
    emitOf: (personId: string, presence: Presence) => Emit,
  ): void {
    const { personId, headM } = person
    const presence = presences.get(personId) ?? newPresence(person, atMs)
    const emit = emitOf(personId, presence)
    presence.lastSeenMs = atMs
    presence.positionM = [headM[0], headM[1]]
    const isInside = place.holds(headM)
    if (isInside && presence.enteredAtMs === null) {
      presence.enteredAtMs = atMs
      presence.dwelt = false
      emit(place.arrival)
    } else if (!isInside && presence.enteredAtMs !== null) {
      emit('leave')
      presence.enteredAtMs = null
    }
    if (presence.enteredAtMs !== null && !presence.dwelt && atMs - presence.enteredAtMs >= this.#options.dwellMs) {
      presence.dwelt = true
      emit('dwell')
    }
    const isNear = isInside || place.awayM(headM) <= this.#options.approachM
    if (isNear && !presence.near && !isInside) emit('approach')
    presence.near = isNear
    const touched = touchedBy(person, place)
    for (const part of touched) {
      if (!presence.touched.has(part)) emit('touch', place.names.fixture === undefined ? undefined : part)
    }
    presence.touched = touched
    if (presence.near || touched.size > 0) presences.set(personId, presence)
    else presences.delete(personId)
  }

  #presencesIn(place: WatchedPlace): Map<string, Presence> {
    const presences = this.#presences.get(place) ?? new Map<string, Presence>()
    this.#presences.set(place, presences)
    return presences
  }
}

const newPresence = ({ headM }: SeenPerson, atMs: number): Presence => ({
  ...{ enteredAtMs: null, dwelt: false, near: false, touched: new Set(), lastSeenMs: atMs },
  positionM: [headM[0], headM[1]],
})

function touchedBy({ handsM }: SeenPerson, place: WatchedPlace): ReadonlySet<number> {
  const parts = handsM.map((handM) => handM && place.touchedBy(handM))
  return new Set(parts.filter((part) => part !== null))
}

const chosen = <T extends { id: string }>(all: readonly T[], ids: readonly string[] | 'none'): readonly T[] =>
  ids === 'none' ? [] : all.filter(({ id }) => ids.length === 0 || ids.includes(id))
