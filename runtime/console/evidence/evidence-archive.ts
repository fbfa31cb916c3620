/**
 * The pictures that reviews rest on: a file for each visit in the folder `evidence` of the store's data, for nobody
 * else to read. What comes here is blurred already. Files are named by a hash, so that no name leads elsewhere.
 */
import { createHash } from 'node:crypto'
import { readdirSync, rmSync, statSync } from 'node:fs'
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
/** All of it but the pictures, which are megabytes. */
export type EvidenceFacts = Omit<KeptEvidence, 'pictures'>

const read = compileGate(KeptEvidence, {
  code: 'evidence-invalid',
  what: 'This file of pictures',
  action: 'Delete it; the review goes on without pictures.',
})
const limits = { maxBytes: 256e6, maxDepth: 6 }
const ending = '.json'

export class EvidenceArchive {
  readonly #folder: string
  /** By file, as it was when it was read last. */
  #known = new Map<string, { version: string; facts: EvidenceFacts }>()

  constructor(dataDirectory: string) {
    this.#folder = join(dataDirectory, 'evidence')
  }

  get(visitId: string): KeptEvidence | undefined {
    return this.#read(this.#pathOf(visitId))
  }

  put(evidence: KeptEvidence): void {
    writePrivateFile(this.#pathOf(evidence.visitId), JSON.stringify(evidence))
  }

  /** @param decidedAtMs null: it waits again */
  setDecided(visitId: string, decidedAtMs: number | null): void {
    const kept = this.get(visitId)
    if (kept) this.put({ ...kept, decidedAtMs })
  }

  delete(visitId: string): void {
    rmSync(this.#pathOf(visitId), { force: true })
  }

  /**
   * Of all visits. Only files that are new or have changed are read; what cannot be read is deleted, because nobody
   * could say when it has to go.
   */
  all(): EvidenceFacts[] {
    const known = new Map<string, { version: string; facts: EvidenceFacts }>()
    for (const file of this.#files()) {
      const path = join(this.#folder, file)
      try {
        // The time of any change, also of who may read it.
        const { ctimeMs, size } = statSync(path)
        const version = `${ctimeMs} ${size}`
        const before = this.#known.get(file)
        const facts = before?.version === version ? before.facts : this.#facts(path)
        if (facts) known.set(file, { version, facts })
      } catch {
        rmSync(path, { force: true })
      }
    }
    this.#known = known
    return [...known.values()].map(({ facts }) => facts)
  }

  #facts(path: string): EvidenceFacts | undefined {
    const kept = this.#read(path)
    if (!kept) return undefined
    const { pictures, ...facts } = kept
    return facts
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
