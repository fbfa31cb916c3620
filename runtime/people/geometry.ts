/** Distances and areas on the floor, in metres. */
import { inOwnAxesM } from '../profile/fixture-frame.ts'
import type { Plate, Point3DM, PointM } from '../profile/layout.ts'

/** As seen from above. */
export const distanceM = (a: PointM | Point3DM, b: PointM | Point3DM): number => Math.hypot(a[0] - b[0], a[1] - b[1])

/** Whether a point (its height does not matter) lies inside of a polygon, by counting crossed edges. */
export function contains(polygonM: readonly PointM[], [x, y]: PointM | Point3DM): boolean {
  let inside = false
  polygonM.forEach(([ax, ay], i) => {
    const [bx, by] = polygonM[(i + 1) % polygonM.length] as PointM
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside
  })
  return inside
}

/** Cameras may see beyond the walls; of a recording nobody knows where they are. */
export function withinWalls(floorM: PointM | undefined, [x, y]: Point3DM): boolean {
  return floorM === undefined || (x >= 0 && y >= 0 && x <= floorM[0] && y <= floorM[1])
}

/** From a point to the nearest part of a polygon, 0 inside of it. */
export function distanceToPolygonM(polygonM: readonly PointM[], point: PointM | Point3DM): number {
  if (contains(polygonM, point)) return 0
  return Math.min(
    ...polygonM.map((corner, i) => distanceToEdgeM(corner, polygonM[(i + 1) % polygonM.length] as PointM, point)),
  )
}

function distanceToEdgeM([ax, ay]: PointM, [bx, by]: PointM, [x, y]: PointM | Point3DM): number {
  const lengthSquared = (bx - ax) ** 2 + (by - ay) ** 2
  const along = lengthSquared === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / lengthSquared
  const t = Math.max(0, Math.min(1, along))
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay))
}

/** Goods stand on a plate: from a hand to the box of this height above the plate's surface. */
const goodsHeightM = 0.3

/** From a hand to what stands on a plate, 0 inside of it. */
export function handToPlateM(handM: Point3DM, plate: Plate): number {
  const [dx, dy, dz] = inOwnAxesM(plate, handM)
  return Math.hypot(
    beyond(dx, -plate.sizeM[0] / 2, plate.sizeM[0] / 2),
    beyond(dy, -plate.sizeM[1] / 2, plate.sizeM[1] / 2),
    beyond(dz, 0, goodsHeightM),
  )
}

/** From a head to a plate, as seen from above. */
export function headToPlateM(headM: Point3DM, plate: Plate): number {
  const [dx, dy] = inOwnAxesM(plate, headM)
  return Math.hypot(
    beyond(dx, -plate.sizeM[0] / 2, plate.sizeM[0] / 2),
    beyond(dy, -plate.sizeM[1] / 2, plate.sizeM[1] / 2),
  )
}

/** How far a value lies outside of a range. */
export const beyond = (value: number, low: number, high: number) => Math.max(low - value, 0, value - high)
