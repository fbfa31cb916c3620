/**
 * Follows everybody in the store over all of its cameras: one track for each person on the floor, to which every
 * camera's boxes are matched where that person would be in its picture. So a person hidden from one camera is held
 * by the others, and two who cross in one picture stay apart in another.
 */
import { distanceM } from '../../people/geometry.ts'
import type { PointM, StoreLayout } from '../../profile/layout.ts'
import type { CameraPose } from '../camera-model/camera-model.ts'
import type { DetectedFrame, Detection } from '../detection.ts'
import { marksOf, middleOf } from './body-marks.ts'
import { CameraView } from './camera-view.ts'
import { credible } from './credible.ts'
import { HandTracker, type SeenHand } from './hand-tracker.ts'
import { isAtGate, isForgotten, type LostPerson, rejoin } from './lost-people.ts'
import { type Look, type Matches, match } from './matching.ts'
import { PersonTrack } from './person-track.ts'
import { openShare } from './sight.ts'
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

/** As in ByteTrack: strong detections may begin a track, weak ones only continue it. */
const strongScore = 0.4
const weakScore = 0.1
const confirmOdds = 4
const refuteOdds = -2
/** Who was believed in is given up when as much speaks against as for there being somebody. */
const giveUpOdds = 0
const settlingMs = 10_000
const confirmHits = 3
const confirmSigmaM = 0.3
/** Of somebody of whom less is to be seen a camera says nothing by not finding them. */
const leastVisible = 0.15
/** A box of somebody unknown must be this far from everybody known: bodies do not get nearer. */
const apartM = 0.4
const uncertainM = 0.7
const liveMs = 1500
/** Between cameras somebody is for longer, often standing at a shelf. */
const blindMs = 4000
const tentativeMs = 500
const missedMs = 200
const handOverM = 1.2
/** What is shorter is a post or a pram, what is taller a shelf. */
const [leastHeightM, mostHeightM] = [0.95, 2.15]
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
  #startedMs: number | undefined

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
    view.showing(frame.widthPx, frame.heightPx, frame.detections)
    this.#nowMs = Math.max(this.#nowMs, frame.takenAtMs)
    this.#startedMs ??= this.#nowMs
    for (const track of this.#tracks) track.advanceTo(this.#nowMs)
    const looks = this.#tracks.flatMap((track): Look[] => {
      const expected = track.expectIn(view)
      if (!expected) track.exists.rest(view.id, this.#nowMs)
      return expected ? [{ track, expected }] : []
    })
    const persons = credible(
      frame.detections.filter(({ kind }) => kind === 'person'),
      view,
    ).filter(({ score }) => score >= weakScore)
    const matches = match(view, looks, persons, strongScore)
    const { pairs, strangers } = matches
    this.#weigh(matches, looks, view)
    for (const stranger of strangers) this.#begin(stranger, view)
    this.#learnBackground(matches, view)
    this.#endSome()
    const found = new Set(pairs.map(({ look }) => look.track))
    const inPicture = looks.map(({ track }) => track)
    const twin = this.#twins.find(view.id, looks, found)
    if (twin) this.#forget(twin)
    this.#confirmSome()
    const known = inPicture.filter((track) => this.#names.has(track))
    this.#hands.take(view, known, frame.detections, this.#nowMs)
    this.#hands.keep(new Set(this.#tracks))
  }

  /** What the frame says for and against each track's being somebody, and where they are. */
  #weigh({ pairs, unseen }: Matches, looks: readonly Look[], view: CameraView): void {
    const sights = looks.map(({ expected }) => expected)
    for (const { look, detection } of pairs) {
      const { track, expected } = look
      const marks = marksOf(detection, view)
      if (!marks) continue
      track.see(expected, marks, this.#nowMs)
      track.look(detection.appearance)
      const background = view.background.shareAt(middleOf(detection), view.model.widthPx)
      track.exists.hit(view.id, detection.score, background, this.#nowMs)
    }
    for (const { track, expected } of unseen) {
      const visible = expected.visible * openShare(expected, sights)
      if (visible < leastVisible) track.exists.rest(view.id, this.#nowMs)
      else {
        track.exists.miss(view.id, visible, isAtGate(track.positionM, this.#layout.gates), this.#nowMs)
        track.missedAtMs = this.#nowMs
      }
    }
  }

  #learnBackground({ pairs, strangers }: Matches, view: CameraView): void {
    const nobody = pairs.filter(({ look: { track } }) => track.isStill && track.exists.believers < 2)
    const found = [...strangers, ...nobody.map(({ detection }) => detection)]
    view.background.learn(found.map(middleOf), view.model.widthPx, this.#nowMs)
  }

  #begin(detection: Detection, view: CameraView): void {
    const marks = marksOf(detection, view)
    const track = marks && PersonTrack.from(this.#nextId, view, marks, this.#nowMs)
    if (!track || track.sigmaM > uncertainM || !this.#isOnFloor(track.positionM)) return
    if (this.#tracks.some((other) => distanceM(other.positionM, track.positionM) < apartM)) return
    track.look(detection.appearance)
    track.hits = 1
    track.exists.hit(view.id, 0, view.background.shareAt(middleOf(detection), view.model.widthPx), this.#nowMs)
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
      if (!track.confirmed) return track.exists.odds < refuteOdds || unseenMs > tentativeMs
      const isBlind = isOutOfSight(track) && !isAtGate(track.positionM, this.#layout.gates)
      return track.exists.odds < giveUpOdds || unseenMs > (isBlind ? blindMs : liveMs)
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

  /**
   * When cameras begin to look, people may stand anywhere; later nobody appears in the midst of a store, where one
   * camera alone believes in somebody.
   */
  #mayAppear({ exists, positionM }: PersonTrack): boolean {
    const isSettling = this.#nowMs - (this.#startedMs ?? 0) < settlingMs
    return isSettling || exists.believers > 1 || isAtGate(positionM, this.#layout.gates)
  }

  /** At the edge of a picture somebody is still found while the next camera finds them already: one of the two waits. */
  #mayBeAnother(track: PersonTrack): boolean {
    if (this.#mayAppear(track)) return false
    return this.#tracks.some((other) => this.#isSeen(other) && distanceM(other.positionM, track.positionM) < handOverM)
  }

  #isSeen(track: PersonTrack): boolean {
    return this.#names.has(track) && this.#nowMs - track.lastSeenMs <= missedMs
  }

  #confirmSome(): void {
    const sure = this.#tracks.filter(
      (track) =>
        !track.confirmed &&
        track.hits >= confirmHits &&
        track.exists.odds >= confirmOdds &&
        !this.#mayBeAnother(track) &&
        track.sigmaM <= confirmSigmaM &&
        track.heightM >= leastHeightM &&
        track.heightM <= mostHeightM,
    )
    if (sure.length === 0) return
    // Whom no camera sees at the moment may be seen by the next one, as somebody new.
    const missed = this.#tracks.flatMap((track): LostPerson[] => {
      const name = this.#names.get(track)
      return name !== undefined && !this.#isSeen(track) ? [{ name, track }] : []
    })
    for (const [i, found] of rejoin(sure, [...this.#lost, ...missed], this.#layout.gates).entries()) {
      const track = sure[i] as PersonTrack
      // Who is nobody that was lost has to walk, as no post does.
      if (!found && track.isStill && !this.#mayAppear(track)) continue
      track.confirmed = true
      if (found) this.#forget(found.track)
      this.#names.set(track, found?.name ?? this.#newName())
      this.#lost = this.#lost.filter((one) => one !== found)
    }
  }
}

/** Whether it went where no camera would see it. */
export const isOutOfSight = ({ lastSeenMs, missedAtMs }: PersonTrack): boolean => missedAtMs <= lastSeenMs

/** A floor without a stated size reaches as far as what stands on it. */
function extentOf({ fixtures }: FloorTrackerOptions['layout'], cameras: readonly CameraPose[]): PointM {
  const points = [...fixtures, ...cameras].map(({ positionM }) => positionM)
  return [Math.max(1, ...points.map(([x]) => x)) + 2, Math.max(1, ...points.map(([, y]) => y)) + 2]
}
