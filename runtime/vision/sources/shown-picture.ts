/** A picture as a browser shows it: what a camera sent as it is, pixels as JPEG. */
import sharp from 'sharp'
import type { Frame } from './frame-source.ts'

export interface ShownPicture {
  bytes: Buffer
  contentType: 'image/jpeg' | 'image/png'
}

export async function shownPicture({ format, bytes, widthPx, heightPx }: Frame): Promise<ShownPicture> {
  if (format !== 'rgb24') return { bytes, contentType: `image/${format}` }
  const jpeg = await sharp(bytes, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .jpeg()
    .toBuffer()
  return { bytes: jpeg, contentType: 'image/jpeg' }
}
