/** Arithmetic of points and directions in space. */
import type { Point3DM } from '../../profile/layout.ts'

export const dot = (a: Point3DM, b: Point3DM): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

export const cross = (a: Point3DM, b: Point3DM): Point3DM => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
]

export const minus = (a: Point3DM, b: Point3DM): Point3DM => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]

/** `from` and `amount` times `direction`. */
export const plus = (from: Point3DM, direction: Point3DM, amount = 1): Point3DM => [
  from[0] + direction[0] * amount,
  from[1] + direction[1] * amount,
  from[2] + direction[2] * amount,
]

/** Of length 1; of length 0 stays so. */
export function unit(v: Point3DM): Point3DM {
  const length = Math.hypot(...v) || 1
  return [v[0] / length, v[1] / length, v[2] / length]
}
