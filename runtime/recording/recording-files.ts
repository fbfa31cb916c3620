/** Reading the files of a recording, plain or gzipped; errors name the file and the line. */
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { AisleError, errorSentence } from '../contract/errors.ts'
import { parseJson } from '../contract/schema.ts'

type Check<T> = (value: unknown, where?: string) => T

/** @throws AisleError `recording-file-missing`, or what parsing and checking throw */
export function readJsonFile<T>(directory: string, file: string, check: Check<T>): T {
  const path = join(directory, file)
  if (!existsSync(path)) throw missing(path)
  return check(parseJson(readFileSync(path, 'utf8'), path), path)
}

/** Every line of `file` or `file.gz`; an optional file that is not there has no lines. */
export async function readLines<T>(
  directory: string,
  file: string,
  check: Check<T>,
  options: { optional?: boolean } = {},
): Promise<T[]> {
  const path = [join(directory, file), join(directory, `${file}.gz`)].find((candidate) => existsSync(candidate))
  if (path === undefined) {
    if (options.optional) return []
    throw missing(join(directory, file))
  }
  const values: T[] = []
  let line = 0
  try {
    for await (const text of linesOf(path)) {
      line++
      if (text.trim() === '') continue
      const where = `${path}, line ${line}`
      values.push(check(parseJson(text, where), where))
    }
  } catch (cause) {
    if (cause instanceof AisleError) throw cause
    throw new AisleError('recording-unreadable', `It could not be read: ${errorSentence(cause)}.`, {
      where: `${path}, after line ${line}`,
      action: `Check that ${basename(path)} was copied whole.`,
      cause,
    })
  }
  return values
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path)
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  const broken = new Promise<never>((_resolve, reject) => {
    file.on('error', reject)
    input.on('error', reject)
  })
  broken.catch(() => {})
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  while (true) {
    // readline does not pass on its input's errors.
    const { value, done } = await Promise.race([lines.next(), broken])
    if (done) return
    yield value
  }
}

const missing = (path: string) =>
  new AisleError('recording-file-missing', 'There is no such file.', {
    where: path,
    action: 'Name the folder of a recording; its files are listed in the format open-aisle-recording/1.',
  })
