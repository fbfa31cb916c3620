/** From metres on the floor to points of the drawing: pure functions. */
import type { FloorPlanLayout, Point3DM, PointM } from './live-view.ts'

/** Units of the drawing per metre. */
export const unitsPerM = 100

export type Fixture = FloorPlanLayout['fixtures'][number]
export type Plate = FloorPlanLayout['plates'][number]
/** A point of the drawing: x to the right, y down. */
export type DrawingPoint = [number, number]

/** The entrance side (y = 0) is at the bottom of the drawing, as one stands at the door. */
export class FloorFrame {
  readonly width: number
  readonly height: number

  constructor([widthM, depthM]: PointM) {
    this.width = widthM * unitsPerM
    this.height = depthM * unitsPerM
  }

  point([xM, yM]: PointM | Point3DM): DrawingPoint {
    return [xM * unitsPerM, this.height - yM * unitsPerM]
  }

  points(pointsM: readonly (PointM | Point3DM)[]): string {
    return pointsM.map((pointM) => this.point(pointM).map(rounded).join(',')).join(' ')
  }
}

export const rounded = (value: number): number => Math.round(value * 10) / 10

export function fixtureOutlineM(fixture: Fixture): PointM[] {
  const [widthM, depthM] = fixture.sizeM
  return rectangle(fixture, 0, widthM, 0, depthM)
}

/**
 * A plate as it is drawn. Shelves hang above each other, so from above one sees only the topmost; they are drawn
 * side by side in the fixture's depth instead, the bottom one in front.
 */
export function plateOutlineM(plate: Plate, fixture: Fixture, shelves: number): PointM[] {
  const gapM = 0.02
  const centreM = alongFixtureM(plate.positionM, fixture)
  const [halfM, bandM] = [plate.sizeM[0] / 2, fixture.sizeM[1] / shelves]
  const frontM = (plate.shelf - 1) * bandM
  return rectangle(fixture, centreM - halfM, centreM + halfM, frontM + gapM, frontM + bandM - gapM)
}

export function centreM(outline: readonly PointM[]): PointM {
  const sum = outline.reduce<PointM>(([x, y], [dx, dy]) => [x + dx, y + dy], [0, 0])
  return [sum[0] / outline.length, sum[1] / outline.length]
}

/** The edge of a gate's zone that lies nearest to the floor's border: there its leaf is drawn. */
export function doorEdgeM(zoneM: readonly PointM[], [widthM, depthM]: PointM): [PointM, PointM] {
  const toBorder = ([x, y]: PointM) => Math.min(x, y, widthM - x, depthM - y)
  const edges = zoneM.map((from, i): [PointM, PointM] => [from, zoneM[(i + 1) % zoneM.length] ?? from])
  return edges.reduce((best, edge) => {
    const distance = ([a, b]: [PointM, PointM]) => toBorder(a) + toBorder(b)
    return distance(edge) < distance(best) ? edge : best
  })
}

function alongFixtureM([x, y]: Point3DM, { positionM, yawRad }: Fixture): number {
  return (x - positionM[0]) * Math.cos(yawRad) + (y - positionM[1]) * Math.sin(yawRad)
}

/** In the fixture's own axes: x along its plates, y into the shelf. */
function rectangle({ positionM, yawRad }: Fixture, left: number, right: number, front: number, back: number): PointM[] {
  const [cos, sin] = [Math.cos(yawRad), Math.sin(yawRad)]
  const corners: PointM[] = [
    [left, front],
    [right, front],
    [right, back],
    [left, back],
  ]
  return corners.map(([x, y]) => [positionM[0] + x * cos - y * sin, positionM[1] + x * sin + y * cos])
}
