/** A picture in which all but some regions is too coarse to tell anybody by. */
import sharp from 'sharp'
import { decodePicture, type Picture, type Pixels } from '../detection/picture-decoder.ts'
import { isIn, type ShownRegions } from './shown-regions.ts'

/** Wide enough to see what a hand holds. */
const mostWidthPx = 1280
/** Of the blurred part, over the whole width: a body under a ceiling camera is a few of them. */
const coarseColumns = 24
const quality = 82

/**
 * @param regions in pixels of the picture
 * @returns a JPEG without the data that a camera writes beside a picture
 * @throws AisleError `picture-broken`
 */
export async function blurredJpeg(picture: Picture, regions: ShownRegions): Promise<Buffer> {
  const scale = Math.min(1, mostWidthPx / picture.widthPx)
  const size = { widthPx: Math.round(picture.widthPx * scale), heightPx: Math.round(picture.heightPx * scale) }
  const rows = Math.max(1, Math.round((coarseColumns * size.heightPx) / size.widthPx))
  const [fine, coarse] = await Promise.all([
    decodePicture(picture, size),
    decodePicture(picture, { widthPx: coarseColumns, heightPx: rows }),
  ])
  coarsen(fine, coarse, (x, y) => isShown(regions, x / scale, y / scale))
  const { bytes, widthPx, heightPx } = fine
  return await sharp(bytes, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .jpeg({ quality })
    .toBuffer()
}

const isShown = ({ shown, blurred }: ShownRegions, x: number, y: number) =>
  shown.some((box) => isIn(box, x, y)) && !blurred.some((box) => isIn(box, x, y))

function coarsen(fine: Pixels, coarse: Pixels, isKept: (x: number, y: number) => boolean): void {
  for (let y = 0; y < fine.heightPx; y++) {
    const row = Math.min(coarse.heightPx - 1, Math.floor((y * coarse.heightPx) / fine.heightPx))
    for (let x = 0; x < fine.widthPx; x++) {
      if (isKept(x + 0.5, y + 0.5)) continue
      const column = Math.min(coarse.widthPx - 1, Math.floor((x * coarse.widthPx) / fine.widthPx))
      const [to, from] = [3 * (y * fine.widthPx + x), 3 * (row * coarse.widthPx + column)]
      for (let channel = 0; channel < 3; channel++) fine.bytes[to + channel] = coarse.bytes[from + channel] as number
    }
  }
}
