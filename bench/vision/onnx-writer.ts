/**
 * Writes ONNX files, as far as tests and benchmarks need them: models of known answers, and nets of random weights
 * that cost what a real one costs. Field numbers from https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */

type Attribute = number | readonly number[] | string | OnnxGraph | OnnxTensor
type Dims = readonly (number | string)[]

export interface OnnxNode {
  operator: string
  inputs: readonly string[]
  outputs: readonly string[]
  attributes?: Readonly<Record<string, Attribute>>
}

export interface OnnxTensor {
  name: string
  dims: readonly number[]
  values: Float32Array | BigInt64Array
}

export interface OnnxValue {
  name: string
  type: 'float32' | 'uint8' | 'int64' | 'bool'
  dims: Dims
}

export interface OnnxGraph {
  nodes: readonly OnnxNode[]
  constants: readonly OnnxTensor[]
  inputs: readonly OnnxValue[]
  outputs: readonly OnnxValue[]
}

const dataTypes = { float32: 1, uint8: 2, int64: 7, bool: 9 }

/** @param notes what `metadata_props` say */
export function onnxModel(graph: OnnxGraph, notes: Readonly<Record<string, string>> = {}): Buffer {
  const operatorSet = number(2, 13)
  return Buffer.concat([
    number(1, 8),
    bytes(7, graphBytes(graph)),
    bytes(8, operatorSet),
    ...Object.entries(notes).map(([key, value]) => bytes(14, Buffer.concat([text(1, key), text(2, value)]))),
  ])
}

function graphBytes({ nodes, constants, inputs, outputs }: OnnxGraph): Buffer {
  return Buffer.concat([
    ...nodes.map((node) => bytes(1, nodeBytes(node))),
    text(2, 'graph'),
    ...constants.map((tensor) => bytes(5, tensorBytes(tensor))),
    ...inputs.map((value) => bytes(11, valueBytes(value))),
    ...outputs.map((value) => bytes(12, valueBytes(value))),
  ])
}

function nodeBytes({ operator, inputs, outputs, attributes = {} }: OnnxNode): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attributeBytes(name, value))),
  ])
}

function attributeBytes(name: string, value: Attribute): Buffer {
  const typed = (type: number, ...fields: Buffer[]) => Buffer.concat([text(1, name), ...fields, number(20, type)])
  if (typeof value === 'number') return typed(2, number(3, value))
  if (typeof value === 'string') return typed(3, text(4, value))
  if ('nodes' in value) return typed(5, bytes(6, graphBytes(value)))
  if ('values' in value && 'dims' in value) return typed(4, bytes(5, tensorBytes(value)))
  return typed(7, ...value.map((each) => number(8, each)))
}

function tensorBytes({ name, dims, values }: OnnxTensor): Buffer {
  const type = values instanceof Float32Array ? dataTypes.float32 : dataTypes.int64
  const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  return Buffer.concat([...dims.map((dim) => number(1, dim)), number(2, type), text(8, name), bytes(9, raw)])
}

function valueBytes({ name, type, dims }: OnnxValue): Buffer {
  const dimension = (dim: number | string) => bytes(1, typeof dim === 'string' ? text(2, dim) : number(1, dim))
  const shape = Buffer.concat(dims.map(dimension))
  const tensorType = Buffer.concat([number(1, dataTypes[type]), bytes(2, shape)])
  return Buffer.concat([text(1, name), bytes(2, bytes(1, tensorType))])
}

const text = (field: number, value: string) => bytes(field, Buffer.from(value))
const bytes = (field: number, value: Buffer) => Buffer.concat([varint(field * 8 + 2), varint(value.length), value])
const number = (field: number, value: number) => Buffer.concat([varint(field * 8), varint(value)])

function varint(value: number): Buffer {
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    out.push(Number(rest & 127n) | (rest > 127n ? 128 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(out)
}
