/** One person on the floor: place, height and velocity, corrected by what any camera shows of them. */
import type { Point3DM, PointM } from '../../profile/layout.ts'
import { type ExpectedMarks, expectedEdges, expectedPoints, type Marks } from './body-marks.ts'
import { type Outline, outlineOf } from './body-outline.ts'
import type { CameraView } from './camera-view.ts'
import { Existence } from './existence.ts'
import { Kalman } from './kalman.ts'
import { type Sight, sightOf } from './sight.ts'

/** Order of the filter's state. */
const [px, py, ph, vx, vy] = [0, 1, 2, 3, 4]

/** People change their pace at random: within about a second, by about this much. */
const paceSeconds = 1
const paceMPerS = 0.8
/** Grown people, and how far most differ from it. */
const usualHeightM = 1.66
const heightSdM = 0.13
const firstGuessSteps = 4
/** The height above the floor of a box's middle, and of a head. */
const firstGuessHeightM = { edges: 0.9, points: 1.55 }
const headAndShouldersM = 0.35
/** An appearance changes slowly with light and view. */
const appearanceShare = 0.1

/** Nothing that is only taken for a person seems to go so far. */
const walkedM = 0.6

/** How a person would look in a camera's picture now. */
export interface Expectation extends Sight {
  marks: ExpectedMarks
  /** Of each mark, with the person's own uncertainty included. */
  variances: Marks
}

export class PersonTrack {
  readonly id: number
  readonly firstSeenMs: number
  readonly filter: Kalman
  lastSeenMs: number
  /** Where it was then, and how it walked: what follows is a guess. */
  lastSeen: { positionM: PointM; velocityMPerS: PointM }
  /** When a camera did not find it that should have. */
  missedAtMs = Number.NEGATIVE_INFINITY
  readonly exists = new Existence()
  hits = 0
  confirmed = false
  appearance: Float32Array | undefined
  #atMs: number
  #stoodM: PointM
  #hasWalked = false

  private constructor(id: number, filter: Kalman, atMs: number) {
    this.id = id
    this.filter = filter
    this.firstSeenMs = atMs
    this.lastSeenMs = atMs
    this.#atMs = atMs
    this.#stoodM = this.positionM
    this.lastSeen = { positionM: this.positionM, velocityMPerS: [0, 0] }
  }

  /** Whoever makes these marks, standing on the floor; null when it cannot be anybody. */
  static from(id: number, view: CameraView, marks: Marks, atMs: number): PersonTrack | null {
    const { kind } = view
    const about: [number, number] =
      kind === 'edges' ? [(marks[0] + marks[2]) / 2, (marks[1] + marks[3]) / 2] : [marks[0], marks[1]]
    const fix = view.model.onPlane(about, firstGuessHeightM[kind])
    if (!fix) return null
    let last: Kalman | null = null
    // What is expected bends with the place, so that the marks are taken again at each better place.
    for (let step = 0; step < firstGuessSteps; step++) {
      const at = last ? [last.get(px), last.get(py), last.get(ph)] : [...fix.pointM, usualHeightM]
      const [x = 0, y = 0, heightM = usualHeightM] = at
      const expected = expectedMarks(view, x, y, heightM, view.visibleFromM(x, y))
      if (!expected) return null
      const next = new Kalman(
        [...fix.pointM, usualHeightM, 0, 0],
        [4, 4, heightSdM ** 2, paceMPerS ** 2, paceMPerS ** 2],
      )
      correct(next, expected, marks, at, false)
      last = next
    }
    return last && new PersonTrack(id, last, atMs)
  }

  get positionM(): PointM {
    return [this.filter.get(px), this.filter.get(py)]
  }

  get velocityMPerS(): PointM {
    return [this.filter.get(vx), this.filter.get(vy)]
  }

  get headM(): Point3DM {
    return [this.filter.get(px), this.filter.get(py), this.heightM]
  }

  get heightM(): number {
    return this.filter.get(ph)
  }

  /** Standard deviation of its place, in the direction in which it is known worst. */
  get sigmaM(): number {
    const [a, b, c] = [this.filter.covarianceOf(0, 0), this.filter.covarianceOf(0, 1), this.filter.covarianceOf(1, 1)]
    return Math.sqrt((a + c) / 2 + Math.sqrt(((a - c) / 2) ** 2 + b * b))
  }

  advanceTo(atMs: number): void {
    const seconds = (atMs - this.#atMs) / 1000
    if (seconds <= 0) return
    this.#atMs = atMs
    const share = Math.exp(-seconds / paceSeconds)
    const variance = (1 - share * share) * paceMPerS ** 2
    for (const [position, rate] of [
      [px, vx],
      [py, vy],
    ] as const) {
      this.filter.drift(position, rate, seconds, 0)
      this.filter.relax(rate, 0, share, variance)
    }
  }

  expectIn(view: CameraView): Expectation | null {
    const [x, y] = this.positionM
    const { heightM } = this
    if (!view.mayShow(x, y)) return null
    const hiddenBelowM = view.visibleFromM(x, y)
    // A head may show past a shelf although its plan says no: then it is this person's, and nobody new.
    const fromM = Math.min(hiddenBelowM, heightM - headAndShouldersM)
    const outline = outlineOf(view.model, x, y, heightM, fromM)
    const marks = expectedMarks(view, x, y, heightM, fromM, outline)
    if (!marks) return null
    const variances = marks.slopes.map(
      (slopes, i) => this.filter.expectedVariance(slopes) + (marks.noises[i] as number),
    ) as unknown as Marks
    return { marks, variances, ...sightOf(view, marks, outline, heightM, hiddenBelowM) }
  }

  /** Learns from the marks that show this person. */
  see({ marks: expected }: Expectation, marks: Marks, atMs: number): void {
    correct(this.filter, expected, marks, [...this.filter.state.subarray(0, 3)], true)
    this.lastSeenMs = Math.max(this.lastSeenMs, atMs)
    this.lastSeen = { positionM: this.positionM, velocityMPerS: this.velocityMPerS }
    this.hits++
    this.#walk(atMs)
  }

  /** Whether it has never been anywhere but where it is. */
  get isStill(): boolean {
    return !this.#hasWalked
  }

  #walk(atMs: number): void {
    const [x, y] = this.positionM
    if (Math.hypot(x - this.#stoodM[0], y - this.#stoodM[1]) < walkedM || this.sigmaM > walkedM / 2) return
    this.#stoodM = [x, y]
    this.#hasWalked = true
    this.exists.support(atMs)
  }

  look(appearance: Float32Array | undefined): void {
    if (!appearance) return
    if (!this.appearance) this.appearance = Float32Array.from(appearance)
    else {
      for (let i = 0; i < appearance.length; i++) {
        this.appearance[i] = (1 - appearanceShare) * (this.appearance[i] ?? 0) + appearanceShare * (appearance[i] ?? 0)
      }
    }
  }
}

function expectedMarks(
  view: CameraView,
  x: number,
  y: number,
  heightM: number,
  fromM: number,
  known?: Outline | null,
): ExpectedMarks | null {
  if (view.kind === 'points') return expectedPoints(view.model, x, y, heightM)
  const outline = known === undefined ? outlineOf(view.model, x, y, heightM, fromM) : known
  return outline && expectedEdges(outline)
}

/** @param at where `expected` was worked out: x, y and height */
function correct(
  filter: Kalman,
  { values, slopes, noises, tolerances }: ExpectedMarks,
  marks: Marks,
  at: readonly number[],
  doubts: boolean,
): void {
  for (const [i, mark] of marks.entries()) {
    if (Number.isNaN(mark)) continue
    const slope = slopes[i] as readonly number[]
    const noise = noises[i] as number
    const moved = slope.reduce((sum, per, axis) => sum + per * (filter.get(axis) - (at[axis] as number)), 0)
    const residual = mark - (values[i] as number) - moved
    const doubt = doubts ? (residual * residual) / (filter.expectedVariance(slope) + noise) : 0
    filter.correct(slope, residual, noise * Math.max(1, doubt / (tolerances[i] as number)) ** 2)
  }
}
