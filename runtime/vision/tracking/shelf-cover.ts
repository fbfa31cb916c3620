/** How much of somebody a camera can see past the store's fixtures, anywhere on its floor: worked out once. */
import type { Fixture, Point3DM, PointM } from '../../profile/layout.ts'

const cellM = 0.2
const stepM = 0.15
/** As tall as people are looked for. */
const tallestM = 1.8
const defaultFixtureHeightM = 1.5
const defaultDepthM = 0.45
const defaultWidthM = 1

export class ShelfCover {
  readonly #columns: number
  readonly #rows: number
  readonly #visibleFromM: Float32Array

  constructor(eyeM: Point3DM, fixtures: readonly Fixture[], floorM: PointM) {
    this.#columns = Math.max(1, Math.ceil(floorM[0] / cellM))
    this.#rows = Math.max(1, Math.ceil(floorM[1] / cellM))
    this.#visibleFromM = new Float32Array(this.#columns * this.#rows)
    const boxes = fixtures.map(boxOf)
    for (let row = 0; row < this.#rows; row++) {
      for (let column = 0; column < this.#columns; column++) {
        const [x, y] = [(column + 0.5) * cellM, (row + 0.5) * cellM]
        this.#visibleFromM[row * this.#columns + column] = lowestSeenM(eyeM, boxes, x, y)
      }
    }
  }

  /** The lowest height that is seen above a place of the floor; places off the floor are as its edge. */
  visibleFromM(x: number, y: number): number {
    const column = Math.min(this.#columns - 1, Math.max(0, Math.floor(x / cellM)))
    const row = Math.min(this.#rows - 1, Math.max(0, Math.floor(y / cellM)))
    return this.#visibleFromM[row * this.#columns + column] as number
  }
}

/** Whether a point, outside of all fixtures, is seen past them from another. */
export function sightPast(fixtures: readonly Fixture[]): (eyeM: Point3DM, pointM: Point3DM) => boolean {
  const boxes = fixtures.map(boxOf)
  return (eyeM, pointM) => !boxes.some((box) => hides(box, eyeM, pointM))
}

interface Box {
  origin: PointM
  cos: number
  sin: number
  sizeM: Point3DM
}

const boxOf = ({ positionM, yawRad, sizeM }: Fixture): Box => ({
  origin: [positionM[0], positionM[1]],
  cos: Math.cos(yawRad),
  sin: Math.sin(yawRad),
  sizeM: sizeM ?? [defaultWidthM, defaultDepthM, defaultFixtureHeightM],
})

function lowestSeenM(eyeM: Point3DM, boxes: readonly Box[], x: number, y: number): number {
  // Cells within a fixture's own outline are not hidden by it: who leans over it stands before it.
  const others = boxes.filter((box) => !isWithin(box, x, y))
  for (let z = 0; z < tallestM; z += stepM) if (!others.some((box) => hides(box, eyeM, [x, y, z]))) return z
  return tallestM
}

function toOwn({ origin, cos, sin }: Box, [x, y, z]: Point3DM): Point3DM {
  const [dx, dy] = [x - origin[0], y - origin[1]]
  return [dx * cos + dy * sin, dy * cos - dx * sin, z]
}

function isWithin(box: Box, x: number, y: number): boolean {
  const own = toOwn(box, [x, y, 0])
  return own[0] >= 0 && own[1] >= 0 && own[0] <= box.sizeM[0] && own[1] <= box.sizeM[1]
}

/** Whether the line between two points goes through the box: the slab method, in the box's own directions. */
function hides(box: Box, eyeM: Point3DM, pointM: Point3DM): boolean {
  const [eye, point] = [toOwn(box, eyeM), toOwn(box, pointM)]
  let [from, until] = [0, 1]
  for (const axis of [0, 1, 2] as const) {
    const direction = point[axis] - eye[axis]
    if (Math.abs(direction) < 1e-9) {
      if (eye[axis] < 0 || eye[axis] > box.sizeM[axis]) return false
      continue
    }
    const [a, b] = [-eye[axis] / direction, (box.sizeM[axis] - eye[axis]) / direction]
    from = Math.max(from, Math.min(a, b))
    until = Math.min(until, Math.max(a, b))
    if (from >= until) return false
  }
  return true
}
