/** Cuts a box out of a picture and scales it, for models that look at one person. */
import type { BoxPx } from '../detection.ts'
import type { Pixels, SizePx } from './picture-decoder.ts'

/**
 * Bilinear between the four pixels around each point.
 * @param box in pixels of `picture`, within it
 */
export function cropPicture(picture: Pixels, [leftPx, topPx, boxWidthPx, boxHeightPx]: BoxPx, size: SizePx): Pixels {
  const { widthPx, heightPx } = size
  const cropped = new Uint8Array(3 * widthPx * heightPx)
  const columns = samples(leftPx, boxWidthPx, widthPx, picture.widthPx)
  const rows = samples(topPx, boxHeightPx, heightPx, picture.heightPx)
  const { bytes } = picture
  let to = 0
  for (let y = 0; y < heightPx; y++) {
    const [upper, lower, down] = [rows.first[y] as number, rows.second[y] as number, rows.share[y] as number]
    for (let x = 0; x < widthPx; x++) {
      const [left, right, across] = [
        columns.first[x] as number,
        columns.second[x] as number,
        columns.share[x] as number,
      ]
      const a = (upper * picture.widthPx + left) * 3
      const b = (upper * picture.widthPx + right) * 3
      const c = (lower * picture.widthPx + left) * 3
      const d = (lower * picture.widthPx + right) * 3
      for (let i = 0; i < 3; i++) {
        const top = (bytes[a + i] as number) * (1 - across) + (bytes[b + i] as number) * across
        const bottom = (bytes[c + i] as number) * (1 - across) + (bytes[d + i] as number) * across
        cropped[to++] = top * (1 - down) + bottom * down + 0.5
      }
    }
  }
  return { bytes: cropped, widthPx, heightPx }
}

/** For each of `count` points along a side: the two pixels that it lies between, and the share of the second. */
function samples(fromPx: number, lengthPx: number, count: number, mostPx: number) {
  const [first, second, share] = [new Int32Array(count), new Int32Array(count), new Float32Array(count)]
  for (let i = 0; i < count; i++) {
    // A pixel's value is that of its middle.
    const at = Math.min(Math.max(fromPx + ((i + 0.5) * lengthPx) / count - 0.5, 0), mostPx - 1)
    first[i] = Math.floor(at)
    second[i] = Math.min(Math.floor(at) + 1, mostPx - 1)
    share[i] = at - Math.floor(at)
  }
  return { first, second, share }
}
