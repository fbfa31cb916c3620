/** A first guess of a camera's pose from points of one plane: the homography, taken apart. */
import type { Point3DM } from '../../profile/layout.ts'
import { along, cross, dot, unit } from '../camera-model/vectors.ts'
import type { PointPx } from '../detection.ts'
import type { FreePose } from './free-pose.ts'
import { normalEquations, solve } from './least-squares.ts'

export interface PlanePoint {
  atPx: PointPx
  storeM: Point3DM
}

/**
 * Where a camera of that focal length would hang to see the plane's points so; null when they say nothing of it.
 * @param points at least 4, all of one height
 */
export function poseFromPlane(
  points: readonly PlanePoint[],
  [widthPx, heightPx]: readonly [number, number],
  focalPx: number,
): FreePose | null {
  const planeM = points[0]?.storeM[2] ?? 0
  const middle = centre(points.map(({ storeM: [x, y] }) => [x, y]))
  // About the middle and in units of the focal length, so that the equations are well conditioned.
  const seen = points.map(({ atPx: [x, y], storeM }) => ({
    u: (x - widthPx / 2) / focalPx,
    v: (y - heightPx / 2) / focalPx,
    x: storeM[0] - middle[0],
    y: storeM[1] - middle[1],
  }))
  const rows = seen.flatMap(({ u, v, x, y }) => [
    [x, y, 1, 0, 0, 0, -u * x, -u * y],
    [0, 0, 0, x, y, 1, -v * x, -v * y],
  ])
  const { matrix, vector } = normalEquations(
    rows,
    seen.flatMap(({ u, v }) => [u, v]),
  )
  const h = solve(matrix, vector)
  if (!h) return null
  const [h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0, h7 = 0, h8 = 0] = h
  // Columns of the plane's x and y axes and of its origin, as the camera sees them.
  const [a, b, t]: [Point3DM, Point3DM, Point3DM] = [
    [h1, h4, h7],
    [h2, h5, h8],
    [h3, h6, 1],
  ]
  const scale = 2 / (Math.hypot(...a) + Math.hypot(...b))
  const xAxis = unit(a)
  const yAxis = unit(along(b, xAxis, -dot(b, xAxis)))
  const zAxis = cross(xAxis, yAxis)
  // Rows of the turn are the camera's axes in the store's directions.
  const axis = (i: 0 | 1 | 2): Point3DM => [xAxis[i], yAxis[i], zAxis[i]]
  const axes = { right: axis(0), down: axis(1), forward: axis(2) }
  const origin: Point3DM = [t[0] * scale, t[1] * scale, t[2] * scale]
  const eye: Point3DM = [-dot(xAxis, origin), -dot(yAxis, origin), -dot(zAxis, origin)]
  return {
    positionM: [eye[0] + middle[0], eye[1] + middle[1], eye[2] + planeM],
    axes,
    focalPx,
    distortion: [],
    kind: 'pinhole',
  }
}

function centre(points: readonly (readonly [number, number])[]): [number, number] {
  const sum = points.reduce<[number, number]>(([x, y], p) => [x + p[0], y + p[1]], [0, 0])
  return [sum[0] / points.length, sum[1] / points.length]
}
