/**
 * What an ONNX file says of itself beside its graph (`metadata_props` of ModelProto), and whether it is one at all.
 * Only the outermost fields are walked over: the graph stays untouched until ONNX Runtime reads it.
 */

/** Fields of ModelProto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. */
const graphField = 7
const metadataField = 14

/** Metadata by key, or undefined when the bytes are no ONNX model. */
export function onnxNotes(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const notes = new Map<string, string>()
  let graphs = 0
  try {
    for (const { field, body } of fieldsOf(bytes)) {
      if (field === graphField && body) graphs++
      if (field !== metadataField || !body) continue
      const [key, value] = [1, 2].map((wanted) => [...fieldsOf(body)].find((entry) => entry.field === wanted)?.body)
      if (key) notes.set(Buffer.from(key).toString(), Buffer.from(value ?? []).toString())
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  return graphs === 1 ? notes : undefined
}

/**
 * Names of classes as Ultralytics' exporter notes them, a Python dictionary under `names`: `{0: 'person', 1: 'bicycle'}`.
 * undefined when the file names none.
 */
export function notedClasses(notes: ReadonlyMap<string, string>): string[] | undefined {
  const names = notes.get('names')
  if (names === undefined) return undefined
  const classes: string[] = []
  for (const [, index, single, double] of names.matchAll(/(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)) {
    classes[Number(index)] = (single ?? double ?? '').replaceAll(/\\(.)/g, '$1')
  }
  return classes
}

interface Field {
  field: number
  /** Of a field with a length; undefined of a number. */
  body: Uint8Array | undefined
}

/** The wire format of protocol buffers. @throws RangeError where it is broken */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined) break
      // Not with <<: lengths beyond 2 GB would come out negative.
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new RangeError('A number that does not end.')
  }
  const skip = (length: number) => {
    at += length
    if (at > bytes.length) throw new RangeError('A field that is longer than the file.')
  }
  while (at < bytes.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    let body: Uint8Array | undefined
    switch (tag % 8) {
      case 0:
        varint()
        break
      case 1:
        skip(8)
        break
      case 2: {
        const length = varint()
        const from = at
        skip(length)
        body = bytes.subarray(from, at)
        break
      }
      case 5:
        skip(4)
        break
      default:
        throw new RangeError('A field of no known type.')
    }
    yield { field, body }
  }
}
