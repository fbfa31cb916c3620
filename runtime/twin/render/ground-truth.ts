/** What is to be seen in a picture: who is where, and how much of each the camera shows. */
import type { Point3DM, PointM } from '../../profile/layout.ts'
import type { BoxPx, PointPx } from '../../vision/detection.ts'
import { Canvas, isEmpty, ofTheRoom, type PixelRect, wholeOf } from './canvas.ts'
import { capsuleRect, drawCapsule, type FigureLight } from './draw-capsule.ts'
import { type BodyPart, capsulesOf, type Figure, headMiddleOf, ownerOf } from './figure.ts'
import type { Pinhole } from './pinhole.ts'

export interface PartTruth {
  /** Of its visible pixels; null: none is. */
  boxPx: BoxPx | null
  /** Of the pixels that it would have if nothing stood before it; 0 where it is outside the picture. */
  visibleShare: number
}

export interface HandTruth extends PartTruth {
  side: 'left' | 'right'
  /** The wrist, in the store and in the picture (perhaps beyond its edges). */
  wristM: Point3DM
  wristPx: PointPx | null
}

export interface PersonTruth extends PartTruth {
  id: string
  floorM: PointM
  /** Where it stands, in the picture; null: behind the camera. */
  floorPx: PointPx | null
  head: PartTruth & { middleM: Point3DM; middlePx: PointPx | null }
  hands: readonly [HandTruth, HandTruth]
}

interface Extent extends PixelRect {
  count: number
}

const [far, near] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const nothing: Extent = { count: 0, left: far, top: far, right: near, bottom: near }

const unlit: FigureLight = { ambient: [0, 0, 0], lamps: [] }
const allParts: readonly BodyPart[] = ['body', 'head', 'left hand', 'right hand']

/**
 * @param canvas with the figures drawn on it
 * @param figures in the order in which they were drawn
 */
export function groundTruth(canvas: Canvas, camera: Pinhole, figures: readonly Figure[]): PersonTruth[] {
  const visible = extents(canvas, wholeOf(canvas), 1 + figures.length * allParts.length)
  const alone = new Canvas(canvas)
  return figures.map((figure, number): PersonTruth => {
    const capsules = capsulesOf(figure, number, camera)
    const truthOf = (parts: readonly BodyPart[]): PartTruth => {
      const owners = parts.map((part) => ownerOf(number, part))
      const of = capsules.filter(({ owner }) => owners.includes(owner))
      const rect = around(of.map((capsule) => capsuleRect(canvas, camera, capsule)))
      if (isEmpty(rect)) return { boxPx: null, visibleShare: 0 }
      alone.clear(rect)
      for (const capsule of of) drawCapsule(alone, camera, capsule, unlit)
      const counted = extents(alone, rect, visible.length)
      const seen = joined(owners.map((owner) => visible[owner]))
      const wholeCount = joined(counted).count
      return {
        boxPx: seen.count === 0 ? null : [seen.left, seen.top, seen.right - seen.left, seen.bottom - seen.top],
        visibleShare: wholeCount === 0 ? 0 : seen.count / wholeCount,
      }
    }
    const hand = (side: 'left' | 'right', wristM: Point3DM): HandTruth => ({
      ...{ side, wristM, wristPx: camera.px(wristM) },
      ...truthOf([`${side} hand`]),
    })
    const middleM = headMiddleOf(figure)
    return {
      id: figure.id,
      floorM: figure.positionM,
      floorPx: camera.px([...figure.positionM, 0]),
      ...truthOf(allParts),
      head: { middleM, middlePx: camera.px(middleM), ...truthOf(['head']) },
      hands: [hand('left', figure.handsM[0]), hand('right', figure.handsM[1])],
    }
  })
}

/** Number and bounds of the pixels of each owner below `owners`. */
function extents({ owner, widthPx }: Canvas, rect: PixelRect, owners: number): Extent[] {
  const found = Array.from({ length: owners }, (): Extent => ({ ...nothing }))
  for (let y = rect.top; y < rect.bottom; y++) {
    for (let x = rect.left; x < rect.right; x++) {
      const whose = owner[y * widthPx + x] as number
      const extent = found[whose]
      if (whose === ofTheRoom || !extent) continue
      extent.count++
      extent.left = Math.min(extent.left, x)
      extent.top = Math.min(extent.top, y)
      extent.right = Math.max(extent.right, x + 1)
      extent.bottom = y + 1
    }
  }
  return found
}

function joined(some: readonly (Extent | undefined)[]): Extent {
  const there = some.filter((extent) => extent !== undefined)
  return { ...around(there), count: there.reduce((sum, { count }) => sum + count, 0) }
}

const around = (rects: readonly PixelRect[]): PixelRect => ({
  left: Math.min(...rects.map(({ left }) => left)),
  top: Math.min(...rects.map(({ top }) => top)),
  right: Math.max(...rects.map(({ right }) => right)),
  bottom: Math.max(...rects.map(({ bottom }) => bottom)),
})
