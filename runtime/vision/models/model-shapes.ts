/** The shapes that a model's numbers have to have for its definition to say what they mean. */
import { AisleError } from '../../contract/errors.ts'
import type { Detector, ModelDefinition, ModelInput } from './model-definition.ts'

type Shape = readonly number[]

export interface TensorShape {
  name: string
  type: string
  /** As the file says it; a word where it leaves a length open. */
  dims: readonly (number | string)[]
}

export const inputShape = ({ layout, widthPx, heightPx }: ModelInput): Shape =>
  layout === 'nchw' ? [1, 3, heightPx, widthPx] : [1, heightPx, widthPx, 3]

/** What comes out, in the order in which it is read from. */
export function outputShapes(definition: ModelDefinition): Shape[] {
  if (definition.task === 'embed') return [[1, definition.output.numbers]]
  const { output, classes } = definition
  const cells = cellsOf(definition)
  const all = cells.reduce((sum, count) => sum + count, 0)
  switch (output.family) {
    case 'yolox':
      return [[1, all, 5 + classes.length]]
    case 'yolov8':
      return [[1, 4 + classes.length, all]]
    case 'yolov8-pose':
      return [[1, 4 + classes.length + 3 * output.keypoints, all]]
    case 'nanodet':
      return [
        ...cells.map((count) => [1, count, classes.length]),
        ...cells.map((count) => [1, count, 4 * output.distances]),
      ]
  }
}

/** Cells of each grid. */
export const cellsOf = ({ input, output }: Detector): number[] =>
  output.strides.map((stride) => Math.ceil(input.widthPx / stride) * Math.ceil(input.heightPx / stride))

/** @throws AisleError `model-shape` */
export function checkInput(definition: ModelDefinition, inputs: readonly TensorShape[], file: string): void {
  const wanted = inputShape(definition.input)
  const [only] = inputs
  if (!only || inputs.length > 1) throw misfit(file, `It has ${inputs.length} inputs, and one picture is all we have`)
  if (only.type !== definition.input.type || !fits(only.dims, wanted)) {
    throw misfit(
      file,
      `It takes ${only.type} ${told(only.dims)}, but the definition says ${definition.input.type} ${told(wanted)}`,
    )
  }
}

/**
 * Which of a model's outputs is which, by what really came out of it: lengths may be left open in the file.
 * @returns for each of {@link outputShapes} an index into `outputs`
 * @throws AisleError `model-shape`
 */
export function matchOutputs(definition: ModelDefinition, outputs: readonly TensorShape[], file: string): number[] {
  const taken = new Set<number>()
  return outputShapes(definition).map((wanted) => {
    const at = outputs.findIndex(({ type, dims }, i) => !taken.has(i) && type === 'float32' && fits(dims, wanted))
    if (at < 0) {
      const given = outputs.map(({ type, dims }) => `${type} ${told(dims)}`).join(', ')
      throw misfit(file, `It gives ${given || 'nothing'}, but by the definition there is float32 ${told(wanted)} in it`)
    }
    taken.add(at)
    return at
  })
}

const fits = (dims: readonly (number | string)[], wanted: Shape) =>
  dims.length === wanted.length && dims.every((dim, i) => typeof dim === 'string' || dim === wanted[i])

const told = (dims: readonly (number | string)[]) => `[${dims.join(', ')}]`

const misfit = (where: string, message: string) =>
  new AisleError('model-shape', `${message}.`, {
    where,
    action: 'Use the definition that belongs to this model, or export it for the size that the definition names.',
  })
