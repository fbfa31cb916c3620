/** From a camera's picture to the pixels that a model looks at. Decoding goes on in libvips' threads. */
import type { ModelInput } from '../models/model-definition.ts'
import { decodePicture, type Picture, type Pixels } from './picture-decoder.ts'
import { fitPicture, type PictureFit } from './picture-fit.ts'
import { closeness, type Slice, sliceFits } from './slices.ts'

export interface PreparedFrame {
  fit: PictureFit
  /** As large as `fit` says. */
  pixels: Pixels
  /** Parts that are looked at more closely: all of them in one larger picture. */
  slices?: { pixels: Pixels; fits: readonly PictureFit[] }
  /** The whole picture, for a look at single persons. */
  whole?: Pixels
}

/** Longest side of the whole picture: a person of a ceiling camera has some 200 pixels then, enough for any embedder. */
const longestWholePx = 1280

/**
 * @param withWhole whether single persons are looked at
 * @throws AisleError `picture-broken`
 */
export async function prepareFrame(
  frame: Picture,
  input: ModelInput,
  withWhole: boolean,
  slices: readonly Slice[] = [],
): Promise<PreparedFrame> {
  const fit = fitPicture(input, frame)
  const scale = Math.min(1, longestWholePx / Math.max(frame.widthPx, frame.heightPx))
  const decoded = (widthPx: number, heightPx: number) =>
    decodePicture(frame, { widthPx: Math.max(1, Math.round(widthPx)), heightPx: Math.max(1, Math.round(heightPx)) })
  const [pixels, closer, whole] = await Promise.all([
    decodePicture(frame, fit),
    slices.length > 0 ? decoded(closeness * fit.widthPx, closeness * fit.heightPx) : undefined,
    withWhole ? decoded(frame.widthPx * scale, frame.heightPx * scale) : undefined,
  ])
  return {
    ...{ fit, pixels },
    ...(closer && { slices: { pixels: closer, fits: sliceFits(fit, slices) } }),
    ...(whole && { whole }),
  }
}

/** What of it can be handed to another thread without a copy. */
export const transferables = ({ pixels, slices, whole }: PreparedFrame): ArrayBuffer[] =>
  [pixels, slices?.pixels, whole].flatMap((some) => (some ? [some.bytes.buffer] : []))
