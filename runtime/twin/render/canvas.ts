/** What is drawn on: for each pixel its colour, how far away it is, and whose it is. */
import type { Pinhole } from './pinhole.ts'

/** Red, green, blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number]

export interface Picture {
  width: number
  height: number
  /** Red, green, blue for each pixel, row by row. */
  pixels: Uint8Array
}

/** Whose a pixel is when it is nobody's. */
export const ofTheRoom = 0

export class Canvas {
  readonly widthPx: number
  readonly heightPx: number
  readonly colour: Uint8ClampedArray
  /** Along the camera's axis. */
  readonly depthM: Float32Array
  readonly owner: Uint16Array

  constructor({ widthPx, heightPx }: Pick<Pinhole, 'widthPx' | 'heightPx'>) {
    this.widthPx = widthPx
    this.heightPx = heightPx
    this.colour = new Uint8ClampedArray(widthPx * heightPx * 3)
    this.depthM = new Float32Array(widthPx * heightPx).fill(Number.POSITIVE_INFINITY)
    this.owner = new Uint16Array(widthPx * heightPx)
  }

  /** Takes away what was drawn within a part of it; colours stay until they are drawn over. */
  clear({ left, top, right, bottom }: PixelRect = wholeOf(this)): void {
    for (let from = top * this.widthPx; from < bottom * this.widthPx; from += this.widthPx) {
      this.depthM.fill(Number.POSITIVE_INFINITY, from + left, from + right)
      this.owner.fill(ofTheRoom, from + left, from + right)
    }
  }

  copyFrom(other: Canvas): void {
    this.colour.set(other.colour)
    this.depthM.set(other.depthM)
    this.owner.set(other.owner)
  }
}

/** Whole pixels: from the first on, up to before the last. */
export interface PixelRect {
  left: number
  top: number
  right: number
  bottom: number
}

export const wholeOf = ({ widthPx, heightPx }: Canvas): PixelRect => ({
  left: 0,
  top: 0,
  right: widthPx,
  bottom: heightPx,
})

export const isEmpty = ({ left, top, right, bottom }: PixelRect): boolean => left >= right || top >= bottom

/** The part of a rectangle of any numbers that the picture shows. */
export function clipped({ left, top, right, bottom }: PixelRect, { widthPx, heightPx }: Canvas): PixelRect {
  return {
    left: Math.max(0, Math.floor(left)),
    top: Math.max(0, Math.floor(top)),
    right: Math.min(widthPx, Math.ceil(right)),
    bottom: Math.min(heightPx, Math.ceil(bottom)),
  }
}
