/** How boxes in a picture lie over each other. */
import type { BoxPx } from './detection.ts'

/** Area of the intersection by that of the union. */
export function intersectionOverUnion(a: BoxPx, b: BoxPx): number {
  const both = sharedPx2(a, b)
  return both === 0 ? 0 : both / (a[2] * a[3] + b[2] * b[3] - both)
}

/** Share of the first box that lies within the second. */
export const containedShare = (a: BoxPx, b: BoxPx): number => sharedPx2(a, b) / Math.max(1, a[2] * a[3])

function sharedPx2(a: BoxPx, b: BoxPx): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1])
  return width <= 0 || height <= 0 ? 0 : width * height
}
