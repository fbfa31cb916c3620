/** Reads a model's file: bounded, whole, and only what somebody vouched for by its hash. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import type { ModelDefinition } from './model-definition.ts'
import { notedClasses, onnxNotes } from './onnx-notes.ts'

/** Which model is meant: what its numbers mean, and where its file is. */
export interface ModelUse {
  definition: ModelDefinition
  file: string
  /** Of the file, in hexadecimal; where the definition has one too, both have to fit. */
  sha256?: string
}

/** Larger than any detector that a store's computer could run; read whole, because what is hashed is what is used. */
export const largestModelBytes = 512e6

/**
 * The bytes of a model that is what it should be.
 * @throws AisleError `model-missing`, `model-too-large`, `model-unpinned`, `model-changed`, `model-broken`, `model-classes`
 */
export async function readModel({ definition, file, sha256 }: ModelUse): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readBounded(file)
  checkHash(bytes, file, [definition.sha256, sha256])
  const notes = onnxNotes(bytes)
  if (!notes) {
    throw new AisleError('model-broken', 'It is no ONNX model.', { where: file, action: 'Export the model anew.' })
  }
  checkClasses(definition, notedClasses(notes), file)
  return bytes
}

async function readBounded(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const missing = (cause: unknown) =>
    new AisleError('model-missing', `The model cannot be read: ${errorSentence(cause)}.`, {
      where: file,
      action: 'Put the file there, or correct its path.',
      cause,
    })
  const found = await stat(file).catch((cause: unknown) => {
    throw missing(cause)
  })
  // Reading a pipe or a device would never end.
  if (!found.isFile()) throw missing(new Error('it is no file'))
  if (found.size > largestModelBytes) {
    throw new AisleError('model-too-large', `It has ${found.size} bytes; at most ${largestModelBytes} are read.`, {
      where: file,
      action: 'Use a smaller model: a nano or small one is made for this.',
    })
  }
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw missing(cause)
  })
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function checkHash(bytes: Uint8Array, file: string, hashes: readonly (string | undefined)[]): void {
  const found = createHash('sha256').update(bytes).digest('hex')
  const wanted = hashes.filter((hash) => hash !== undefined)
  if (wanted.length === 0) {
    throw new AisleError('model-unpinned', `Nobody vouches for this file; its SHA-256 is ${found}.`, {
      where: file,
      action: 'If you know that it is the right one, write this hash beside its path.',
    })
  }
  const other = wanted.find((hash) => hash.toLowerCase() !== found)
  if (other === undefined) return
  throw new AisleError('model-changed', `Its SHA-256 is ${found}, but should be ${other}.`, {
    where: file,
    action: 'It is another file or a damaged one: fetch the right one, or vouch for this one with its hash.',
  })
}

function checkClasses(definition: ModelDefinition, noted: readonly string[] | undefined, file: string): void {
  if (!noted || definition.task !== 'detect') return
  const { classes, id } = definition
  const at = Array.from({ length: Math.max(noted.length, classes.length) }, (_, i) => i).find(
    (i) => noted[i] !== classes[i],
  )
  if (at === undefined) return
  const [its, ours] = [noted[at] ?? 'missing', classes[at] ?? 'missing']
  throw new AisleError('model-classes', `Its class ${at} is ${its}, but in the definition ${id} it is ${ours}.`, {
    where: file,
    action: 'Use a definition with the classes that this model was trained on.',
  })
}
