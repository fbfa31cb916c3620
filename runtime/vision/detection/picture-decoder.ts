/** Decodes pictures with libvips, on its threads: JPEG is shrunk while it is decoded, which costs half as much. */
import sharp, { type SharpOptions } from 'sharp'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import type { Frame } from '../sources/frame-source.ts'

// Frames differ from each other: what libvips would remember of one is of no use to the next. One thread a picture:
// several cameras share the cores better than one picture does.
sharp.cache(false)
sharp.concurrency(1)

export interface SizePx {
  widthPx: number
  heightPx: number
}

/** Pixels row by row, three bytes each: red, green, blue. */
export interface Pixels extends SizePx {
  bytes: Uint8Array<ArrayBuffer>
}

export type Picture = Pick<Frame, 'format' | 'bytes' | 'widthPx' | 'heightPx'>

/** 8K; what claims to be larger is broken, or made to fill the memory. */
const mostPixels = 7680 * 4320

/**
 * The whole picture in another size.
 * @throws AisleError `picture-broken`
 */
export async function decodePicture(picture: Picture, { widthPx, heightPx }: SizePx): Promise<Pixels> {
  const pipeline = sharp(picture.bytes, { ...inputOptions(picture), failOn: 'error', limitInputPixels: mostPixels })
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

function inputOptions({ format, bytes, widthPx, heightPx }: Picture): SharpOptions {
  if (widthPx * heightPx > mostPixels) throw pictureBroken(`it claims ${widthPx} × ${heightPx} pixels`)
  if (format !== 'rgb24') return { sequentialRead: true }
  if (bytes.length !== 3 * widthPx * heightPx) {
    throw pictureBroken(`${bytes.length} bytes are not ${widthPx} × ${heightPx} pixels`)
  }
  return { raw: { width: widthPx, height: heightPx, channels: 3 } }
}

const pictureBroken = (reason: string, cause?: unknown) =>
  new AisleError('picture-broken', `A picture cannot be read: ${reason}.`, {
    action: 'If it goes on, look at the cable and the stream of this camera.',
    cause,
  })
