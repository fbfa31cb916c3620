/** The flows that come with Open Aisle, as one of the libraries of the editor's import dialog. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export class FlowLibrary {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  async init(): Promise<void> {}

  /** The list of files at the top, or one file's text. */
  async getEntry(_type: string, path: string): Promise<string | { fn: string }[]> {
    const files = (await readdir(this.#directory)).filter((file) => file.endsWith('.json')).sort()
    const wanted = path.replace(/^\/|\/$/g, '')
    if (wanted === '') return files.map((fn) => ({ fn }))
    // By name out of the list, so that no path leads elsewhere.
    const file = files.find((name) => name === wanted)
    if (!file) throw Object.assign(new Error('not_found'), { code: 'not_found' })
    return await readFile(join(this.#directory, file), 'utf8')
  }
}
