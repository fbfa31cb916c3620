/** A camera of the store as geometry: where a point of the store is in its picture, and what a pixel may show. */
import type { Point3DM, PointM } from '../../profile/layout.ts'
import type { Profile } from '../../profile/profile-schema.ts'
import type { PointPx } from '../detection.ts'
import { type Answer, type Lens, lensOf } from './lens.ts'
import { along, cross, dot, minus, unit } from './vectors.ts'

/** How a camera hangs and what its lens is: a camera of the profile, without its device. */
export type CameraPose = Pick<Profile['cameras'][number], 'positionM' | 'lookAtM' | 'rollRad' | 'lens'>

export interface Axes {
  right: Point3DM
  down: Point3DM
  forward: Point3DM
}

/** A pixel on a horizontal plane, and how sure that is: variances and covariance of x and y. */
export interface PlaneFix {
  pointM: PointM
  covarianceM2: readonly [xx: number, xy: number, yy: number]
}

/** Without a lens in the profile: the field of view of a usual ceiling camera. */
const usualHalfFieldRad = Math.PI / 4
/** Nothing is looked at from nearer. */
const nearestM = 0.05
/** A line of sight this close to level meets no plane that matters. */
const leastSlope = 0.02

export class CameraModel {
  readonly widthPx: number
  readonly heightPx: number
  readonly positionM: Point3DM
  readonly axes: Axes
  readonly #focalPx: PointPx
  readonly #centrePx: PointPx
  readonly #lens: Lens

  /** @param sizePx of the pictures that it gives, which may differ from that in which its lens was measured */
  constructor(pose: CameraPose, sizePx: readonly [number, number]) {
    const { lens, positionM } = pose
    ;[this.widthPx, this.heightPx] = sizePx
    this.positionM = positionM
    this.axes = axesOf(pose)
    const usualFocalPx = this.widthPx / 2 / Math.tan(usualHalfFieldRad)
    const scale = lens ? [this.widthPx / lens.pictureSizePx[0], this.heightPx / lens.pictureSizePx[1]] : [1, 1]
    const [sx = 1, sy = 1] = scale
    this.#focalPx = lens ? [lens.focalPx * sx, lens.focalPx * sy] : [usualFocalPx, usualFocalPx]
    this.#centrePx = lens?.centrePx
      ? [lens.centrePx[0] * sx, lens.centrePx[1] * sy]
      : [this.widthPx / 2, this.heightPx / 2]
    this.#lens = lensOf(lens?.kind ?? 'pinhole', lens?.distortion ?? [])
  }

  /** Where a point of the store is in the picture or beside it; null behind the camera or beyond its lens. */
  project([x, y, z]: Point3DM): PointPx | null {
    const answer = { x: 0, y: 0 }
    return this.projectInto(x, y, z, answer) ? [answer.x, answer.y] : null
  }

  /** As {@link project}, for what asks thousands of times a second. @returns false where that is null */
  projectInto(x: number, y: number, z: number, answer: Answer): boolean {
    const { right, down, forward } = this.axes
    const [dx, dy, dz] = [x - this.positionM[0], y - this.positionM[1], z - this.positionM[2]]
    const depthM = dx * forward[0] + dy * forward[1] + dz * forward[2]
    if (depthM < nearestM) return false
    const acrossM = dx * right[0] + dy * right[1] + dz * right[2]
    const belowM = dx * down[0] + dy * down[1] + dz * down[2]
    if (!this.#lens.distort(acrossM / depthM, belowM / depthM, answer)) return false
    answer.x = this.#centrePx[0] + this.#focalPx[0] * answer.x
    answer.y = this.#centrePx[1] + this.#focalPx[1] * answer.y
    return true
  }

  /** How many pixels a metre at `pointM` makes, across the line of sight and in the middle of the picture. */
  pxPerM(pointM: Point3DM): number {
    return this.#focalPx[0] / Math.max(nearestM, dot(minus(pointM, this.positionM), this.axes.forward))
  }

  isInPicture([xPx, yPx]: PointPx): boolean {
    return xPx >= 0 && yPx >= 0 && xPx <= this.widthPx && yPx <= this.heightPx
  }

  /** The direction, of length 1, in which a pixel looks; null beyond the lens. */
  direction([xPx, yPx]: PointPx): Point3DM | null {
    const ray = this.#lens.undistort(
      (xPx - this.#centrePx[0]) / this.#focalPx[0],
      (yPx - this.#centrePx[1]) / this.#focalPx[1],
    )
    if (!ray) return null
    const { right, down, forward } = this.axes
    return unit(along(along(forward, right, ray[0]), down, ray[1]))
  }

  /**
   * The point that a pixel shows if it is `heightM` above the floor; null where the line of sight does not come
   * down, or up, to that.
   * @param sigmaPx standard deviation of the pixel along each axis
   */
  onPlane(px: PointPx, heightM: number, sigmaPx = 1): PlaneFix | null {
    const at = (p: PointPx) => this.#meetsPlane(p, heightM)
    const pointM = at(px)
    const beside = at([px[0] + 1, px[1]])
    const below = at([px[0], px[1] + 1])
    if (!pointM || !beside || !below) return null
    const [ax, ay] = [beside[0] - pointM[0], beside[1] - pointM[1]]
    const [bx, by] = [below[0] - pointM[0], below[1] - pointM[1]]
    const variance = sigmaPx * sigmaPx
    return {
      pointM,
      covarianceM2: [variance * (ax * ax + bx * bx), variance * (ax * ay + bx * by), variance * (ay * ay + by * by)],
    }
  }

  #meetsPlane(px: PointPx, heightM: number): PointM | null {
    const direction = this.direction(px)
    if (!direction || Math.abs(direction[2]) < leastSlope) return null
    const distanceM = (heightM - this.positionM[2]) / direction[2]
    if (distanceM <= 0) return null
    const [x, y] = along(this.positionM, direction, distanceM)
    return [x, y]
  }
}

function axesOf({ positionM, lookAtM, rollRad = 0 }: CameraPose): Axes {
  const forward = unit(minus(lookAtM, positionM))
  // Straight down has no horizon to be level with; the store's y axis stands in.
  const up: Point3DM = Math.abs(forward[2]) > 0.999 ? [0, 1, 0] : [0, 0, 1]
  const level = unit(cross(forward, up))
  const plumb = cross(forward, level)
  const [cos, sin] = [Math.cos(rollRad), Math.sin(rollRad)]
  return {
    forward,
    right: unit(along([level[0] * cos, level[1] * cos, level[2] * cos], plumb, sin)),
    down: unit(along([plumb[0] * cos, plumb[1] * cos, plumb[2] * cos], level, -sin)),
  }
}
