/** From a camera's picture to the pixels that a model looks at. Decoding goes on in libvips' threads. */
import type { ModelInput } from '../models/model-definition.ts'
import { decodePicture, type Picture, type Pixels } from './picture-decoder.ts'
import { fitPicture, type PictureFit } from './picture-fit.ts'

export interface PreparedFrame {
  fit: PictureFit
  /** As large as `fit` says. */
  pixels: Pixels
  /** The whole picture, for a look at single persons. */
  whole?: Pixels
}

/** Longest side of the whole picture: a person of a ceiling camera has some 200 pixels then, enough for any embedder. */
const longestWholePx = 1280

/** @throws AisleError `picture-broken` */
export async function prepareFrame(frame: Picture, input: ModelInput, withWhole: boolean): Promise<PreparedFrame> {
  const fit = fitPicture(input, frame)
  if (!withWhole) return { fit, pixels: await decodePicture(frame, fit) }
  const scale = Math.min(1, longestWholePx / Math.max(frame.widthPx, frame.heightPx))
  const [pixels, whole] = await Promise.all([
    decodePicture(frame, fit),
    decodePicture(frame, {
      widthPx: Math.max(1, Math.round(frame.widthPx * scale)),
      heightPx: Math.max(1, Math.round(frame.heightPx * scale)),
    }),
  ])
  return { fit, pixels, whole }
}

/** What of it can be handed to another thread without a copy. */
export const transferables = ({ pixels, whole }: PreparedFrame): ArrayBuffer[] =>
  [pixels, ...(whole ? [whole] : [])].map(({ bytes }) => bytes.buffer)
