/** Who enters, leaves, dwells in, approaches or touches a zone of the store. */
import { envelope, type People, type ZoneEvent } from '../contract/messages.ts'
import type { Point3DM, StoreLayout, Zone } from '../profile/layout.ts'
import { contains, distanceToPolygonM } from './geometry.ts'
import { PersonTracker, type SeenPerson } from './person-tracker.ts'

export interface ZoneWatchOptions {
  /** Ids of the zones to watch; empty: all. */
  zones: string[]
  /** Somebody who stays this long dwells. */
  dwellMs: number
  /** Nearer than this to its edge, from outside, is an approach. */
  approachM: number
  /** A wrist nearer than this touches the zone. */
  touchM: number
}

interface Presence {
  enteredAtMs: number | null
  dwelt: boolean
  near: boolean
  touching: boolean
  lastSeenMs: number
  positionM: [number, number]
}

/** A track that blinks for less than this has not left its zone. */
const leaveAfterMs = 2000

export class ZoneWatch {
  readonly #zones: Zone[]
  readonly #options: ZoneWatchOptions
  readonly #tracker: PersonTracker
  readonly #presences = new Map<string, Map<string, Presence>>()
  #sequence = 0

  constructor(layout: StoreLayout, options: ZoneWatchOptions) {
    this.#options = options
    this.#zones = layout.zones.filter(({ id }) => options.zones.length === 0 || options.zones.includes(id))
    this.#tracker = new PersonTracker(layout)
  }

  observe(people: People): ZoneEvent[] {
    const events: ZoneEvent[] = []
    const frame = this.#tracker.observe(people)
    for (const zone of this.#zones) {
      const presences = this.#presencesIn(zone)
      const emit = (personId: string, event: ZoneEvent['event'], presence: Presence) =>
        events.push({
          type: 'zone-event',
          ...envelope(people.storeId, this.#sequence++, people.receivedAtMs, frame.atMs),
          zone: zone.id,
          personId,
          event,
          positionM: presence.positionM,
          ...(presence.enteredAtMs === null ? {} : { durationMs: frame.atMs - presence.enteredAtMs }),
        })
      for (const person of frame.persons) this.#follow(zone, person, frame.atMs, presences, emit)
      for (const [personId, presence] of presences) {
        if (frame.atMs - presence.lastSeenMs < leaveAfterMs) continue
        if (presence.enteredAtMs !== null) emit(personId, 'leave', presence)
        presences.delete(personId)
      }
    }
    return events
  }

  #follow(
    zone: Zone,
    person: SeenPerson,
    atMs: number,
    presences: Map<string, Presence>,
    emit: (personId: string, event: ZoneEvent['event'], presence: Presence) => void,
  ): void {
    const { personId, headM, handsM } = person
    const presence = presences.get(personId) ?? {
      enteredAtMs: null,
      dwelt: false,
      near: false,
      touching: false,
      lastSeenMs: atMs,
      positionM: [headM[0], headM[1]],
    }
    presence.lastSeenMs = atMs
    presence.positionM = [headM[0], headM[1]]
    const isInside = contains(zone.polygonM, headM)
    if (isInside && presence.enteredAtMs === null) {
      presence.enteredAtMs = atMs
      presence.dwelt = false
      emit(personId, 'enter', presence)
    } else if (!isInside && presence.enteredAtMs !== null) {
      emit(personId, 'leave', presence)
      presence.enteredAtMs = null
    }
    if (presence.enteredAtMs !== null && !presence.dwelt && atMs - presence.enteredAtMs >= this.#options.dwellMs) {
      presence.dwelt = true
      emit(personId, 'dwell', presence)
    }
    const isNear = isInside || distanceToPolygonM(zone.polygonM, headM) <= this.#options.approachM
    if (isNear && !presence.near && !isInside) emit(personId, 'approach', presence)
    presence.near = isNear
    const isTouching = handsM.some((handM) => handM !== null && this.#touches(zone, handM))
    if (isTouching && !presence.touching) emit(personId, 'touch', presence)
    presence.touching = isTouching
    if (presence.near || presence.touching) presences.set(personId, presence)
    else presences.delete(personId)
  }

  #touches(zone: Zone, handM: Point3DM): boolean {
    return distanceToPolygonM(zone.polygonM, handM) <= this.#options.touchM
  }

  #presencesIn(zone: Zone): Map<string, Presence> {
    const presences = this.#presences.get(zone.id) ?? new Map<string, Presence>()
    this.#presences.set(zone.id, presences)
    return presences
  }
}
