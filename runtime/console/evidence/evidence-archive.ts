/**
 * The pictures that reviews rest on: a file for each visit in the folder `evidence` of the store's data, for nobody
 * else to read. What comes here is blurred already. Files are named by a hash, so that no name leads elsewhere.
 */
import { createHash } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Static, Type } from 'typebox'
import { compileGate, Identifier, parseJson, strictObject } from '../../contract/schema.ts'
import { readPrivateFile, writePrivateFile } from '../../security/private-file.ts'
import { EvidencePicture } from '../../vision/evidence/evidence-client.ts'

const KeptEvidence = strictObject({
  visitId: Identifier(),
  /** Unix milliseconds, as all times here. */
  keptAtMs: Type.Number(),
  /** When the visit was seen to wait for nobody any more; null: it waits. */
  decidedAtMs: Type.Union([Type.Number(), Type.Null()]),
  /** It was somebody's: when it is nobody's any more, they were forgotten. */
  hadAccount: Type.Boolean(),
  pictures: Type.Array(EvidencePicture, { maxItems: 2000 }),
})
export type KeptEvidence = Static<typeof KeptEvidence>

const read = compileGate(KeptEvidence, {
  code: 'evidence-invalid',
  what: 'This file of pictures',
  action: 'Delete it; the review goes on without pictures.',
})
const limits = { maxBytes: 256e6, maxDepth: 6 }
const ending = '.json'

export class EvidenceArchive {
  readonly #folder: string

  constructor(dataDirectory: string) {
    this.#folder = join(dataDirectory, 'evidence')
  }

  get(visitId: string): KeptEvidence | undefined {
    return this.#read(this.#pathOf(visitId))
  }

  put(evidence: KeptEvidence): void {
    writePrivateFile(this.#pathOf(evidence.visitId), JSON.stringify(evidence))
  }

  delete(visitId: string): void {
    rmSync(this.#pathOf(visitId), { force: true })
  }

  /** Of all visits; what cannot be read is deleted, because nobody could say when it has to go. */
  all(): KeptEvidence[] {
    return this.#files().flatMap((file) => {
      const path = join(this.#folder, file)
      try {
        return this.#read(path) ?? []
      } catch {
        rmSync(path, { force: true })
        return []
      }
    })
  }

  #files(): string[] {
    try {
      return readdirSync(this.#folder).filter((file) => file.endsWith(ending))
    } catch {
      return []
    }
  }

  #read(path: string): KeptEvidence | undefined {
    const text = readPrivateFile(path)
    return text === undefined ? undefined : read(parseJson(text, path, limits), path)
  }

  #pathOf(visitId: string): string {
    return join(this.#folder, createHash('sha256').update(visitId).digest('hex') + ending)
  }
}
