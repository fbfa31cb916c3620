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
  /** The frame as the camera gave it, and the part of it that lies there. */
  frame: SizePx
  partPx: BoxPx
}

export function fitPicture({ widthPx, heightPx, fit }: ModelInput, picture: SizePx): PictureFit {
  // Only its size: what a fit is handed on to has no use for the picture's bytes.
  const frame = { widthPx: picture.widthPx, heightPx: picture.heightPx }
  const partPx: BoxPx = [0, 0, frame.widthPx, frame.heightPx]
  if (fit === 'stretched') return { leftPx: 0, topPx: 0, widthPx, heightPx, frame, partPx }
  const scale = Math.min(widthPx / frame.widthPx, heightPx / frame.heightPx)
  // A picture a thousand times wider than high still has a row.
  const scaled = (length: number) => Math.max(1, Math.floor(length * scale + 1e-6))
  const [width, height] = [scaled(frame.widthPx), scaled(frame.heightPx)]
  const aside = (room: number) => (fit === 'centred' ? Math.floor(room / 2) : 0)
  const place = { leftPx: aside(widthPx - width), topPx: aside(heightPx - height), widthPx: width, heightPx: height }
  return { ...place, frame, partPx }
}

/** A point of the input as a point of the frame. */
export function pointInFrame({ leftPx, topPx, widthPx, heightPx, partPx }: PictureFit, x: number, y: number): PointPx {
  const [left, top, width, height] = partPx
  return [left + ((x - leftPx) * width) / widthPx, top + ((y - topPx) * height) / heightPx]
}

/** A box of the input as a box of the frame, cut at the edges of the part; undefined when nothing of a pixel is left. */
export function boxInFrame(
  fit: PictureFit,
  leftPx: number,
  topPx: number,
  rightPx: number,
  bottomPx: number,
): BoxPx | undefined {
  const [fromX, fromY, partWidth, partHeight] = fit.partPx
  const [left, top] = pointInFrame(fit, leftPx, topPx)
  const [right, bottom] = pointInFrame(fit, rightPx, bottomPx)
  const [x, y] = [Math.max(fromX, left), Math.max(fromY, top)]
  const [width, height] = [Math.min(right, fromX + partWidth) - x, Math.min(bottom, fromY + partHeight) - y]
  return width >= 1 && height >= 1 ? [x, y, width, height] : undefined
}
