/** Out of all cameras' detections the `people` messages that a vision appliance would publish, at the cameras' time. */
import type { Clock } from '../../contract/clock.ts'
import type { Person } from '../../contract/messages.ts'
import type { SeenPeople } from '../../devices/vision/appliance-messages.ts'
import { TimeOrder } from '../../devices/vision/time-order.ts'
import type { Point3DM } from '../../profile/layout.ts'
import type { DetectedFrame } from '../detection.ts'
import { FloorTracker, type FloorTrackerOptions, type FollowedPerson, isOutOfSight } from './floor-tracker.ts'

export interface CameraPeopleOptions extends Pick<FloorTrackerOptions, 'layout' | 'cameras'> {
  /** The camera group, as flows know it. */
  source: string
  /** The store's time, in which frames are stamped. */
  clock: Clock
  /** Begins every track id of this run, so that no id ever means two persons. */
  idPrefix: string
  onPeople(seen: SeenPeople & { source: string; receivedAtMs: number }): void
}

/** Detection takes longer for some cameras than for others: frames wait so long for earlier ones. */
const holdMs = 150
/** Ten times a second: as often as most cameras of a store are looked at. */
const intervalMs = 100
/** A frame from further off has a wrong clock, or waited too long to tell where anybody is. */
const mostAheadMs = 500
const mostBehindMs = 3000
/** Nobody is told of for longer than this without having been seen, but where no camera sees. */
const coastMs = 500
/** Worse than this it is the body's place that is known, not the hand's. */
const mostHandSigmaM = 0.4
/** The scale on which existence becomes a score. */
const oddsScale = 4

export class CameraPeople {
  readonly #options: CameraPeopleOptions
  readonly #tracker: FloorTracker
  readonly #frames: TimeOrder<DetectedFrame>
  #named = 0
  #toldAtMs = Number.NEGATIVE_INFINITY

  constructor(options: CameraPeopleOptions) {
    const { clock, idPrefix, layout, cameras } = options
    this.#options = options
    this.#tracker = new FloorTracker({ layout, cameras, newName: () => `${idPrefix}-${++this.#named}` })
    this.#frames = new TimeOrder(clock, holdMs, (frame) => this.#follow(frame))
  }

  /** @returns false when the frame's time cannot be right, so that it was left out */
  take(frame: DetectedFrame): boolean {
    const aheadMs = frame.takenAtMs - this.#options.clock.nowMs()
    if (!(aheadMs <= mostAheadMs && aheadMs >= -mostBehindMs)) return false
    this.#frames.push(frame.takenAtMs, `${frame.camera} ${frame.frameId}`, frame)
    return true
  }

  stop(): void {
    this.#frames.stop()
  }

  #follow(frame: DetectedFrame): void {
    const atMs = frame.takenAtMs
    this.#tracker.take(frame)
    if (atMs - this.#toldAtMs < intervalMs) return
    this.#toldAtMs = atMs
    const { source, clock, onPeople } = this.#options
    const people = this.#tracker.people.filter(({ track }) => atMs - track.lastSeenMs <= coastMs || isOutOfSight(track))
    onPeople({
      type: 'people',
      source,
      seenAtMs: atMs,
      receivedAtMs: clock.nowMs(),
      people: people.map((person) => personOf(person, atMs)),
    })
  }
}

function personOf({ name, track, hands }: FollowedPerson, atMs: number): Person {
  const told = hands.map((hand) => (hand && hand.sigmaM <= mostHandSigmaM ? hand : null))
  const freshness = 1 - Math.min(1, (atMs - track.lastSeenMs) / coastMs) / 2
  return {
    trackId: name,
    headM: toMillimetres(track.headM),
    handsM: told.map((hand) => hand && toMillimetres(hand.positionM)),
    handSigmasM: told.map((hand) => hand && toThousandth(hand.sigmaM)),
    score: toThousandth(freshness / (1 + Math.exp(-track.exists.odds / oddsScale))),
  }
}

const toThousandth = (value: number) => Math.round(value * 1000) / 1000
const toMillimetres = ([x, y, z]: Point3DM): Point3DM => [toThousandth(x), toThousandth(y), toThousandth(z)]
