/**
 * Whether a camera can see a point of the store: bodies, fixtures and shelf boards stand in the way. A fixture is
 * open to the front only; from elsewhere it is as good as a wall.
 */
import type { Point3DM, PointM, StoreLayout } from '../../profile/layout.ts'
import type { ViewingCamera } from './vision-quality.ts'

/** Half a trunk's breadth: hands that hang beside it are seen past it. */
const trunkRadiusM = 0.17
/** Shoulders are so far below the crown; head and neck above them. */
const shouldersBelowM = 0.28
const headRadiusM = 0.1
/** Bodies are drawn for grown people of this height. */
const grownM = 1.7
/** A board is so far below the plates' tops that stand on it. */
const boardBelowM = 0.03
const defaultFixtureHeightM = 1.5
/** Half the angle that a camera with a direction sees (a horizontal field of view of 110 degrees). */
const halfAngleCos = Math.cos((55 * Math.PI) / 180)

export interface StandingBody {
  positionM: PointM
  headM: Point3DM
  heightM: number
}

interface Obstacle {
  /** Corners, the front edge between the first two. */
  footprintM: readonly PointM[]
  heightM: number
  boardsM: readonly number[]
  /** Least and greatest x and y. */
  bounds: { from: PointM; until: PointM }
}

export class LineOfSight {
  readonly #cameras: readonly ViewingCamera[]
  readonly #needed: number
  readonly #obstacles: Obstacle[]

  constructor(
    layout: StoreLayout,
    footprints: ReadonlyMap<string, readonly PointM[]>,
    cameras: readonly ViewingCamera[],
    needed: number,
  ) {
    this.#cameras = cameras
    this.#needed = needed
    this.#obstacles = layout.fixtures.map(({ id, sizeM }) => {
      const tops = layout.plates.filter(({ fixture }) => fixture === id).map(({ positionM }) => positionM[2])
      const boardsM = [...new Set(tops)].map((top) => top - boardBelowM)
      const footprintM = footprints.get(id) ?? []
      const edge = (of: (...values: number[]) => number): PointM => [
        of(...footprintM.map(([x]) => x)),
        of(...footprintM.map(([, y]) => y)),
      ]
      const bounds = { from: edge(Math.min), until: edge(Math.max) }
      return { footprintM, heightM: sizeM?.[2] ?? defaultFixtureHeightM, boardsM, bounds }
    })
  }

  /** Whether enough cameras see `point` past the fixtures and `bodies`. */
  sees(point: Point3DM, bodies: readonly StandingBody[]): boolean {
    let seen = 0
    for (const camera of this.#cameras) {
      if (!isInView(camera, point)) continue
      const { positionM } = camera
      if (bodies.some((body) => bodyHides(body, point, positionM))) continue
      if (this.#obstacles.some((obstacle) => fixtureHides(obstacle, point, positionM))) continue
      seen++
      if (seen >= this.#needed) return true
    }
    return false
  }
}

function isInView({ positionM, lookAtM }: ViewingCamera, point: Point3DM): boolean {
  if (!lookAtM) return true
  const [towards, looks] = [minus(point, positionM), minus(lookAtM, positionM)]
  const cos = dot(towards, looks) / (Math.hypot(...towards) * Math.hypot(...looks) || 1)
  return cos >= halfAngleCos
}

/** A trunk, and a head on it. What lies within a body's own outline, as a head does in itself, is not hidden by it. */
function bodyHides({ positionM, headM, heightM }: StandingBody, point: Point3DM, eye: Point3DM): boolean {
  const size = Math.min(1, heightM / grownM)
  const trunk = columnHides(positionM, trunkRadiusM * size, heightM - shouldersBelowM * size, point, eye)
  return trunk || columnHides([headM[0], headM[1]], headRadiusM * size, headM[2], point, eye)
}

/** A column of a radius from the floor up to `topM`. */
function columnHides(centre: PointM, radiusM: number, topM: number, point: Point3DM, eye: Point3DM): boolean {
  const [dx, dy] = [eye[0] - point[0], eye[1] - point[1]]
  const [cx, cy] = [point[0] - centre[0], point[1] - centre[1]]
  const inside = cx * cx + cy * cy - radiusM * radiusM
  if (inside <= 0) return false
  const a = dx * dx + dy * dy
  const b = cx * dx + cy * dy
  const root = b * b - a * inside
  if (a === 0 || root <= 0 || b >= 0) return false
  const enters = (-b - Math.sqrt(root)) / a
  if (enters >= 1) return false
  const leaves = Math.min(1, (-b + Math.sqrt(root)) / a)
  return Math.min(heightAt(point, eye, enters), heightAt(point, eye, leaves)) < topM
}

function fixtureHides(obstacle: Obstacle, point: Point3DM, eye: Point3DM): boolean {
  if (isBeside(obstacle.bounds, point, eye)) return false
  const { footprintM, heightM, boardsM } = obstacle
  const within = stretchWithin(footprintM, point, eye)
  if (!within) return false
  const { from, until, edge } = within
  if (from > 0) return Math.min(heightAt(point, eye, from), heightAt(point, eye, until)) < heightM
  // The hand is in the shelf: it is seen through the open front, below the next board.
  const leavesM = heightAt(point, eye, until)
  if (edge !== 0 && leavesM < heightM) return true
  return boardsM.some((board) => (point[2] < board && board < leavesM) || (leavesM < board && board < point[2]))
}

/** Whether both ends of a line lie on one side of what is bounded: most fixtures are nowhere near it. */
function isBeside({ from, until }: Obstacle['bounds'], a: Point3DM, b: Point3DM): boolean {
  const axisApart = (axis: 0 | 1) =>
    (a[axis] < from[axis] && b[axis] < from[axis]) || (a[axis] > until[axis] && b[axis] > until[axis])
  return axisApart(0) || axisApart(1)
}

/** The part of the line from `point` to `eye` within a convex polygon, as shares, and the edge by which it leaves. */
function stretchWithin(
  polygon: readonly PointM[],
  point: Point3DM,
  eye: Point3DM,
): { from: number; until: number; edge: number } | null {
  if (polygon.length < 3) return null
  const [dx, dy] = [eye[0] - point[0], eye[1] - point[1]]
  let [from, until, edge] = [0, 1, -1]
  for (let i = 0; i < polygon.length; i++) {
    const [a, b] = [polygon[i] as PointM, polygon[(i + 1) % polygon.length] as PointM]
    // Outward normal of an edge of a polygon that turns left.
    const [nx, ny] = [b[1] - a[1], a[0] - b[0]]
    const ahead = nx * dx + ny * dy
    const distance = nx * (point[0] - a[0]) + ny * (point[1] - a[1])
    if (ahead === 0) {
      if (distance > 0) return null
      continue
    }
    const share = -distance / ahead
    if (ahead > 0 && share < until) {
      until = share
      edge = i
    } else if (ahead < 0 && share > from) from = share
    if (from >= until) return null
  }
  return { from, until, edge }
}

const heightAt = (point: Point3DM, eye: Point3DM, share: number) => point[2] + (eye[2] - point[2]) * share
const minus = (a: Point3DM, b: Point3DM): Point3DM => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
const dot = (a: Point3DM, b: Point3DM) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
