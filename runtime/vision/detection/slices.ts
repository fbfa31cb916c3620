/**
 * Slices: parts of a large picture that a model looks at more closely, beside the whole, because it takes only small
 * pictures and misses who is far away in them (slicing aided inference, arXiv 2202.06934).
 */
import { intersectionOverUnion } from '../box-overlap.ts'
import type { BoxPx, Detection } from '../detection.ts'
import type { Pixels } from './picture-decoder.ts'
import type { PictureFit } from './picture-fit.ts'

/** Upper left corner, as shares of the frame's width and height. Its sides are `1 / closeness` of the frame's. */
export type Slice = readonly [x: number, y: number]

/** So many times larger than in a look at the whole. */
export const closeness = 2
/** What ends at the edge of a slice goes on beyond it, as far as a model's boxes tell. Pixels of the input. */
const edgePx = 2
/** One thing, seen in the whole and in a slice, makes boxes that share so much: less than two boxes of one look. */
const sameOverlap = 0.4

/** Where slices lie in the model's input: each as the whole does. */
export function sliceFits(whole: PictureFit, slices: readonly Slice[]): PictureFit[] {
  const { widthPx, heightPx } = whole.frame
  return slices.map(([x, y]) => ({
    ...whole,
    partPx: [x * widthPx, y * heightPx, widthPx / closeness, heightPx / closeness],
  }))
}

/** Where in the decoded pixels, of the whole frame, the part begins. */
export function originOf({ frame, partPx, widthPx, heightPx }: PictureFit, pixels: Pixels): [number, number] {
  const within = (share: number, all: number, part: number) => Math.min(all - part, Math.round(share * all))
  return [
    within(partPx[0] / frame.widthPx, pixels.widthPx, widthPx),
    within(partPx[1] / frame.heightPx, pixels.heightPx, heightPx),
  ]
}

/** Whether a slice shows only a part of it: another look shows more. */
export function isCut([left, top, width, height]: BoxPx, { partPx, frame, widthPx }: PictureFit): boolean {
  const slack = (edgePx * partPx[2]) / widthPx
  const [right, bottom] = [partPx[0] + partPx[2], partPx[1] + partPx[3]]
  return (
    (partPx[0] > 0 && left < partPx[0] + slack) ||
    (partPx[1] > 0 && top < partPx[1] + slack) ||
    (right < frame.widthPx - 1 && left + width > right - slack) ||
    (bottom < frame.heightPx - 1 && top + height > bottom - slack)
  )
}

/** What several looks at one frame found, each once: of two finds of the same the surer. */
export function mergeLooks([first = [], ...others]: readonly Detection[][]): Detection[] {
  return others.reduce((kept, look) => {
    const isBeaten = (one: Detection, by: readonly Detection[]) => by.some((other) => isSurer(other, one))
    return [...kept.filter((one) => !isBeaten(one, look)), ...look.filter((one) => !isBeaten(one, kept))]
  }, first)
}

const isSurer = (a: Detection, b: Detection) =>
  a.score > b.score && a.label === b.label && intersectionOverUnion(a.boxPx, b.boxPx) > sameOverlap
