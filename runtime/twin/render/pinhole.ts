/**
 * A camera without distortion. Its own axes: x to the right of the picture, y down, z into the scene; a pixel's
 * centre lies half a pixel from its upper left corner.
 */
import type { Point3DM } from '../../profile/layout.ts'
import { cross, dot, minus, unit } from './vector.ts'

/** A 2.8 mm lens before a sensor of 1/2.8 inch, as most ceiling cameras have it: about 110 degrees. */
export const usualFovDeg = 110

export interface CameraView {
  positionM: Point3DM
  lookAtM: Point3DM
  /** From the left edge of the picture to the right. */
  horizontalFovDeg: number
  widthPx: number
  heightPx: number
}

export class Pinhole {
  readonly widthPx: number
  readonly heightPx: number
  readonly focalPx: number
  readonly #eyeM: Point3DM
  readonly #right: Point3DM
  readonly #down: Point3DM
  readonly #forward: Point3DM

  constructor({ positionM, lookAtM, horizontalFovDeg, widthPx, heightPx }: CameraView) {
    this.widthPx = widthPx
    this.heightPx = heightPx
    this.focalPx = widthPx / 2 / Math.tan((horizontalFovDeg * Math.PI) / 360)
    this.#eyeM = positionM
    this.#forward = unit(minus(lookAtM, positionM))
    // Straight down has no horizon to be level with; the store's y axis stands in.
    const up: Point3DM = Math.abs(this.#forward[2]) > 0.999 ? [0, 1, 0] : [0, 0, 1]
    this.#right = unit(cross(this.#forward, up))
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
    return [this.widthPx / 2 + (this.focalPx * x) / z, this.heightPx / 2 + (this.focalPx * y) / z]
  }
}

/** Nothing nearer to the lens is drawn. */
export const nearestM = 0.05
