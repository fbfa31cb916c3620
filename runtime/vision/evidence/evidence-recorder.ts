/**
 * Has, for a review, the pictures of what happened at the shelves: those that were looked at around each weight event.
 * They stay in memory, the oldest going first, and leave it blurred or not at all.
 */
import type { Clock } from '../../contract/clock.ts'
import { envelope, type WeightEvent } from '../../contract/messages.ts'
import type { SeenPeople } from '../../devices/vision/appliance-messages.ts'
import { type PersonFrame, PersonTracker } from '../../people/person-tracker.ts'
import type { Plate, StoreLayout } from '../../profile/layout.ts'
import { CameraModel, type CameraPose } from '../camera-model/camera-model.ts'
import type { DetectedFrame } from '../detection.ts'
import type { StoredFrame } from '../frame-store.ts'
import { blurredJpeg } from './blur.ts'
import type { EvidencePicture, EvidenceQuestion } from './evidence-client.ts'
import { shownRegions } from './shown-regions.ts'

export interface EvidenceRecorderOptions {
  layout: StoreLayout
  cameras: readonly (CameraPose & { id: string })[]
  clock: Clock
}

interface Moment {
  picture: StoredFrame
  seen: DetectedFrame
}

interface Kept extends Moment {
  eventId: string
  plates: readonly Plate[]
  persons: PersonFrame['persons'] | null
}

/** Of each camera; hands move farther between, but there is one picture near any moment. */
const everyMs = 400
/** Weight events are told seconds after they began, and a long handling takes some more. */
const rememberedMs = 30_000
/** All pictures of the last seconds together, and all that belong to events. */
const mostRecentBytes = 120e6
const mostKeptBytes = 120e6
/** A picture from further off shows something else. */
const mostOffMs = 1000
/** People are told of ten times a second. */
const mostTrackOffMs = 300
/** Those who see the shelf nearest. */
const camerasOfEvent = 2
/** Longer than a visit and the decision about it. */
const keptMs = 3 * 3_600_000

export class EvidenceRecorder {
  readonly #options: EvidenceRecorderOptions
  readonly #plates: ReadonlyMap<string, Plate>
  readonly #tracker: PersonTracker
  #frames: PersonFrame[] = []
  #recent: Moment[] = []
  #kept: Kept[] = []

  constructor(options: EvidenceRecorderOptions) {
    this.#options = options
    this.#plates = new Map(options.layout.plates.map((plate) => [plate.id, plate]))
    this.#tracker = new PersonTracker(options.layout)
  }

  /** A picture that was looked at. */
  looked(picture: StoredFrame | undefined, seen: DetectedFrame): void {
    const last = this.#recent.findLast(({ seen: { camera } }) => camera === seen.camera)
    if (!picture || (last && seen.takenAtMs - last.seen.takenAtMs < everyMs)) return
    const oldestMs = this.#options.clock.nowMs() - rememberedMs
    const fresh = this.#recent.filter(({ seen: { takenAtMs } }) => takenAtMs >= oldestMs)
    this.#recent = newestWithin(mostRecentBytes, [...fresh, { picture, seen }])
  }

  people(people: SeenPeople & { source: string; receivedAtMs: number }): void {
    const { storeId } = this.#options.layout
    const message = { ...people, ...envelope(storeId, 0, people.receivedAtMs, people.seenAtMs) }
    // As the flows name them: a basket is a person's, whatever the tracker calls them by now.
    this.#frames.push(this.#tracker.observe(message))
    const oldestMs = people.seenAtMs - rememberedMs
    while ((this.#frames[0]?.atMs ?? oldestMs) < oldestMs) this.#frames.shift()
  }

  weightEvent({ eventId, kind, plates, startedAtMs, settledAtMs }: WeightEvent): void {
    if (kind === 'withdrawn') this.#kept = this.#kept.filter((kept) => kept.eventId !== eventId)
    // Nobody saw a gap; and what was revised happened when it was told of first.
    if (kind === 'withdrawn' || kind === 'gap' || this.#kept.some((kept) => kept.eventId === eventId)) return
    const places = plates.flatMap(({ plate }) => this.#plates.get(plate) ?? [])
    const atMs = (startedAtMs + settledAtMs) / 2
    const found = this.#momentsAt(atMs, places).map((moment) => {
      return { ...moment, eventId, plates: places, persons: this.#personsAt(moment.seen.takenAtMs) }
    })
    const oldestMs = this.#options.clock.nowMs() - keptMs
    const fresh = this.#kept.filter(({ seen }) => seen.takenAtMs >= oldestMs)
    this.#kept = newestWithin(mostKeptBytes, [...fresh, ...found])
  }

  /** What may be shown of these events; nothing of those where the shopper was not followed or is not in the picture. */
  async pictures({ eventIds, personIds }: EvidenceQuestion): Promise<EvidencePicture[]> {
    const shopper = new Set(personIds)
    const pictures: EvidencePicture[] = []
    for (const kept of this.#kept) {
      if (!eventIds.includes(kept.eventId)) continue
      const regions = shownRegions(
        this.#model(kept.seen),
        { ...kept.seen, persons: kept.persons },
        shopper,
        kept.plates,
      )
      if (!regions) continue
      const jpeg = await blurredJpeg(kept.picture, regions)
      const { camera, takenAtMs } = kept.seen
      pictures.push({ eventId: kept.eventId, camera, takenAtMs, jpeg: jpeg.toString('base64') })
    }
    return pictures
  }

  /** Of each camera that sees all these plates the picture nearest in time, best view first. */
  #momentsAt(atMs: number, plates: readonly Plate[]): Moment[] {
    const offMs = ({ seen }: Moment) => Math.abs(seen.takenAtMs - atMs)
    const byCamera = Map.groupBy(
      this.#recent.filter((moment) => offMs(moment) <= mostOffMs),
      ({ seen }) => seen.camera,
    )
    return [...byCamera.values()]
      .map((moments) => moments.reduce((best, moment) => (offMs(moment) < offMs(best) ? moment : best)))
      .map((moment) => ({ moment, scale: scaleOf(this.#model(moment.seen), plates) }))
      .filter(({ scale }) => scale > 0)
      .sort((a, b) => b.scale - a.scale)
      .slice(0, camerasOfEvent)
      .map(({ moment }) => moment)
  }

  #personsAt(atMs: number): PersonFrame['persons'] | null {
    const offMs = (frame: PersonFrame) => Math.abs(frame.atMs - atMs)
    const nearest = this.#frames.reduce<PersonFrame | null>(
      (best, frame) => (best && offMs(best) <= offMs(frame) ? best : frame),
      null,
    )
    return nearest && offMs(nearest) <= mostTrackOffMs ? nearest.persons : null
  }

  #model({ camera, widthPx, heightPx }: DetectedFrame): CameraModel {
    const pose = this.#options.cameras.find(({ id }) => id === camera)
    if (!pose) throw new RangeError(`the profile has no camera ${camera}`)
    return new CameraModel(pose, [widthPx, heightPx])
  }
}

/** Pixels that a metre there has, of the worst plate; 0 where one is not in the picture. */
function scaleOf(model: CameraModel, plates: readonly Plate[]): number {
  const scales = plates.map(({ positionM }) => {
    const px = model.project(positionM)
    return px && model.isInPicture(px) ? model.pxPerM(positionM) : 0
  })
  return scales.length === 0 ? 0 : Math.min(...scales)
}

function newestWithin<T extends Moment>(bytes: number, moments: readonly T[]): T[] {
  let left = bytes
  const from = moments.findLastIndex(({ picture }) => {
    left -= picture.bytes.length
    return left < 0
  })
  return moments.slice(from + 1)
}
