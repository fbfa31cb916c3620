import sharp from 'sharp'
import type { Picture } from '../render/canvas.ts'

/** As cameras compress their sub-streams. */
const quality = 80

/** A JPEG file, made on a thread of libvips. */
export function encodeJpeg({ width, height, pixels }: Picture): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer()
}
