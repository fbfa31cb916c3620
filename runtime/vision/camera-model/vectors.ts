/** Three-dimensional vectors, in metres or of length 1. */
import type { Point3DM } from '../../profile/layout.ts'

export const minus = (a: Point3DM, b: Point3DM): Point3DM => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
export const dot = (a: Point3DM, b: Point3DM): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
/** `a` and `factor` times `direction`. */
export const along = (a: Point3DM, direction: Point3DM, factor: number): Point3DM => [
  a[0] + direction[0] * factor,
  a[1] + direction[1] * factor,
  a[2] + direction[2] * factor,
]
export const cross = (a: Point3DM, b: Point3DM): Point3DM => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
]
export function unit(v: Point3DM): Point3DM {
  const length = Math.hypot(v[0], v[1], v[2]) || 1
  return [v[0] / length, v[1] / length, v[2] / length]
}
