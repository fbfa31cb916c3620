/** Where a camera's picture lies in a model's input, and the way back from there. */
import type { BoxPx, PointPx } from '../detection.ts'
import type { ModelInput } from '../models/model-definition.ts'
import type { SizePx } from './picture-decoder.ts'

export interface PictureFit {
  /** Of the picture within the input. */
  leftPx: number
  topPx: number
  widthPx: number
  heightPx: number
  /** Of the frame as the camera gave it. */
  frame: SizePx
}

export function fitPicture({ widthPx, heightPx, fit }: ModelInput, picture: SizePx): PictureFit {
  // Only its size: what a fit is handed on to has no use for the picture's bytes.
  const frame = { widthPx: picture.widthPx, heightPx: picture.heightPx }
  if (fit === 'stretched') return { leftPx: 0, topPx: 0, widthPx, heightPx, frame }
  const scale = Math.min(widthPx / frame.widthPx, heightPx / frame.heightPx)
  // A picture a thousand times wider than high still has a row.
  const scaled = (length: number) => Math.max(1, Math.floor(length * scale + 1e-6))
  const [width, height] = [scaled(frame.widthPx), scaled(frame.heightPx)]
  const aside = (room: number) => (fit === 'centred' ? Math.floor(room / 2) : 0)
  return { leftPx: aside(widthPx - width), topPx: aside(heightPx - height), widthPx: width, heightPx: height, frame }
}

/** A point of the input as a point of the frame. */
export const pointInFrame = (fit: PictureFit, xPx: number, yPx: number): PointPx => [
  ((xPx - fit.leftPx) * fit.frame.widthPx) / fit.widthPx,
  ((yPx - fit.topPx) * fit.frame.heightPx) / fit.heightPx,
]

/** A box of the input as a box of the frame, cut at its edges; undefined when nothing of a pixel is left. */
export function boxInFrame(
  fit: PictureFit,
  leftPx: number,
  topPx: number,
  rightPx: number,
  bottomPx: number,
): BoxPx | undefined {
  const { widthPx, heightPx } = fit.frame
  const [left, top] = pointInFrame(fit, leftPx, topPx).map((value) => Math.max(0, value)) as [number, number]
  const [right, bottom] = pointInFrame(fit, rightPx, bottomPx)
  const [width, height] = [Math.min(right, widthPx) - left, Math.min(bottom, heightPx) - top]
  return width >= 1 && height >= 1 ? [left, top, width, height] : undefined
}
