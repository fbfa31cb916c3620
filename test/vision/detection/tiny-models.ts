/** Models of a few hundred bytes that answer what a test tells them to, and definitions for them. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OnnxGraph, type OnnxNode, type OnnxTensor, onnxModel } from '../../../bench/vision/onnx-writer.ts'
import type { Detector } from '../../../runtime/vision/models/model-definition.ts'

type TinyDetector = Detector & { classes: string[] }

/** 32 × 32 pixels in cells of 16: four of them, row by row. */
export const tinyYolox: TinyDetector = {
  format: 'open-aisle-model',
  version: 1,
  id: 'tiny-yolox',
  task: 'detect',
  name: 'Tiny',
  licence: 'Apache-2.0',
  description: '',
  sources: ['the tests'],
  input: {
    ...{ widthPx: 32, heightPx: 32, layout: 'nchw', channels: 'bgr', type: 'float32' },
    ...{ fit: 'top-left', padding: 114 },
  },
  output: { family: 'yolox', strides: [16] },
  classes: ['person', 'bottle', 'chair'],
  detects: { person: ['person'], object: ['bottle'] },
  scoreAtLeast: 0.1,
  overlapAtMost: 0.45,
}

/** One person in the upper right cell: 8 pixels wide and 16 high around (24, 8), nearly sure; and a chair. */
export const personAnswer = Float32Array.from([
  ...[0, 0, 0, 0, 0, 0, 0, 0],
  ...[0.5, 0.5, Math.log(0.5), 0, 0.95, 0.98, 0.01, 0.01],
  ...[0.5, 0.5, 0, 0, 0.9, 0.1, 0, 0.9],
  ...[0, 0, 0, 0, 0, 0, 0, 0],
])

const float = (name: string, dims: readonly number[], values: Iterable<number>): OnnxTensor => ({
  name,
  dims,
  values: Float32Array.from(values),
})
const whole = (name: string, dims: readonly number[], values: readonly bigint[]): OnnxTensor => ({
  name,
  dims,
  values: BigInt64Array.from(values),
})

export interface TinyModelOptions {
  inputDims?: readonly (number | string)[]
  inputType?: 'float32' | 'uint8'
  outputDims?: readonly number[]
  notes?: Record<string, string>
  /** What is reckoned on the way: its last output, `extra`, is a number that is multiplied with zero. */
  extra?: Pick<OnnxGraph, 'nodes' | 'constants'>
}

/** Answers always `answer`. */
export function tinyModel(answer: Float32Array, options: TinyModelOptions = {}): Buffer {
  const { inputDims = [1, 3, 32, 32], inputType = 'float32', outputDims = [1, 4, 8], notes, extra } = options
  const toFloat: OnnxNode = { operator: 'Cast', inputs: ['picture'], outputs: ['numbers'], attributes: { to: 1 } }
  const mean: OnnxNode = {
    ...{ operator: 'ReduceMean', inputs: ['numbers'], outputs: ['mean'] },
    attributes: { keepdims: 0 },
  }
  const join = (inputs: string[], operator: string, output: string): OnnxNode => ({
    ...{ operator, inputs, outputs: [output] },
  })
  const added = extra ? [...extra.nodes, join(['mean', 'extra'], 'Add', 'both')] : [join(['mean'], 'Identity', 'both')]
  return onnxModel(
    {
      nodes: [
        toFloat,
        mean,
        ...added,
        join(['both', 'zero'], 'Mul', 'nothing'),
        join(['answer', 'nothing'], 'Add', 'found'),
      ],
      constants: [float('zero', [], [0]), float('answer', outputDims, answer), ...(extra?.constants ?? [])],
      inputs: [{ name: 'picture', type: inputType, dims: inputDims }],
      outputs: [{ name: 'found', type: 'float32', dims: outputDims }],
    },
    notes,
  )
}

/** Goes round so often before it answers: a million rounds take about a second. */
export const looping = (rounds: bigint): TinyModelOptions['extra'] => ({
  nodes: [
    {
      ...{ operator: 'Loop', inputs: ['often', '', 'start'], outputs: ['extra'] },
      attributes: {
        body: {
          nodes: [
            { operator: 'Identity', inputs: ['go'], outputs: ['goOn'] },
            { operator: 'Add', inputs: ['before', 'before'], outputs: ['after'] },
          ],
          constants: [],
          inputs: [
            { name: 'round', type: 'int64', dims: [] },
            { name: 'go', type: 'bool', dims: [] },
            { name: 'before', type: 'float32', dims: [] },
          ],
          outputs: [
            { name: 'goOn', type: 'bool', dims: [] },
            { name: 'after', type: 'float32', dims: [] },
          ],
        },
      },
    },
  ],
  constants: [whole('often', [], [rounds]), float('start', [], [0])],
})

/** Does not end within the life of any test. */
export const endless = looping(2n ** 62n)

/** Asks for 4 TB. */
export const greedy: TinyModelOptions['extra'] = {
  nodes: [
    { operator: 'ConstantOfShape', inputs: ['shape'], outputs: ['large'] },
    { operator: 'ReduceMean', inputs: ['large'], outputs: ['extra'], attributes: { keepdims: 0 } },
  ],
  constants: [whole('shape', [1], [10n ** 12n])],
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A folder of models, gone after the tests of the `describe` that asks for it. */
export function modelFolder() {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'models-'))
  })
  after(() => rmSync(folder, { recursive: true }))
  return {
    path: (name: string) => join(folder, name),
    /** @returns the model as a pool takes it, vouched for */
    add(bytes: Uint8Array, definition: Detector = tinyYolox) {
      const file = join(folder, `${sha256(bytes).slice(0, 16)}.onnx`)
      writeFileSync(file, bytes)
      return { definition, file, sha256: sha256(bytes) }
    },
  }
}
