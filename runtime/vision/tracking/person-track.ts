/** One person on the floor: place, height and velocity, corrected by boxes in any camera's picture. */
import type { Point3DM, PointM } from '../../profile/layout.ts'
import { type Edges, type Outline, outlineOf } from './body-outline.ts'
import type { CameraView } from './camera-view.ts'
import { Kalman } from './kalman.ts'

/** Order of the filter's state. */
const [px, py, ph, vx, vy] = [0, 1, 2, 3, 4]

/** People change their pace at random: within about a second, by about this much. */
const paceSeconds = 1
const paceMPerS = 0.8
/** Grown people, and how far most differ from it. */
const usualHeightM = 1.66
const heightSdM = 0.13
/** How far an edge of a box is from the body's model: arms, bags, the way a detector draws. */
const shapeSdM = 0.07
const edgeSdPx = 1.5
const edgeSdShare = 0.02
/** Beyond so many standard deviations squared an edge is hidden or an arm rather than the body. */
const doubtfulAt = 4
const firstGuessHeightM = 0.9
const headAndShouldersM = 0.35
const firstGuessSteps = 4
/** An appearance changes slowly with light and view. */
const appearanceShare = 0.1

/** How a person would look in a camera's picture now. */
export interface Expectation {
  outline: Outline
  /** Share of the body that fixtures and the picture's edge leave to be seen. */
  visible: number
  /** Variance of an edge about the outline, and those with the person's own uncertainty included. */
  noise: number
  variances: Edges
}

export class PersonTrack {
  readonly id: number
  readonly firstSeenMs: number
  readonly filter: Kalman
  lastSeenMs: number
  /** Logarithm of the odds that this is somebody at all. */
  existence = 0
  hits = 0
  confirmed = false
  appearance: Float32Array | undefined
  #atMs: number

  private constructor(id: number, filter: Kalman, atMs: number) {
    this.id = id
    this.filter = filter
    this.firstSeenMs = atMs
    this.lastSeenMs = atMs
    this.#atMs = atMs
  }

  /** Whoever makes this box, if it stands on the floor; null when it cannot be anybody. */
  static fromBox(id: number, view: CameraView, edges: Edges, atMs: number): PersonTrack | null {
    const middle: [number, number] = [(edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2]
    const fix = view.model.onPlane(middle, firstGuessHeightM)
    if (!fix) return null
    const guess = (at: Kalman | null) => [at?.get(px) ?? fix.pointM[0], at?.get(py) ?? fix.pointM[1]]
    let last: Kalman | null = null
    // The outline bends with the place, so that the box is taken again at each better place.
    for (let step = 0; step < firstGuessSteps; step++) {
      const heightM: number = last?.get(ph) ?? usualHeightM
      const [x = 0, y = 0] = guess(last)
      const outline = outlineOf(view.model, x, y, heightM, view.visibleFromM(x, y))
      if (!outline) return null
      const next = new Kalman(
        [...fix.pointM, usualHeightM, 0, 0],
        [4, 4, heightSdM ** 2, paceMPerS ** 2, paceMPerS ** 2],
      )
      const noise = noiseOf(outline)
      for (const edge of [0, 1, 2, 3] as const) {
        const slopes = outline.slopes[edge]
        const off = [x - next.get(px), y - next.get(py), heightM - next.get(ph)]
        const expected = outline.edges[edge] - slopes.reduce((sum, slope, i) => sum + slope * (off[i] as number), 0)
        next.correct(slopes, edges[edge] - expected, noise)
      }
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
    if (!view.mayShow(x, y)) return null
    const hiddenBelowM = view.visibleFromM(x, y)
    // A head may show past a shelf although its plan says no: then it is this person's, and nobody new.
    const fromM = Math.min(hiddenBelowM, this.heightM - headAndShouldersM)
    const outline = outlineOf(view.model, x, y, this.heightM, fromM)
    if (!outline) return null
    const noise = noiseOf(outline)
    const variances = outline.slopes.map((slopes) => this.filter.expectedVariance(slopes) + noise) as Edges
    return { outline, visible: outline.inPicture * Math.max(0, 1 - hiddenBelowM / this.heightM), noise, variances }
  }

  /** Learns from the box that shows this person. */
  see({ outline, noise }: Expectation, edges: Edges, atMs: number): void {
    const before = [...this.filter.state.subarray(0, 3)]
    for (const edge of [0, 1, 2, 3] as const) {
      const slopes = outline.slopes[edge]
      const moved = slopes.reduce((sum, slope, i) => sum + slope * (this.filter.get(i) - (before[i] as number)), 0)
      const residual = edges[edge] - outline.edges[edge] - moved
      const doubt = (residual * residual) / (this.filter.expectedVariance(slopes) + noise)
      this.filter.correct(slopes, residual, noise * Math.max(1, doubt / doubtfulAt) ** 2)
    }
    this.lastSeenMs = Math.max(this.lastSeenMs, atMs)
    this.hits++
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

function noiseOf({ edges, pxPerM }: Outline): number {
  const sizePx = Math.max(edges[2] - edges[0], edges[3] - edges[1])
  return (pxPerM * shapeSdM) ** 2 + (edgeSdPx + edgeSdShare * sizePx) ** 2
}
