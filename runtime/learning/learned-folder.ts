/** The versions of what was learned, each a file of its own in the store's data folder; none is ever changed. */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { AisleError } from '../contract/errors.ts'
import { parseJson } from '../contract/schema.ts'
import { storeText } from '../profile/store-text.ts'
import { readPrivateFile, writePrivateFile } from '../security/private-file.ts'
import { checkLearnedVersion, type LearnedContent, type LearnedVersion, nothingLearned } from './learned-version.ts'

const fileName = /^(\d{6})\.json$/
const noHash = '0'.repeat(64)

/** What holds; `number` 0: the catalogue alone. */
export interface InForce {
  number: number
  content: LearnedContent
}

export class LearnedFolder {
  readonly #directory: string
  readonly #storeId: string

  constructor(dataDirectory: string, storeId: string) {
    this.#directory = join(dataDirectory, 'learned')
    this.#storeId = storeId
  }

  /** The newest number; 0 while there is none. Cheap: it looks at names alone. */
  get newest(): number {
    return this.#numbers().at(-1) ?? 0
  }

  /** @throws AisleError `learned-invalid` */
  version(number: number): LearnedVersion {
    return this.#read(number).version
  }

  /** All versions, oldest first. @throws AisleError `learned-invalid`, `learned-broken` when one does not follow the one before */
  history(): LearnedVersion[] {
    let [previousHash, expected] = [noHash, 1]
    return this.#numbers().map((number) => {
      const { version, hash } = this.#read(number)
      if (number !== expected || version.previousHash !== previousHash) throw broken(this.#path(number))
      previousHash = hash
      expected++
      return version
    })
  }

  /** What the newest version says that was taken. @throws AisleError `learned-invalid` */
  inForce(): InForce {
    for (const number of this.#numbers().reverse()) {
      const { taken, content } = this.version(number)
      if (taken) return { number, content }
    }
    return { number: 0, content: nothingLearned }
  }

  /** @throws AisleError `file-exists` when another has written this number meanwhile */
  add(version: Omit<LearnedVersion, 'schemaVersion' | 'storeId' | 'number' | 'previousHash'>): LearnedVersion {
    const { newest } = this
    const previousHash = newest === 0 ? noHash : this.#read(newest).hash
    const whole = { schemaVersion: 1 as const, storeId: this.#storeId, number: newest + 1, previousHash, ...version }
    const path = this.#path(whole.number)
    writePrivateFile(path, storeText(checkLearnedVersion(whole, path)), { onlyNew: true })
    return whole
  }

  #numbers(): number[] {
    return namesIn(this.#directory)
      .flatMap((name) => (fileName.exec(name)?.[1] ? [Number.parseInt(name, 10)] : []))
      .sort((a, b) => a - b)
  }

  #path(number: number): string {
    return join(this.#directory, `${String(number).padStart(6, '0')}.json`)
  }

  #read(number: number): { version: LearnedVersion; hash: string } {
    const path = this.#path(number)
    const text = readPrivateFile(path)
    if (text === undefined) throw broken(path)
    const version = checkLearnedVersion(parseJson(text, path), path)
    if (version.number !== number || version.storeId !== this.#storeId) throw broken(path)
    return { version, hash: createHash('sha256').update(text).digest('hex') }
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

const broken = (where: string) =>
  new AisleError('learned-broken', `${basename(where)} is missing, or was changed after it was written.`, {
    where,
    action: 'Restore it from a backup, or move it and all later ones away; what is left holds then.',
  })
