/**
 * Follows everybody in the store over all of its cameras: one track for each person on the floor, to which every
 * camera's boxes are matched where that person would be in its picture. So a person hidden from one camera is held
 * by the others, and two who cross in one picture stay apart in another.
 */
import type { PointM, StoreLayout } from '../../profile/layout.ts'
import type { CameraPose } from '../camera-model/camera-model.ts'
import type { DetectedFrame, Detection } from '../detection.ts'
import type { Edges } from './body-outline.ts'
import { CameraView } from './camera-view.ts'
import { HandTracker, type SeenHand } from './hand-tracker.ts'
import { isAtGate, isForgotten, type LostPerson, rejoin } from './lost-people.ts'
import { edgesOf, type Look, match } from './matching.ts'
import { PersonTrack } from './person-track.ts'
import { TwinTracks } from './twin-tracks.ts'

export interface FollowedPerson {
  /** Counts from 1; kept for good. */
  name: string
  track: PersonTrack
  hands: (SeenHand | null)[]
}

export interface FloorTrackerOptions {
  layout: Pick<StoreLayout, 'fixtures' | 'gates' | 'floorM'>
  cameras: readonly (CameraPose & { id: string })[]
  /** What each new person is called. */
  newName: () => string
}

/** ByteTrack's thresholds: strong detections may begin a track, weak ones only continue it. */
const strongScore = 0.5
const weakScore = 0.1
/** How much a detection says for, and a miss where all of somebody should be seen against, there being somebody. */
const hitOdds = 0.5
const hitOddsOfScore = 2
const missOdds = 1.2
/** But by a gate nobody who is known vanishes: a camera that misses them is more likely wrong than they gone. */
const missOddsOfKnown = 0.4
const confirmOdds = 4
const surestOdds = 16
const refuteOdds = -2
const confirmHits = 3
const confirmSigmaM = 0.3
/** A box of somebody unknown must be this far from everybody known: bodies do not get nearer. */
const apartM = 0.4
const uncertainM = 0.7
const liveMs = 1500
const tentativeMs = 500
/** Nobody stands farther off the floor than this; a camera may see beyond a door. */
const beyondFloorM = 0.3

export class FloorTracker {
  readonly #layout: FloorTrackerOptions['layout']
  readonly #views: Map<string, CameraView>
  readonly #newName: () => string
  #tracks: PersonTrack[] = []
  readonly #names = new Map<PersonTrack, string>()
  #lost: LostPerson[] = []
  readonly #hands = new HandTracker()
  readonly #twins = new TwinTracks()
  #nextId = 1
  #nowMs = Number.NEGATIVE_INFINITY

  constructor({ layout, cameras, newName }: FloorTrackerOptions) {
    this.#layout = layout
    this.#newName = newName
    const floorM: PointM = layout.floorM ?? extentOf(layout, cameras)
    this.#views = new Map(cameras.map((camera) => [camera.id, new CameraView(camera, layout.fixtures, floorM)]))
  }

  /** Whom the tracker is sure of, at the time of the last frame. */
  get people(): FollowedPerson[] {
    return this.#tracks.flatMap((track) => {
      const name = this.#names.get(track)
      return name === undefined ? [] : [{ name, track, hands: this.#hands.handsOf(track, this.#nowMs) }]
    })
  }

  /** The camera as it showed its last frame; undefined when the profile has none of this name. */
  view(camera: string): CameraView | undefined {
    return this.#views.get(camera)
  }

  /** Frames are to come in the order of their time. A camera that the profile does not place is left out. */
  take(frame: DetectedFrame): void {
    const view = this.#views.get(frame.camera)
    if (!view) return
    view.showing(frame.widthPx, frame.heightPx)
    this.#nowMs = Math.max(this.#nowMs, frame.takenAtMs)
    for (const track of this.#tracks) track.advanceTo(this.#nowMs)
    const looks = this.#tracks.flatMap((track): Look[] => {
      const expected = track.expectIn(view)
      return expected ? [{ track, expected }] : []
    })
    const persons = frame.detections.filter(({ kind, score }) => kind === 'person' && score >= weakScore)
    const { pairs, strangers, unseen } = match(view, looks, persons, strongScore)
    for (const { look, detection } of pairs) this.#hit(look, detection, view)
    for (const look of unseen) {
      const { confirmed, positionM } = look.track
      const stays = confirmed && !isAtGate(positionM, this.#layout.gates)
      look.track.existence -= (stays ? missOddsOfKnown : missOdds) * this.#shouldShow(look, looks)
    }
    for (const stranger of strangers) this.#begin(stranger, view)
    this.#endSome()
    const found = new Set(pairs.map(({ look }) => look.track))
    const inPicture = looks.map(({ track }) => track)
    const twin = this.#twins.find(view.id, inPicture, found)
    if (twin) this.#forget(twin)
    this.#confirmSome()
    const known = inPicture.filter((track) => this.#names.has(track))
    this.#hands.take(view.model, known, frame.detections, this.#nowMs)
    this.#hands.keep(new Set(this.#tracks))
  }

  #hit({ track, expected }: Look, detection: Detection, view: CameraView): void {
    track.see(expected, edgesOf(detection, view), this.#nowMs)
    track.look(detection.appearance)
    track.existence = Math.min(surestOdds, track.existence + hitOdds + hitOddsOfScore * detection.score)
  }

  /** How much of somebody ought to be seen past who stands before them. */
  #shouldShow({ expected, track }: Look, looks: readonly Look[]): number {
    let open = 1
    for (const other of looks) {
      if (other.track === track || other.expected.outline.depthM >= expected.outline.depthM) continue
      open *= 1 - covered(expected.outline.edges, other.expected.outline.edges)
    }
    return expected.visible * open
  }

  #begin(detection: Detection, view: CameraView): void {
    const track = PersonTrack.fromBox(this.#nextId, view, edgesOf(detection, view), this.#nowMs)
    if (!track || track.sigmaM > uncertainM || !this.#isOnFloor(track.positionM)) return
    if (this.#tracks.some((other) => distanceM(other, track) < apartM)) return
    track.look(detection.appearance)
    track.hits = 1
    this.#nextId++
    this.#tracks.push(track)
  }

  #isOnFloor([x, y]: PointM): boolean {
    const floorM = this.#layout.floorM
    if (!floorM) return true
    const isWithin = (value: number, most: number) => value > -beyondFloorM && value < most + beyondFloorM
    return isWithin(x, floorM[0]) && isWithin(y, floorM[1])
  }

  #endSome(): void {
    const ended = this.#tracks.filter((track) => {
      const unseenMs = this.#nowMs - track.lastSeenMs
      return track.existence < refuteOdds || unseenMs > (track.confirmed ? liveMs : tentativeMs)
    })
    for (const track of ended) this.#end(track)
    this.#lost = this.#lost.filter((one) => !isForgotten(one, this.#layout.gates, this.#nowMs))
  }

  #end(track: PersonTrack): void {
    const name = this.#names.get(track)
    this.#forget(track)
    if (name !== undefined) this.#lost.push({ name, track })
  }

  #forget(track: PersonTrack): void {
    this.#tracks = this.#tracks.filter((one) => one !== track)
    this.#names.delete(track)
    this.#twins.forget(track)
  }

  #confirmSome(): void {
    const sure = this.#tracks.filter(
      (track) =>
        !track.confirmed &&
        track.hits >= confirmHits &&
        track.existence >= confirmOdds &&
        track.sigmaM <= confirmSigmaM,
    )
    if (sure.length === 0) return
    for (const [i, found] of rejoin(sure, this.#lost, this.#layout.gates).entries()) {
      const track = sure[i] as PersonTrack
      track.confirmed = true
      this.#names.set(track, found?.name ?? this.#newName())
      if (found) this.#lost.splice(this.#lost.indexOf(found), 1)
    }
  }
}

const distanceM = (a: PersonTrack, b: PersonTrack) =>
  Math.hypot(a.positionM[0] - b.positionM[0], a.positionM[1] - b.positionM[1])

/** Share of `edges` that lies within `front`. */
function covered(edges: Edges, front: Edges): number {
  const width = Math.min(edges[2], front[2]) - Math.max(edges[0], front[0])
  const height = Math.min(edges[3], front[3]) - Math.max(edges[1], front[1])
  if (width <= 0 || height <= 0) return 0
  return Math.min(1, (width * height) / Math.max(1, (edges[2] - edges[0]) * (edges[3] - edges[1])))
}

/** A floor without a stated size reaches as far as what stands on it. */
function extentOf({ fixtures }: FloorTrackerOptions['layout'], cameras: readonly CameraPose[]): PointM {
  const points = [...fixtures, ...cameras].map(({ positionM }) => positionM)
  return [Math.max(1, ...points.map(([x]) => x)) + 2, Math.max(1, ...points.map(([, y]) => y)) + 2]
}
