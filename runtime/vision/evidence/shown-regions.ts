/**
 * Which parts of a picture a review may see: the shopper whom it is about, and the shelf at which something happened.
 * All else is blurred, so that whom nobody noticed is not shown either; and of what may be seen, everything that is,
 * or may be, somebody else.
 */
import type { SeenPerson } from '../../people/person-tracker.ts'
import type { Plate, Point3DM } from '../../profile/layout.ts'
import { intersectionOverUnion } from '../box-overlap.ts'
import type { CameraModel } from '../camera-model/camera-model.ts'
import type { BoxPx, Detection, PointPx } from '../detection.ts'
import { outlineOf } from '../tracking/body-outline.ts'

export interface SeenMoment {
  /** Whom tracking followed then, wherever in the store; null: it did not say. */
  persons: readonly Pick<SeenPerson, 'personId' | 'headM' | 'handsM'>[] | null
  /** What the detector found in the picture. */
  detections: readonly Pick<Detection, 'kind' | 'boxPx'>[]
}

export interface ShownRegions {
  shown: BoxPx[]
  /** Lies over `shown`. */
  blurred: BoxPx[]
}

/** About a body, for arms, bags and the error of a track; more about others, where it costs nothing. */
const aboutShopperM = 0.1
const aboutOthersM = 0.35
/** Half the side of what is shown about a wrist. */
const handM = 0.2
/** What stands on a plate. */
const goodsM = 0.3
const aboutPlateM = 0.1
/** A detection that fits the shopper's outline less than this, or somebody else's as well, is nobody known. */
const leastFit = 0.3
/** Of the shopper's outline: with less of it to be seen a picture says nothing. */
const leastShown = 0.25

/**
 * @param shopper person ids: several of one visit's party
 * @returns null: the shopper is not, or hardly, to be seen; then nobody may be
 */
export function shownRegions(
  camera: CameraModel,
  { persons, detections }: SeenMoment,
  shopper: ReadonlySet<string>,
  plates: readonly Plate[],
): ShownRegions | null {
  if (!persons) return null
  const outlines = persons.flatMap((person) => {
    const boxPx = outlineBox(camera, person.headM)
    return boxPx ? [{ person, boxPx, isShopper: shopper.has(person.personId) }] : []
  })
  const own = outlines.filter(({ isShopper }) => isShopper)
  const others = outlines.filter(({ isShopper }) => !isShopper)
  if (own.length === 0) return null
  const found = detections.filter(({ kind }) => kind === 'person').map(({ boxPx }) => boxPx)
  const ownFound = new Set(own.map(({ boxPx }) => bestFit(boxPx, found, others)).filter((box) => box !== null))
  const hands = own.flatMap(({ person }) =>
    person.handsM.flatMap((hand) => (hand ? [aroundPoint(camera, hand, handM)] : [])),
  )
  const shown = [
    ...own.map(({ boxPx, person }) => wider(boxPx, aboutShopperM * camera.pxPerM(person.headM))),
    ...ownFound,
    ...hands.filter((box) => box !== null),
    ...plates.map((plate) => plateBox(camera, plate)).filter((box) => box !== null),
  ]
  const ownBoxes = [...own.map(({ boxPx }) => boxPx), ...ownFound]
  const blurred = [
    ...others.map(({ boxPx, person }) => wider(boxPx, aboutOthersM * camera.pxPerM(person.headM))),
    // A sixth about what the detector drew tightly.
    ...found.filter((box) => !ownFound.has(box)).map((box) => wider(box, Math.max(box[2], box[3]) / 6)),
    ...detections
      .filter(({ kind, boxPx }) => kind === 'hand' && !ownBoxes.some((own) => touches(own, boxPx)))
      .map(({ boxPx }) => boxPx),
  ]
  const isSeen = own.some(({ boxPx }) => shareLeft(boxPx, blurred) >= leastShown)
  return isSeen ? { shown, blurred } : null
}

/** Null where nothing of the body would be in the picture. */
function outlineBox(camera: CameraModel, [x, y, heightM]: Point3DM): BoxPx | null {
  const outline = outlineOf(camera, x, y, heightM, 0)
  if (!outline) return null
  const [left, top, right, bottom] = outline.edges
  return [left, top, right - left, bottom - top]
}

/** The detection that is the body of this outline and of no other. */
function bestFit(outline: BoxPx, found: readonly BoxPx[], others: readonly { boxPx: BoxPx }[]): BoxPx | null {
  const [best] = found
    .map((box) => ({ box, fit: intersectionOverUnion(box, outline) }))
    .filter(
      ({ box, fit }) => fit >= leastFit && others.every(({ boxPx }) => intersectionOverUnion(box, boxPx) < fit / 2),
    )
    .sort((a, b) => b.fit - a.fit)
  return best?.box ?? null
}

function plateBox(camera: CameraModel, { positionM, sizeM }: Plate): BoxPx | null {
  const [x, y, z] = positionM
  // However the fixture is turned.
  const reachM = Math.max(...sizeM) / 2 + aboutPlateM
  const corners = [-reachM, reachM].flatMap((dx) =>
    [-reachM, reachM].flatMap((dy) => [0, goodsM].map((up): Point3DM => [x + dx, y + dy, z + up])),
  )
  return around(corners.map((corner) => camera.project(corner)))
}

function aroundPoint(camera: CameraModel, atM: Point3DM, reachM: number): BoxPx | null {
  const px = camera.project(atM)
  return px && wider([px[0], px[1], 0, 0], reachM * camera.pxPerM(atM))
}

function around(points: readonly (PointPx | null)[]): BoxPx | null {
  const seen = points.filter((point) => point !== null)
  if (seen.length < points.length) return null
  const [xs, ys] = [seen.map(([x]) => x), seen.map(([, y]) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top]
}

const wider = ([left, top, width, height]: BoxPx, by: number): BoxPx => [
  left - by,
  top - by,
  width + 2 * by,
  height + 2 * by,
]

const touches = (a: BoxPx, b: BoxPx) => intersectionOverUnion(a, b) > 0

/** Estimated on a grid: boxes over each other would be counted twice otherwise. */
function shareLeft([left, top, width, height]: BoxPx, over: readonly BoxPx[]): number {
  const steps = 12
  let free = 0
  for (let i = 0; i < steps * steps; i++) {
    const x = left + ((i % steps) + 0.5) * (width / steps)
    const y = top + (Math.floor(i / steps) + 0.5) * (height / steps)
    if (!over.some((box) => isIn(box, x, y))) free++
  }
  return free / (steps * steps)
}

export const isIn = ([left, top, width, height]: BoxPx, x: number, y: number): boolean =>
  x >= left && y >= top && x < left + width && y < top + height
