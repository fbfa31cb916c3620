/** Which steps of the build are up to date: a step runs again when a hash over all that it reads has changed. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** SHA-256 over names and contents of the files in `paths` (files, or folders with all that is in them). */
export function contentHash(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const file of filesIn(root, path))
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(root, file)))
        .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(root: string, path: string): string[] {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [path]
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesIn(root, join(path, name)))
}

/** The hashes that the outputs in `dist/` were made from. */
export class Stamps {
  readonly #file: string
  readonly #hashes: Record<string, string>

  constructor(root: string) {
    this.#file = join(root, 'dist', 'built.json')
    this.#hashes = existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, 'utf8')) : {}
  }

  isFresh(output: string, hash: string): boolean {
    return this.#hashes[output] === hash && existsSync(join(dirname(this.#file), output))
  }

  mark(output: string, hash: string): void {
    this.#hashes[output] = hash
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(this.#file, `${JSON.stringify(this.#hashes, undefined, 2)}\n`)
  }
}
