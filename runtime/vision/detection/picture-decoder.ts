/** Decodes pictures with libvips, on its threads: JPEG is shrunk while it is decoded, which costs half as much. */
import sharp from 'sharp'
import { errorSentence } from '../../contract/errors.ts'
import { pictureBroken, type SizePx } from './picture-size.ts'

// Frames differ from each other: what libvips would remember of one is of no use to the next. One thread a picture:
// several cameras share the cores better than one picture does.
sharp.cache(false)
sharp.concurrency(1)

/** Pixels row by row, three bytes each: red, green, blue. */
export interface Pixels extends SizePx {
  bytes: Uint8Array<ArrayBuffer>
}

/**
 * @param bytes JPEG or PNG, of a size that `pictureSize` accepted
 * @throws AisleError `picture-broken`
 */
export async function decodePicture(bytes: Uint8Array, { widthPx, heightPx }: SizePx): Promise<Pixels> {
  const pipeline = sharp(bytes, { sequentialRead: true, failOn: 'error' })
    // Linear, as the models' own training resized; wider than linear would only cost more.
    .resize({ width: widthPx, height: heightPx, fit: 'fill', kernel: 'linear', fastShrinkOnLoad: true })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
  const { data, info } = await pipeline.toUint8Array().catch((cause: unknown) => {
    throw pictureBroken(errorSentence(cause), cause)
  })
  if (info.channels !== 3) throw pictureBroken(`it has ${info.channels} channels`)
  return { bytes: data as Uint8Array<ArrayBuffer>, widthPx, heightPx }
}
