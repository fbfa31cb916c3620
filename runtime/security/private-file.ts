/** Files that only the user who runs the store may read: secrets, accounts, sessions. */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { AisleError } from '../contract/errors.ts'

const readableByOthers = 0o077

/**
 * The text of the file, or undefined when there is none.
 * @throws AisleError `file-not-private` when other users may read or write it
 */
export function readPrivateFile(path: string): string | undefined {
  const file = openExisting(path)
  if (file === undefined) return undefined
  try {
    // The open file is asked, not its path, which could be another file by now.
    if ((fstatSync(file).mode & readableByOthers) !== 0) throw notPrivate(path)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

/**
 * Writes the file whole or not at all, also when the power fails meanwhile, with mode 0600 in a folder of mode 0700.
 * @throws AisleError `file-exists` with `onlyNew` when the file exists already, whoever made it
 */
export function writePrivateFile(path: string, text: string, options: { onlyNew?: boolean } = {}): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // A folder that somebody else made may be open to all.
  chmodSync(folder, 0o700)
  const draft = `${path}.${randomBytes(6).toString('hex')}.draft`
  try {
    writeSynced(draft, text)
    if (options.onlyNew) linkNew(draft, path)
    else renameSync(draft, path)
    syncFolder(folder)
  } finally {
    rmSync(draft, { force: true })
  }
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** A link, unlike a rename, fails when the name is taken: of two writers exactly one wins. */
function linkNew(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new AisleError('file-exists', 'The file exists already.', {
      where: path,
      action: 'Nothing was changed.',
      cause,
    })
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const notPrivate = (path: string) =>
  new AisleError('file-not-private', 'Other users of this machine may read this file.', {
    where: path,
    action: `Run: chmod 600 '${path}'. Then replace what is in it if anybody may have seen it.`,
  })
