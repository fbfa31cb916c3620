import sharp from 'sharp'
import type { Picture } from '../../../runtime/vision/detection/picture-decoder.ts'

/** Red on the left, blue on the right. */
export function redAndBlue(widthPx: number, heightPx: number): Picture {
  const bytes = Buffer.alloc(3 * widthPx * heightPx)
  for (let i = 0; i < widthPx * heightPx; i++) bytes[3 * i + (i % widthPx < widthPx / 2 ? 0 : 2)] = 255
  return { format: 'rgb24', bytes, widthPx, heightPx }
}

export async function jpegOf({ bytes, widthPx, heightPx }: Picture): Promise<Picture> {
  const raw = { width: widthPx, height: heightPx, channels: 3 } as const
  return { format: 'jpeg', bytes: await sharp(bytes, { raw }).jpeg({ quality: 95 }).toBuffer(), widthPx, heightPx }
}
