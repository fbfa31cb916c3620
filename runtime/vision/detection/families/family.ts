import type { Detector } from '../../models/model-definition.ts'
import type { Candidate } from './candidates.ts'

/** A keypoint of a body, in pixels of the input. */
export interface Keypoint {
  xPx: number
  yPx: number
  score: number
}

/** How the numbers of one family of models are read. Made once for a model, as grids are the same for each frame. */
export interface FamilyReader {
  /** @param outputs in the order of `outputShapes` */
  candidates(outputs: readonly Float32Array[]): Candidate[]
  /** Of the body in `cell`, as the definition counts them. */
  keypoint?(outputs: readonly Float32Array[], cell: number, index: number): Keypoint
}

/** Columns and rows of each grid, from the finest stride on; cells run row by row. */
export const gridsOf = ({ input, output }: Detector) =>
  output.strides.map((stride) => ({
    stride,
    columns: Math.ceil(input.widthPx / stride),
    rows: Math.ceil(input.heightPx / stride),
  }))
