/**
 * Where a camera hangs, how it is turned and what its focal length is, from points that somebody clicked in its
 * picture and on the floor plan. A bad fit is refused, because everything that the camera sees would be in the
 * wrong place.
 */
import type { Point3DM } from '../../profile/layout.ts'
import { CameraModel, type CameraPose } from '../camera-model/camera-model.ts'
import { along, dot, minus, unit } from '../camera-model/vectors.ts'
import type { PointPx } from '../detection.ts'
import { type Freedom, type FreePose, freePoseOf, movedPose, parametersOf, profilePose } from './free-pose.ts'
import { poseFromPlane } from './homography.ts'
import { leastSquares, normalEquations, type Solution, solve } from './least-squares.ts'

export interface ClickedPoint {
  atPx: PointPx
  /** Height 0 for marks on the floor; the top of a shelf serves as well. */
  storeM: Point3DM
}

export interface CalibrationRequest {
  pictureSizePx: [number, number]
  points: readonly ClickedPoint[]
  /** As the profile has the camera: a start, and the lens where the points are too few to measure it. */
  camera: CameraPose
}

export type RefusalCode =
  | 'too-few'
  | 'in-line'
  | 'no-fit'
  | 'wrong-point'
  | 'too-far-off'
  | 'implausible-height'
  | 'implausible-field'
  | 'uncertain'

export interface CalibrationRefusal {
  code: RefusalCode
  reason: string
  /** The number in the reason, in the unit that it names there; for whoever says it in another language. */
  value?: number
  /** Index of the point that is to blame, or that is farthest off. */
  point?: number
}

export interface Calibration {
  /** What the profile is to say; only when it was not refused. */
  camera: (CameraPose & { rollRad: number }) | null
  /** Of each point: from where it is to where the fit has its pixel, at the point's height; null: nowhere. */
  errorsCm: (number | null)[]
  /** Root mean square of the points' errors in the picture. */
  errorPx: number
  measured: Freedom
  refusal: CalibrationRefusal | null
  /** Whether refused or not, for drawing what was found; null: nothing was. */
  found: (CameraPose & { rollRad: number }) | null
}

const leastPoints = 4
const focalFromPoints = 5
const distortionFromPoints = 8
/** A point further off than this is a mistake (hands and people are told apart by less). */
const mostErrorCm = 10
/** A point that the fit does not see at all. */
const mostToldCm = 999
const leastSpreadM = 0.25
const clickSdPx = 1.5
const mostUncertainCm = 20
const lowestM = 1
const highestM = 15
const fieldsDeg = [50, 70, 90, 110, 130]
const narrowestDeg = 15
const widestDeg = 160
/** Where in the picture the fit must be certain, as shares of its size. */
const probes = [0.2, 0.5, 0.8]
const farthestM = 8
/** A fit without one point is so much better that this point must be the wrong one. */
const outlierFactor = 4
/** Each costs a fit of its own; a wrong point pulls the fit, but not so that many others are off more. */
const mostSuspects = 8

export function calibrate(request: CalibrationRequest): Calibration {
  const { points } = request
  const measured = { focal: points.length >= focalFromPoints, distortion: points.length >= distortionFromPoints }
  const nothing = { camera: null, found: null, errorsCm: points.map(() => null), errorPx: Number.NaN, measured }
  const few = whyTooFew(points)
  if (few) return { ...nothing, refusal: few }
  const fit = bestFit(request, points, measured)
  if (!fit) return { ...nothing, refusal: refusals.noFit() }
  const found = profilePose(fit.value, request.pictureSizePx)
  const errorsCm = errorsOf(found, request.pictureSizePx, points)
  const errorPx = Math.sqrt(fit.cost / points.length)
  const refusal = whyRefused(request, fit, errorsCm, measured)
  return { camera: refusal ? null : found, found, errorsCm, errorPx, measured, refusal }
}

const refusals = {
  tooFew: (): CalibrationRefusal => ({
    code: 'too-few',
    value: leastPoints,
    reason: `At least ${leastPoints} points are needed; ${focalFromPoints} measure the focal length too, ${distortionFromPoints} the distortion.`,
  }),
  inLine: (): CalibrationRefusal => ({
    code: 'in-line',
    reason: 'The points lie in one line; add some beside it.',
  }),
  noFit: (): CalibrationRefusal => ({
    code: 'no-fit',
    reason: 'No camera sees the points so; check that none was mixed up.',
  }),
  wrongPoint: (point: number): CalibrationRefusal => ({
    code: 'wrong-point',
    point,
    reason: `Point ${point + 1} does not fit the others; click it again in the picture and on the plan.`,
  }),
  tooFarOff: (errorCm: number, point: number): CalibrationRefusal => ({
    code: 'too-far-off',
    value: errorCm,
    point,
    reason: `The points are up to ${errorCm.toFixed(0)} cm off, and at most ${mostErrorCm} cm are allowed; check them, or add more.`,
  }),
  height: (heightM: number): CalibrationRefusal => ({
    code: 'implausible-height',
    value: heightM,
    reason: `The fit makes no sense: the camera would hang ${heightM.toFixed(1)} m high.`,
  }),
  field: (fieldDeg: number): CalibrationRefusal => ({
    code: 'implausible-field',
    value: fieldDeg,
    reason: `The fit makes no sense: its field of view would be ${fieldDeg.toFixed(0)} degrees.`,
  }),
  uncertain: (cm: number): CalibrationRefusal => ({
    code: 'uncertain',
    value: cm,
    reason: `Away from the points the floor is uncertain by ${cm.toFixed(0)} cm; add points farther apart.`,
  }),
}

/** How much the picture's width shows, degrees; of a lens without distortion. */
export const fieldOfView = (widthPx: number, focalPx: number) => (360 / Math.PI) * Math.atan(widthPx / 2 / focalPx)

function whyTooFew(points: readonly ClickedPoint[]): Calibration['refusal'] {
  if (points.length < leastPoints) return refusals.tooFew()
  return spreadM(points.map(({ storeM }) => storeM)) < leastSpreadM ? refusals.inLine() : null
}

/** Root mean square of how far points are from the line that fits them best. */
function spreadM(points: readonly Point3DM[]): number {
  const mean = (of: (p: Point3DM) => number) => points.reduce((sum, p) => sum + of(p), 0) / points.length
  const middle: Point3DM = [mean(([x]) => x), mean(([, y]) => y), mean(([, , z]) => z)]
  const off = points.map((point) => minus(point, middle))
  const all = off.reduce((sum, d) => sum + dot(d, d), 0) / points.length
  // The line's direction by power iteration; any start that is not square to it will do.
  let line: Point3DM = [0.6, 0.5, 0.4]
  for (let i = 0; i < 60; i++) line = unit(off.reduce<Point3DM>((sum, d) => along(sum, d, dot(d, line)), [0, 0, 0]))
  const onLine = off.reduce((sum, d) => sum + dot(d, line) ** 2, 0) / points.length
  return Math.sqrt(Math.max(0, all - onLine))
}

function bestFit(
  { pictureSizePx, camera }: CalibrationRequest,
  points: readonly ClickedPoint[],
  freedom: Freedom,
): Solution<FreePose> | null {
  const known = freePoseOf(camera, pictureSizePx)
  const focals = freedom.focal
    ? fieldsDeg.map((field) => pictureSizePx[0] / 2 / Math.tan((field * Math.PI) / 360))
    : [known.focalPx]
  const heights = Map.groupBy(points, ({ storeM }) => storeM[2])
  const plane = [...heights.values()].reduce((a, b) => (b.length > a.length ? b : a))
  const guesses =
    plane.length >= leastPoints ? focals.map((focalPx) => poseFromPlane(plane, pictureSizePx, focalPx)) : []
  // Points of one upright plane, as a shelf's front, make no such guess: from what the profile says it is found, too.
  const nearby = guesses.length > 0 ? [known] : focals.map((focalPx) => ({ ...known, focalPx }))
  const starts = [...nearby, ...guesses.filter((guess) => guess !== null)]
  const fits = starts.map((start) =>
    leastSquares({
      start: { ...start, distortion: known.distortion, kind: known.kind },
      moved: (pose, step) => movedPose(pose, freedom, step),
      parameters: parametersOf(freedom),
      residuals: (pose) => residualsOf(pose, pictureSizePx, points),
    }),
  )
  return fits.reduce((best, fit) => (fit && (!best || fit.cost < best.cost) ? fit : best), null)
}

function residualsOf(pose: FreePose, sizePx: [number, number], points: readonly ClickedPoint[]): number[] | null {
  const model = new CameraModel(profilePose(pose, sizePx), sizePx)
  const residuals: number[] = []
  for (const { atPx, storeM } of points) {
    const px = model.project(storeM)
    if (!px) return null
    residuals.push(px[0] - atPx[0], px[1] - atPx[1])
  }
  return residuals
}

function errorsOf(camera: CameraPose, sizePx: [number, number], points: readonly ClickedPoint[]): (number | null)[] {
  const model = new CameraModel(camera, sizePx)
  return points.map(({ atPx, storeM }) => {
    const fix = model.onPlane(atPx, storeM[2])
    return fix && 100 * Math.hypot(fix.pointM[0] - storeM[0], fix.pointM[1] - storeM[1])
  })
}

function whyRefused(
  request: CalibrationRequest,
  fit: Solution<FreePose>,
  errorsCm: readonly (number | null)[],
  measured: Freedom,
): Calibration['refusal'] {
  const { points, pictureSizePx } = request
  const worstCm = offCm(errorsCm[farthest(errorsCm)])
  if (worstCm > mostErrorCm) {
    const point = wrongPoint(request, fit.cost, errorsCm)
    if (point !== null) return refusals.wrongPoint(point)
    return refusals.tooFarOff(Math.min(worstCm, mostToldCm), farthest(errorsCm))
  }
  const { positionM, focalPx } = fit.value
  if (positionM[2] < lowestM || positionM[2] > highestM) {
    return refusals.height(positionM[2])
  }
  const fieldDeg = fieldOfView(pictureSizePx[0], focalPx)
  if (fieldDeg < narrowestDeg || fieldDeg > widestDeg) {
    return refusals.field(fieldDeg)
  }
  const uncertainCm = uncertaintyCm(fit, pictureSizePx, points.length, measured)
  return uncertainCm > mostUncertainCm ? refusals.uncertain(uncertainCm) : null
}

/** What is nowhere is farther off than anything. */
const offCm = (errorCm: number | null | undefined) => errorCm ?? Number.POSITIVE_INFINITY

const farthest = (errorsCm: readonly (number | null)[]): number =>
  errorsCm.reduce<number>((worst, error, i) => (offCm(error) > offCm(errorsCm[worst]) ? i : worst), 0)

/** The one point without which all others fit well; null: there is no such point, or too few to tell. */
function wrongPoint(request: CalibrationRequest, cost: number, errorsCm: readonly (number | null)[]): number | null {
  const { points, pictureSizePx } = request
  if (points.length <= leastPoints + 1) return null
  const suspects = errorsCm
    .map((_, i) => i)
    .sort((a, b) => Math.min(offCm(errorsCm[b]), mostToldCm) - Math.min(offCm(errorsCm[a]), mostToldCm))
    .slice(0, mostSuspects)
  const without = suspects.map((i) => {
    const others = points.toSpliced(i, 1)
    // No freedom that the others alone could not bear.
    const fit = bestFit(request, others, {
      focal: others.length > focalFromPoints,
      distortion: others.length > distortionFromPoints,
    })
    if (!fit) return Number.POSITIVE_INFINITY
    const left = errorsOf(profilePose(fit.value, pictureSizePx), pictureSizePx, others)
    return left.every((error) => error !== null && error <= mostErrorCm) ? fit.cost : Number.POSITIVE_INFINITY
  })
  const least = Math.min(...without)
  return least * outlierFactor < cost ? (suspects[without.indexOf(least)] ?? null) : null
}

/** How far off the floor may be, by the scatter of the clicks: the worst of some places in the picture, one sigma. */
function uncertaintyCm(fit: Solution<FreePose>, sizePx: [number, number], points: number, freedom: Freedom): number {
  const parameters = parametersOf(freedom)
  const spare = Math.max(1, 2 * points - parameters)
  const variance = Math.max(clickSdPx ** 2, fit.cost / spare)
  const { matrix } = normalEquations(fit.slopes, fit.residuals)
  const modelOf = (pose: FreePose) => new CameraModel(profilePose(pose, sizePx), sizePx)
  const model = modelOf(fit.value)
  const nearby = Array.from({ length: parameters }, (_, i) => {
    const step = new Array<number>(parameters).fill(0)
    step[i] = 1e-5
    return modelOf(movedPose(fit.value, freedom, step))
  })
  let worstM = 0
  for (const sx of probes) {
    for (const sy of probes) {
      const px: PointPx = [sx * sizePx[0], sy * sizePx[1]]
      const here = model.onPlane(px, 0)?.pointM
      if (!here || Math.hypot(here[0] - model.positionM[0], here[1] - model.positionM[1]) > farthestM) continue
      for (const axis of [0, 1] as const) {
        const slopes = nearby.map((other) => ((other.onPlane(px, 0)?.pointM[axis] ?? here[axis]) - here[axis]) / 1e-5)
        const spread = solve(matrix, slopes)
        if (!spread) return Number.POSITIVE_INFINITY
        const squared = variance * slopes.reduce((sum, slope, i) => sum + slope * (spread[i] as number), 0)
        worstM = Math.max(worstM, Math.sqrt(Math.max(0, squared)))
      }
    }
  }
  return 100 * worstM
}
