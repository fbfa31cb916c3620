/**
 * Nets with random weights that cost what detectors of their kind do, so that speed can be measured where no trained
 * model is: they see nothing. `large` is built and paid for like a small YOLO (640 pixels, 4.8 GFLOP), `small` like a
 * MobileNet (320 pixels, 1.1 GFLOP); both speak as YOLOv8 does.
 */
import { gaussian, type Random, seededRandom } from '../../runtime/contract/random.ts'
import type { Detector } from '../../runtime/vision/models/model-definition.ts'
import { type OnnxNode, type OnnxTensor, onnxModel } from './onnx-writer.ts'

export interface Net {
  name: string
  definition: Detector
  bytes: Buffer
}

interface Map2D {
  name: string
  channels: number
}

type Activation = 'silu' | 'relu6' | 'none'

const classes = Array.from({ length: 80 }, (_, i) => `class ${i}`)
const answers = 4 + classes.length
/** Of a class score: no random picture comes near to being anything. */
const never = -1000

export function largeNet(): Net {
  return net('large', 640, [8, 16, 32], (build, picture) => {
    const residual = (x: Map2D) => build.add(x, build.convolve(x, x.channels))
    let x = build.convolve(build.convolve(picture, 16, { stride: 2 }), 32, { stride: 2 })
    x = build.convolve(residual(x), 64, { stride: 2 })
    const fine = residual(x)
    x = build.convolve(fine, 128, { stride: 2 })
    const middle = residual(residual(x))
    x = build.convolve(middle, 256, { stride: 2 })
    const coarse = residual(residual(x))
    return [fine, middle, coarse].map((each) => build.convolve(each, 64))
  })
}

export function smallNet(): Net {
  return net('small', 320, [16], (build, picture) => {
    let x = build.convolve(picture, 32, { stride: 2, activation: 'relu6' })
    const layers = [64, 128, 128, 256, 256, 512, 512]
    for (const [i, channels] of layers.entries()) {
      const deep = { stride: i % 2 ? 2 : 1, groups: x.channels, activation: 'relu6' } as const
      x = build.convolve(build.convolve(x, x.channels, deep), channels, { kernel: 1, activation: 'relu6' })
    }
    return [x]
  })
}

function net(name: string, sizePx: number, strides: number[], body: (build: Builder, picture: Map2D) => Map2D[]): Net {
  const build = new Builder(seededRandom(1))
  const heads = body(build, { name: 'images', channels: 3 }).map((map) => build.answer(map))
  const cells = strides.reduce((sum, stride) => sum + (sizePx / stride) ** 2, 0)
  const joined: OnnxNode = {
    ...{ operator: 'Concat', inputs: heads, outputs: ['output0'] },
    attributes: { axis: 2 },
  }
  const bytes = onnxModel({
    nodes: [...build.nodes, joined],
    constants: build.constants,
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, sizePx, sizePx] }],
    outputs: [{ name: 'output0', type: 'float32', dims: [1, answers, cells] }],
  })
  return { name, bytes, definition: definitionOf(name, sizePx, strides) }
}

function definitionOf(name: string, sizePx: number, strides: number[]): Detector {
  return {
    ...{ format: 'open-aisle-model', version: 1, id: name, task: 'detect', name, licence: 'Apache-2.0' },
    ...{ description: '', sources: ['bench/vision/nets.ts'] },
    input: {
      ...{ widthPx: sizePx, heightPx: sizePx, layout: 'nchw', channels: 'rgb', type: 'float32' },
      normalise: { mean: [0, 0, 0], deviation: [255, 255, 255] },
      ...{ fit: 'centred', padding: 114 },
    },
    output: { family: 'yolov8', strides },
    classes,
    detects: { person: ['class 0'], object: classes.slice(1) },
    ...{ scoreAtLeast: 0.1, overlapAtMost: 0.45 },
  }
}

class Builder {
  readonly nodes: OnnxNode[] = []
  readonly constants: OnnxTensor[] = [
    { name: 'none', dims: [], values: Float32Array.of(0) },
    { name: 'six', dims: [], values: Float32Array.of(6) },
    { name: 'rows', dims: [3], values: BigInt64Array.of(1n, BigInt(answers), -1n) },
  ]
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  convolve(
    x: Map2D,
    channels: number,
    {
      kernel = 3,
      stride = 1,
      groups = 1,
      activation = 'silu' as Activation,
      bias = (_: number) => 0.02 * this.#random.next(),
    } = {},
  ): Map2D {
    const name = `t${this.nodes.length}`
    const weightsEach = (x.channels / groups) * kernel * kernel
    const deviation = Math.sqrt(2 / weightsEach)
    const weights = Float32Array.from({ length: channels * weightsEach }, () => deviation * gaussian(this.#random))
    const before = kernel >> 1
    const after = stride === 2 && kernel === 3 ? 0 : before
    this.constants.push(
      { name: `${name}w`, dims: [channels, x.channels / groups, kernel, kernel], values: weights },
      { name: `${name}b`, dims: [channels], values: Float32Array.from({ length: channels }, (_, i) => bias(i)) },
    )
    this.nodes.push({
      ...{ operator: 'Conv', inputs: [x.name, `${name}w`, `${name}b`], outputs: [name] },
      attributes: {
        ...{ kernel_shape: [kernel, kernel], strides: [stride, stride], group: groups },
        pads: [before, before, after, after],
      },
    })
    return { name: this.#activate(name, activation), channels }
  }

  add(a: Map2D, b: Map2D): Map2D {
    return { ...a, name: this.#node('Add', [a.name, b.name]) }
  }

  /** @returns the name of `answers` rows, a column a cell */
  answer(x: Map2D): string {
    const raw = this.convolve(x, answers, { kernel: 1, activation: 'none', bias: (row) => (row < 4 ? 10 : never) })
    return this.#node('Reshape', [raw.name, 'rows'])
  }

  #activate(x: string, activation: Activation): string {
    if (activation === 'none') return x
    if (activation === 'relu6') return this.#node('Clip', [x, 'none', 'six'])
    return this.#node('Mul', [x, this.#node('Sigmoid', [x])])
  }

  #node(operator: string, inputs: string[]): string {
    const name = `t${this.nodes.length}`
    this.nodes.push({ operator, inputs, outputs: [name] })
    return name
  }
}
