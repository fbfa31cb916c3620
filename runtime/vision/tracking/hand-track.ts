/**
 * A hand in store coordinates, from where cameras see it. One camera gives a line; how hands hang and reach about a
 * body says where on the line, roughly. A second camera's line meets the first: the same filter does both, and its
 * covariance says which it was.
 */
import type { Point3DM } from '../../profile/layout.ts'
import type { CameraModel } from '../camera-model/camera-model.ts'
import type { PointPx } from '../detection.ts'
import { Kalman } from './kalman.ts'
import type { PersonTrack } from './person-track.ts'

/** Hands are about here most of the time (chosen): below the chest, an arm's length about the body at the most. */
const usualHeightShare = 0.58
const aroundSdM = 0.35
const heightSdM = 0.32
/** What is known of a hand is worth little after this, because it moves at about 1.5 m/s when it reaches. */
const memorySeconds = 0.6
/** A hand's box is that far from the wrist, and detectors draw it so roughly, as a share of the picture's width. */
const handSdM = 0.03
const boxSdShare = 0.004
const slopeStepM = 0.01
/** After this without being seen a hand is anywhere. */
const forgottenMs = 500
/** No arm is longer: what is farther off is somebody else's hand. */
const reachM = 0.85
/** Detectors take many things for a hand, but seldom twice in the same place. */
const believedSights = 3

export interface HandLook {
  expectedPx: PointPx
  /** Of both pixels: how they change with x, y and z. */
  slopes: readonly [number[], number[]]
  variances: readonly [number, number]
  correlation: number
  noise: number
}

export class HandTrack {
  #filter: Kalman
  #atMs: number
  #lastSeenMs = Number.NEGATIVE_INFINITY
  #sights = 0

  constructor(person: PersonTrack, atMs: number) {
    this.#filter = filterOf(person)
    this.#atMs = atMs
  }

  get positionM(): Point3DM {
    return [this.#filter.get(0), this.#filter.get(1), this.#filter.get(2)]
  }

  /** Standard deviation over all three axes together. */
  get sigmaM(): number {
    return Math.sqrt(
      this.#filter.covarianceOf(0, 0) + this.#filter.covarianceOf(1, 1) + this.#filter.covarianceOf(2, 2),
    )
  }

  /** Whether its place is known now. */
  isKnown(atMs: number): boolean {
    return this.#sights >= believedSights && atMs - this.#lastSeenMs < forgottenMs
  }

  advanceTo(atMs: number, person: PersonTrack): void {
    const seconds = (atMs - this.#atMs) / 1000
    if (seconds <= 0) return
    this.#atMs = atMs
    const share = Math.exp(-seconds / memorySeconds)
    const fresh = 1 - share * share
    const variances = [aroundSdM ** 2, aroundSdM ** 2, heightSdM ** 2]
    const velocity = [...person.velocityMPerS, 0]
    for (const [axis, to] of usualPlace(person).entries()) {
      this.#filter.state[axis] = this.#filter.get(axis) + (velocity[axis] as number) * seconds
      this.#filter.relax(axis, to, share, fresh * (variances[axis] as number))
    }
    if (this.awayM(person) > reachM) this.#letGo(person)
  }

  /** From the middle of the body, as seen from above. */
  awayM({ positionM: [x, y] }: PersonTrack): number {
    return Math.hypot(this.#filter.get(0) - x, this.#filter.get(1) - y)
  }

  #letGo(person: PersonTrack): void {
    this.#filter = filterOf(person)
    this.#sights = 0
    this.#lastSeenMs = Number.NEGATIVE_INFINITY
  }

  expectIn(camera: CameraModel): HandLook | null {
    const at = this.positionM
    const px = camera.project(at)
    if (!px) return null
    const moved = ([0, 1, 2] as const).map((axis) => {
      const beside: Point3DM = [...at]
      beside[axis] += slopeStepM
      return camera.project(beside)
    })
    const slopesOf = (i: 0 | 1) => moved.map((other) => (other ? (other[i] - px[i]) / slopeStepM : 0))
    const slopes = [slopesOf(0), slopesOf(1)] as const
    const noise = (camera.pxPerM(at) * handSdM) ** 2 + (boxSdShare * camera.widthPx) ** 2
    const [u, v] = [this.#filter.expectedVariance(slopes[0]), this.#filter.expectedVariance(slopes[1])]
    const both = this.#filter.expectedVariance(slopes[0].map((slope, i) => slope + (slopes[1][i] as number)))
    return { expectedPx: px, slopes, variances: [u + noise, v + noise], correlation: (both - u - v) / 2, noise }
  }

  see(look: HandLook, [uPx, vPx]: PointPx, score: number, atMs: number): void {
    // Weak finds are rougher.
    const noise = look.noise / Math.max(0.2, score)
    const before = this.positionM
    this.#filter.correct(look.slopes[0], uPx - look.expectedPx[0], noise)
    const moved = look.slopes[1].reduce(
      (sum, slope, axis) => sum + slope * (this.#filter.get(axis) - (before[axis] as number)),
      0,
    )
    this.#filter.correct(look.slopes[1], vPx - look.expectedPx[1] - moved, noise)
    this.#sights = atMs - this.#lastSeenMs < forgottenMs ? this.#sights + 1 : 1
    this.#lastSeenMs = atMs
  }
}

/** Squared distance of a pixel in standard deviations, and the logarithm of how wide those are. */
export function handCost(
  { expectedPx, variances: [uu, vv], correlation: uv }: HandLook,
  [uPx, vPx]: PointPx,
): {
  distance: number
  width: number
} {
  const [du, dv] = [uPx - expectedPx[0], vPx - expectedPx[1]]
  const determinant = Math.max(1e-6, uu * vv - uv * uv)
  return { distance: (vv * du * du - 2 * uv * du * dv + uu * dv * dv) / determinant, width: Math.log(determinant) }
}

const filterOf = (person: PersonTrack) =>
  new Kalman(usualPlace(person), [aroundSdM ** 2, aroundSdM ** 2, heightSdM ** 2])

const usualPlace = ({ positionM: [x, y], heightM }: PersonTrack): Point3DM => [x, y, heightM * usualHeightShare]
