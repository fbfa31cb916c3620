/**
 * The numbers of a picture by which a person's place is measured: the edges of a box, or, of a model for ceiling views,
 * the head's middle and the place on the floor below. Edges suffer from whatever hides a part of somebody; a head is a
 * point of the body, and says the same whether the feet are seen or not.
 */
import type { CameraModel } from '../camera-model/camera-model.ts'
import type { Detection, PointPx } from '../detection.ts'
import { clip, type Outline } from './body-outline.ts'
import type { CameraView, MarkKind } from './camera-view.ts'
import { headMiddleShare } from './credible.ts'

/** Left, top, right and lower edge; or x and y of the head and of the place on the floor (NaN where nobody says). Pixels. */
export type Marks = readonly [number, number, number, number]

export interface ExpectedMarks {
  kind: MarkKind
  values: Marks
  /** Of each: pixels for a metre along x, along y and of height. */
  slopes: readonly (readonly number[])[]
  /** Variances of what a detector says about these. */
  noises: Marks
  /** Beyond so many standard deviations squared a number counts less: it is something else that it shows. */
  tolerances: Marks
}

/** How far an edge of a box is from the body's model: arms, bags, the way a detector draws. */
const shapeSdM = 0.07
const edgeSdPx = 1.5
const edgeSdShare = 0.02
const edgeTolerance = 4
/** Heads are not straight above where somebody stands: who reaches out leans. */
const leanSdM = 0.05
/** How far a model's points are off, as a share of the picture's width (measured: `aisle bench vision --detection`). */
const headSdShare = 0.006
const floorSdShare = 0.018
const floorSdM = 0.06
/** Heads are hardly ever taken for something else, places on the floor are guessed where feet are hidden. */
const headTolerance = 12
const floorTolerance = 4
const stepM = 0.04

/** @returns null when the detection lacks what the others of this camera have */
export function marksOf({ boxPx, head, floor }: Detection, view: CameraView): Marks | null {
  if (view.kind === 'points')
    return head ? [...head.atPx, ...(floor?.atPx ?? ([Number.NaN, Number.NaN] as const))] : null
  const [left, top, width, height] = boxPx
  return clip([left, top, left + width, top + height], view.model)
}

/** The point by which a detection is known again in later frames of its camera. */
export function middleOf({ boxPx: [left, top, width, height], head }: Detection): PointPx {
  return head?.atPx ?? [left + width / 2, top + height / 2]
}

export function expectedEdges({ edges, slopes, pxPerM }: Outline): ExpectedMarks {
  const sizePx = Math.max(edges[2] - edges[0], edges[3] - edges[1])
  const noise = (pxPerM * shapeSdM) ** 2 + (edgeSdPx + edgeSdShare * sizePx) ** 2
  return { kind: 'edges', values: edges, slopes, noises: all(noise), tolerances: all(edgeTolerance) }
}

/** @returns null when the head or the feet would be behind the camera */
export function expectedPoints(camera: CameraModel, x: number, y: number, heightM: number): ExpectedMarks | null {
  const values = pointsAt(camera, x, y, heightM)
  const moved = [
    pointsAt(camera, x + stepM, y, heightM),
    pointsAt(camera, x, y + stepM, heightM),
    pointsAt(camera, x, y, heightM + stepM),
  ]
  if (!values || moved.includes(null)) return null
  const slopes = values.map((value, i) => moved.map((other) => ((other?.[i] as number) - value) / stepM))
  const headNoise = (headSdShare * camera.widthPx) ** 2 + (leanSdM * camera.pxPerM([x, y, heightM])) ** 2
  const floorNoise = (floorSdShare * camera.widthPx) ** 2 + (floorSdM * camera.pxPerM([x, y, 0])) ** 2
  return {
    ...{ kind: 'points', values, slopes },
    noises: [headNoise, headNoise, floorNoise, floorNoise],
    tolerances: [headTolerance, headTolerance, floorTolerance, floorTolerance],
  }
}

function pointsAt(camera: CameraModel, x: number, y: number, heightM: number): Marks | null {
  const head = camera.project([x, y, headMiddleShare * heightM])
  const floor = camera.project([x, y, 0])
  return head && floor && [...head, ...floor]
}

const all = (value: number): Marks => [value, value, value, value]
