/**
 * The own axes of what stands in a store: x along a fixture's plates, y into the shelf, z up, from its foot's front left
 * corner; of a plate the same about the centre of its top. And a fixture's shelves in them.
 */
import type { Fixture, Plate, Point3DM } from './layout.ts'

type Placed = Pick<Fixture, 'positionM' | 'yawRad'>

/** From its own axes to the store's. */
export function fromOwnAxesM({ positionM, yawRad }: Placed, [x, y, z]: Point3DM): Point3DM {
  const [cos, sin] = [Math.cos(yawRad), Math.sin(yawRad)]
  return [positionM[0] + x * cos - y * sin, positionM[1] + x * sin + y * cos, positionM[2] + z]
}

/** From the store's axes to its own. */
export function inOwnAxesM({ positionM, yawRad }: Placed, [x, y, z]: Point3DM): Point3DM {
  const [cos, sin] = [Math.cos(yawRad), Math.sin(yawRad)]
  const [dx, dy] = [x - positionM[0], y - positionM[1]]
  return [dx * cos + dy * sin, dy * cos - dx * sin, z - positionM[2]]
}

/** What stands on one shelf: from its plates' tops up to the next shelf, in the fixture's own axes. */
export interface ShelfSpace {
  /** Counts from 1 at the bottom. */
  shelf: number
  leftM: number
  rightM: number
  frontM: number
  backM: number
  bottomM: number
  topM: number
}

/** Goods on the topmost shelf of a fixture whose height nobody knows. */
const usualGoodsM = 0.3

/** The shelves of a fixture as its plates make them, the bottom one first; none where it has no plates. */
export function shelvesOf(fixture: Fixture, plates: readonly Plate[]): ShelfSpace[] {
  const own = plates.filter((plate) => plate.fixture === fixture.id)
  const byShelf = [...Map.groupBy(own, ({ shelf }) => shelf)].sort(([a], [b]) => a - b)
  const flat = byShelf.map(([shelf, ofShelf]) => ({ shelf, ...extentOf(fixture, ofShelf) }))
  return flat.map((space, i) => {
    const aboveM = flat[i + 1]?.bottomM ?? Math.max(fixture.sizeM?.[2] ?? 0, space.bottomM + usualGoodsM)
    return { ...space, topM: aboveM }
  })
}

function extentOf(fixture: Fixture, plates: readonly Plate[]) {
  const centres = plates.map(({ positionM, sizeM }) => ({ centreM: inOwnAxesM(fixture, positionM), sizeM }))
  return {
    leftM: Math.min(...centres.map(({ centreM, sizeM }) => centreM[0] - sizeM[0] / 2)),
    rightM: Math.max(...centres.map(({ centreM, sizeM }) => centreM[0] + sizeM[0] / 2)),
    frontM: Math.min(...centres.map(({ centreM, sizeM }) => centreM[1] - sizeM[1] / 2)),
    backM: Math.max(...centres.map(({ centreM, sizeM }) => centreM[1] + sizeM[1] / 2)),
    bottomM: Math.min(...centres.map(({ centreM }) => centreM[2])),
  }
}
