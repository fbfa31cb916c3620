/**
 * A store's folder as something that can be changed: checked like at a start before anything is written, and only on
 * top of what whoever changes it has seen. Programs go on with what they have read until they start anew.
 */
import { randomBytes } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AisleError } from '../contract/errors.ts'
import { joinStore, type LoadedStore, loadStore } from './load-store.ts'
import { storeText } from './store-text.ts'

/** What the three files hold. */
export type StoreParts = Pick<LoadedStore, 'profile' | 'catalogue' | 'planogram'>

const parts = ['profile', 'catalogue', 'planogram'] as const

export class StoreFolder {
  readonly #directory: string
  readonly #check: (store: LoadedStore) => void
  #work: Promise<unknown> = Promise.resolve()

  /** @param check what a start checks besides the profile itself; throws an AisleError */
  constructor(directory: string, check: (store: LoadedStore) => void) {
    this.#directory = directory
    this.#check = check
  }

  /** What stands in the folder now; its `hash` is the revision that a change is made on. */
  load(): Promise<LoadedStore> {
    return loadStore(this.#directory)
  }

  /**
   * Writes what `change` makes of the store, whole or not at all.
   * @throws AisleError `store-changed` when the folder is not at `revision` any more; what a start would throw
   */
  async change(
    revision: string,
    change: (parts: StoreParts) => StoreParts,
  ): Promise<{ before: LoadedStore; after: LoadedStore }> {
    const turn = this.#work.then(async () => {
      const before = await this.load()
      if (before.hash !== revision) throw changedMeanwhile(this.#directory)
      const { profile, catalogue, planogram } = before
      const after = joinStore(change(structuredClone({ profile, catalogue, planogram })), this.#directory)
      this.#check(after)
      for (const part of parts) await this.#write(`${part}.json`, before[part], after[part])
      return { before, after }
    })
    this.#work = turn.catch(() => {})
    return turn
  }

  /** Also when the power fails meanwhile, the old file or the new one is there. */
  async #write(file: string, before: object, after: object): Promise<void> {
    const text = storeText(after)
    if (text === storeText(before)) return
    const path = join(this.#directory, file)
    const draft = `${path}.${randomBytes(6).toString('hex')}.draft`
    try {
      const handle = await open(draft, 'wx', (await stat(path)).mode & 0o777)
      try {
        await handle.writeFile(text)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(draft, path)
    } finally {
      await rm(draft, { force: true })
    }
  }
}

const changedMeanwhile = (where: string) =>
  new AisleError('store-changed', "The store's files have changed since they were shown.", {
    where,
    action: 'Look at what they say now, then save again.',
  })
