/**
 * How much a detection of head and floor is to be believed. The two together say how tall it would be: a bag, a post or
 * goods on a shelf that a detector takes for somebody have their "head" too low over their "feet". And one person who
 * is found twice has two heads, but one place on the floor.
 */
import { distanceM } from '../../people/geometry.ts'
import type { PointM } from '../../profile/layout.ts'
import { containedShare } from '../box-overlap.ts'
import type { Detection } from '../detection.ts'
import type { CameraView } from './camera-view.ts'

/** The head's middle is so far below the crown, as a share of the height. */
export const headMiddleShare = 0.932
/** From this height downwards finds are believed less, and least from so much below it on (measured on the twin). */
const grownM = 1.45
const leastM = 0.3
const mostPenalty = 0.35
/** Neither a toddler nor a giant. */
const [shortestM, tallestM] = [0.8, 2.4]
/** Heights at which the line above a place of the floor is looked at. */
const [lowM, highM] = [0.9, 1.8]
/** A detector finds one head twice at times: no second person's is so near. */
const repeatedM = 0.3
const headHighM = 1.55
/** A box that lies in another by this share, with feet as near, shows a part of the same person. */
const partShare = 0.5
const sameFeetM = 0.6

interface Found {
  detection: Detection
  /** Where the head would be of somebody of usual height, where the feet are, and how tall it would be. */
  headM: PointM | undefined
  feetM: PointM | undefined
  heightM: number | undefined
}

/** Those that may be somebody, the surest first, with scores that say how sure that is. */
export function credible(persons: readonly Detection[], view: CameraView): Detection[] {
  if (view.kind === 'edges') return [...persons]
  const found = persons.flatMap((detection): Found[] => {
    const { head, floor } = detection
    if (!head) return []
    const feetM = floor && view.model.onPlane(floor.atPx, 0)?.pointM
    const heightM = feetM && heightAt(view, feetM, head.atPx)
    if (heightM !== undefined && (heightM < shortestM || heightM > tallestM)) return []
    const lack = heightM === undefined ? 0 : Math.min(1, Math.max(0, (grownM - heightM) / leastM))
    const score = detection.score - mostPenalty * lack
    if (score <= 0) return []
    const headM = view.model.onPlane(head.atPx, headHighM)?.pointM
    return [{ detection: { ...detection, score }, headM, feetM, heightM }]
  })
  const kept: Found[] = []
  for (const one of found.toSorted((a, b) => b.detection.score - a.detection.score)) {
    if (!kept.some((better) => isSame(one, better))) kept.push(one)
  }
  return kept.map(({ detection }) => detection)
}

function isSame(one: Found, better: Found): boolean {
  if (isNear(one.headM, better.headM, repeatedM)) return true
  // Of two who stand close together each is as tall as people are.
  const isShort = one.heightM !== undefined && one.heightM < grownM
  const isPart = containedShare(one.detection.boxPx, better.detection.boxPx) > partShare
  return isPart && isShort && isNear(one.feetM, better.feetM, sameFeetM)
}

/** How tall somebody is whose head is at a pixel, standing at a place; undefined: behind the camera. */
function heightAt({ model }: CameraView, [x, y]: PointM, headPx: readonly [number, number]): number | undefined {
  const [low, high] = [model.project([x, y, lowM]), model.project([x, y, highM])]
  if (!low || !high) return undefined
  const [dx, dy] = [high[0] - low[0], high[1] - low[1]]
  // Seen from straight above height shows no difference.
  const squared = dx * dx + dy * dy
  if (squared < leastLinePx ** 2) return undefined
  const along = ((headPx[0] - low[0]) * dx + (headPx[1] - low[1]) * dy) / squared
  return (lowM + along * (highM - lowM)) / headMiddleShare
}

const leastLinePx = 12

function isNear(a: PointM | undefined, b: PointM | undefined, withinM: number): boolean {
  return a !== undefined && b !== undefined && distanceM(a, b) < withinM
}
