/**
 * A camera without distortion. Its own axes: x to the right of the picture, y down, z into the scene; a pixel's
 * centre lies half a pixel from its upper left corner. It shares no projection with the platform's camera model, so
 * that an error in either shows.
 */
import type { Point3DM } from '../../profile/layout.ts'
import type { Profile } from '../../profile/profile-schema.ts'
import { cross, dot, minus, along as plus, unit } from '../../vision/camera-model/vectors.ts'

/** A camera of the profile, and the size of the pictures that are wanted. Its lens is drawn without distortion. */
export interface CameraView extends Pick<Profile['cameras'][number], 'positionM' | 'lookAtM' | 'rollRad' | 'lens'> {
  widthPx: number
  heightPx: number
}

/** Half of the field of view of a camera whose lens the profile does not tell, from its middle to a side. */
const usualHalfFieldRad = Math.PI / 4
/** Nothing nearer to the lens is drawn. */
export const nearestM = 0.05

export class Pinhole {
  readonly widthPx: number
  readonly heightPx: number
  readonly focalPx: number
  /** Where the line of sight meets the picture. */
  readonly centrePx: readonly [xPx: number, yPx: number]
  readonly #eyeM: Point3DM
  readonly #right: Point3DM
  readonly #down: Point3DM
  readonly #forward: Point3DM

  constructor({ positionM, lookAtM, rollRad = 0, lens, widthPx, heightPx }: CameraView) {
    this.widthPx = widthPx
    this.heightPx = heightPx
    const [lensWidthPx, lensHeightPx] = lens?.pictureSizePx ?? [widthPx, heightPx]
    const [centreX, centreY] = lens?.centrePx ?? [lensWidthPx / 2, lensHeightPx / 2]
    this.focalPx = lens ? (lens.focalPx * widthPx) / lensWidthPx : widthPx / 2 / Math.tan(usualHalfFieldRad)
    this.centrePx = [(centreX * widthPx) / lensWidthPx, (centreY * heightPx) / lensHeightPx]
    this.#eyeM = positionM
    this.#forward = unit(minus(lookAtM, positionM))
    // Straight down has no horizon to be level with; the store's y axis stands in.
    const up: Point3DM = Math.abs(this.#forward[2]) > 0.999 ? [0, 1, 0] : [0, 0, 1]
    const level = unit(cross(this.#forward, up))
    const plumb = cross(this.#forward, level)
    const [cos, sin] = [Math.cos(rollRad), Math.sin(rollRad)]
    // The camera turns clockwise as it looks, from its right to its lower side.
    this.#right = plus([level[0] * cos, level[1] * cos, level[2] * cos], plumb, sin)
    this.#down = cross(this.#forward, this.#right)
  }

  /** A point of the store in the camera's own axes, in metres. */
  point(storeM: Point3DM): Point3DM {
    return this.direction(minus(storeM, this.#eyeM))
  }

  /** A direction of the store in the camera's own axes. */
  direction(v: Point3DM): Point3DM {
    return [dot(v, this.#right), dot(v, this.#down), dot(v, this.#forward)]
  }

  /** Where a point of the store is in the picture, perhaps beyond its edges; null: behind the camera. */
  px(storeM: Point3DM): [xPx: number, yPx: number] | null {
    const [x, y, z] = this.point(storeM)
    if (z < nearestM) return null
    return [this.centrePx[0] + (this.focalPx * x) / z, this.centrePx[1] + (this.focalPx * y) / z]
  }
}
