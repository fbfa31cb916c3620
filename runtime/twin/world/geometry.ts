/** Plane geometry of the sales floor; metres, store frame. */
import type { Fixture, Point3DM, PointM } from '../../profile/layout.ts'

/** Asked for so often that Math.hypot, which guards against overflow, would cost too much. */
const lengthM = (x: number, y: number): number => Math.sqrt(x * x + y * y)

export const distanceM = (a: PointM, b: PointM): number => lengthM(a[0] - b[0], a[1] - b[1])

export const along = (from: PointM, direction: PointM, lengthM: number): PointM => [
  from[0] + direction[0] * lengthM,
  from[1] + direction[1] * lengthM,
]

/** Unit vector from `a` to `b`; x axis when they coincide. */
export function directionTo(a: PointM, b: PointM): PointM {
  const length = distanceM(a, b)
  return length < 1e-9 ? [1, 0] : [(b[0] - a[0]) / length, (b[1] - a[1]) / length]
}

export function distanceToSegmentM(p: PointM, a: PointM, b: PointM): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const lengthSquared = dx * dx + dy * dy
  const share = lengthSquared === 0 ? 0 : ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / lengthSquared
  const clamped = Math.min(1, Math.max(0, share))
  return lengthM(p[0] - a[0] - clamped * dx, p[1] - a[1] - clamped * dy)
}

export function insidePolygon(p: PointM, polygon: readonly PointM[]): boolean {
  let inside = false
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [a, b] = [polygon[i] as PointM, polygon[j] as PointM]
    if (a[1] > p[1] !== b[1] > p[1] && p[0] < ((b[0] - a[0]) * (p[1] - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside
  }
  return inside
}

/** Distance to a polygon's edge, negative inside. */
export function distanceToPolygonM(p: PointM, polygon: readonly PointM[]): number {
  let nearest = Number.POSITIVE_INFINITY
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    nearest = Math.min(nearest, distanceToSegmentM(p, polygon[j] as PointM, polygon[i] as PointM))
  }
  return insidePolygon(p, polygon) ? -nearest : nearest
}

export function centreOf(polygon: readonly PointM[]): PointM {
  const sum = polygon.reduce<PointM>(([x, y], p) => [x + p[0], y + p[1]], [0, 0])
  return [sum[0] / polygon.length, sum[1] / polygon.length]
}

/** A fixture's own axes in the store frame: along its plates, and into the shelf. */
export function axesOf(fixture: Fixture): { along: PointM; into: PointM } {
  const [c, s] = [Math.cos(fixture.yawRad), Math.sin(fixture.yawRad)]
  return { along: [c, s], into: [-s, c] }
}

/** The four corners of what a fixture covers on the floor. */
export function footprintOf(fixture: Fixture, sizeM: PointM): PointM[] {
  const axes = axesOf(fixture)
  const corner: PointM = [fixture.positionM[0], fixture.positionM[1]]
  const right = along(corner, axes.along, sizeM[0])
  return [corner, right, along(right, axes.into, sizeM[1]), along(corner, axes.into, sizeM[1])]
}

export const lerp3 = (a: Point3DM, b: Point3DM, share: number): Point3DM => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
]
