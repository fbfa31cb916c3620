/**
 * Where a camera hangs, how it is turned and what its focal length is, from points that somebody clicked in its
 * picture and on the floor plan. A bad fit is refused, because everything that the camera sees would be in the
 * wrong place.
 */
import type { Point3DM, PointM } from '../../profile/layout.ts'
import { CameraModel, type CameraPose } from '../camera-model/camera-model.ts'
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

export type RefusalCode = 'too-few' | 'in-line' | 'no-fit' | 'wrong-point' | 'too-far-off' | 'implausible' | 'uncertain'

export interface Calibration {
  /** What the profile is to say; only when it was not refused. */
  camera: (CameraPose & { rollRad: number }) | null
  /** Of each point: from where it is to where the fit has its pixel, at the point's height; null: nowhere. */
  errorsCm: (number | null)[]
  /** Root mean square of the points' errors in the picture. */
  errorPx: number
  measured: Freedom
  refusal: { code: RefusalCode; reason: string; point?: number } | null
}

const leastPoints = 4
const focalFromPoints = 5
const distortionFromPoints = 8
/** A point further off than this is a mistake (hands and people are told apart by less). */
const mostErrorCm = 10
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

export function calibrate(request: CalibrationRequest): Calibration {
  const { points } = request
  const measured = { focal: points.length >= focalFromPoints, distortion: points.length >= distortionFromPoints }
  const nothing = { camera: null, errorsCm: points.map(() => null), errorPx: Number.NaN, measured }
  const few = whyTooFew(points)
  if (few) return { ...nothing, refusal: few }
  const fit = bestFit(request, points, measured)
  if (!fit) return { ...nothing, refusal: refusals.noFit() }
  const camera = profilePose(fit.value, request.pictureSizePx)
  const errorsCm = errorsOf(camera, request.pictureSizePx, points)
  const errorPx = Math.sqrt(fit.cost / points.length)
  const refusal = whyRefused(request, fit, errorsCm, measured)
  return { camera: refusal ? null : camera, errorsCm, errorPx, measured, refusal }
}

const refusals = {
  tooFew: () => ({
    code: 'too-few' as const,
    reason: `At least ${leastPoints} points are needed; ${focalFromPoints} measure the focal length too, ${distortionFromPoints} the distortion.`,
  }),
  inLine: () => ({ code: 'in-line' as const, reason: 'The points lie in one line; add some beside it.' }),
  noFit: () => ({ code: 'no-fit' as const, reason: 'No camera sees the points so; check that none was mixed up.' }),
  wrongPoint: (point: number) => ({
    code: 'wrong-point' as const,
    point,
    reason: `Point ${point + 1} does not fit the others; click it again in the picture and on the plan.`,
  }),
  tooFarOff: (errorCm: number) => ({
    code: 'too-far-off' as const,
    reason: `The points are up to ${errorCm.toFixed(0)} cm off, and at most ${mostErrorCm} cm are allowed; check them, or add more.`,
  }),
  implausible: (what: string) => ({ code: 'implausible' as const, reason: `The fit makes no sense: ${what}.` }),
  uncertain: (cm: number) => ({
    code: 'uncertain' as const,
    reason: `Away from the points the floor is uncertain by ${cm.toFixed(0)} cm; add points farther apart.`,
  }),
}

function whyTooFew(points: readonly ClickedPoint[]): Calibration['refusal'] {
  if (points.length < leastPoints) return refusals.tooFew()
  return spreadM(points.map(({ storeM: [x, y] }) => [x, y])) < leastSpreadM ? refusals.inLine() : null
}

/** Standard deviation of points across the line that fits them best. */
function spreadM(points: readonly PointM[]): number {
  const mean = (of: (p: PointM) => number) => points.reduce((sum, p) => sum + of(p), 0) / points.length
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)]
  const xx = mean(([x]) => (x - mx) ** 2)
  const yy = mean(([, y]) => (y - my) ** 2)
  const xy = mean(([x, y]) => (x - mx) * (y - my))
  return Math.sqrt(Math.max(0, (xx + yy) / 2 - Math.sqrt(((xx - yy) / 2) ** 2 + xy * xy)))
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
  const starts = [known, ...guesses.filter((guess) => guess !== null)]
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
  const worstCm = Math.max(...errorsCm.map((error) => error ?? Number.POSITIVE_INFINITY))
  if (worstCm > mostErrorCm) {
    const point = wrongPoint(request, fit.cost)
    return point === null ? refusals.tooFarOff(worstCm) : refusals.wrongPoint(point)
  }
  const { positionM, focalPx } = fit.value
  if (positionM[2] < lowestM || positionM[2] > highestM) {
    return refusals.implausible(`the camera would hang ${positionM[2].toFixed(1)} m high`)
  }
  const fieldDeg = (360 / Math.PI) * Math.atan(pictureSizePx[0] / 2 / focalPx)
  if (fieldDeg < narrowestDeg || fieldDeg > widestDeg) {
    return refusals.implausible(`its field of view would be ${fieldDeg.toFixed(0)} degrees`)
  }
  const uncertainCm = uncertaintyCm(fit, pictureSizePx, points.length, measured)
  return uncertainCm > mostUncertainCm ? refusals.uncertain(uncertainCm) : null
}

/** The one point without which all others fit well; null: there is no such point, or too few to tell. */
function wrongPoint(request: CalibrationRequest, cost: number): number | null {
  const { points, pictureSizePx } = request
  if (points.length <= leastPoints + 1) return null
  const without = points.map((_, i) => {
    const others = points.toSpliced(i, 1)
    // No freedom that the others alone could not bear.
    const fit = bestFit(request, others, { focal: others.length > focalFromPoints, distortion: false })
    if (!fit) return Number.POSITIVE_INFINITY
    const errorsCm = errorsOf(profilePose(fit.value, pictureSizePx), pictureSizePx, others)
    return errorsCm.every((error) => error !== null && error <= mostErrorCm) ? fit.cost : Number.POSITIVE_INFINITY
  })
  const least = Math.min(...without)
  return least * outlierFactor < cost ? without.indexOf(least) : null
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
