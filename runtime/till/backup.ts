/** Copies of the till's database: made while it runs, checked before anybody relies on them, and put back. */
import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { AisleError } from '../contract/errors.ts'
import { parseJson } from '../contract/schema.ts'
import { databaseFile, headsFile } from './data-files.ts'
import { emptyJournal, type JournalHead, JournalWriter, readHead, verifyChain } from './ledger/journal.ts'
import { newLedgerId } from './ledger/ledger.ts'
import { openDatabase, openReadonly } from './ledger/open-database.ts'
import { forgetSubject } from './ledger/privacy.ts'
import { headFault, readSignedHeads, type SignedHead } from './ledger/signed-heads.ts'

const pageSize = 1000

export interface BackupReport {
  file: string
  /** Entries of the journal, all of which verify. */
  entries: number
  headHash: string
  /** Signed heads that the journal bears out. */
  signedHeads: number
}

/**
 * Copies the database of a store, which may run meanwhile: SQLite's online backup. A copy that does not verify is
 * not left behind.
 * @throws AisleError `backup-exists`, `database-unusable`, `backup-damaged`
 */
export async function backUp(dataDirectory: string, file: string, publicKey: string): Promise<BackupReport> {
  if (existsSync(file)) {
    throw new AisleError('backup-exists', 'This file exists already.', {
      where: file,
      action: 'Name another one with --to.',
    })
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.draft`
  const source = join(dataDirectory, databaseFile)
  try {
    const database = openSource(source)
    try {
      await database.backup(draft)
    } finally {
      database.close()
    }
    chmodSync(draft, 0o600)
    const report = await checkBackup(draft, publicKey)
    renameSync(draft, file)
    return { ...report, file }
  } finally {
    for (const left of withJournals(draft)) rmSync(left, { force: true })
  }
}

function openSource(path: string): Database.Database {
  try {
    return new Database(path, { readonly: true, fileMustExist: true })
  } catch (cause) {
    throw new AisleError('database-unusable', 'There is no database of a till to copy.', {
      where: path,
      action: 'Name the store with --profile and its data folder with --data.',
      cause,
    })
  }
}

/** @throws AisleError `backup-damaged` when the file, its journal or a signed head does not verify */
export async function checkBackup(file: string, publicKey: string): Promise<BackupReport> {
  const db = openReadonly(file)
  try {
    const { entries, head, fault } = await verifyWhole(db)
    const heads = await readSignedHeads(db).catch(() => [])
    const wrong = fault ?? (await headFault(db, heads, publicKey))
    if (wrong) {
      throw new AisleError('backup-damaged', `The journal does not verify: ${wrong}.`, {
        where: file,
        action: 'Do not use it; take an older backup, and find out who wrote to this one.',
      })
    }
    return { file, entries, headHash: head.hash, signedHeads: heads.length }
  } finally {
    await db.destroy()
  }
}

async function verifyWhole(
  db: Parameters<typeof verifyChain>[0],
): Promise<{ entries: number; head: JournalHead; fault?: string }> {
  let head = emptyJournal
  for (let entries = 0; ; ) {
    const report = await verifyChain(db, head, pageSize)
    entries += report.checked
    head = report.head
    if (report.broken) return { entries, head, fault: `entry ${report.broken.sequence}: ${report.broken.reason}` }
    if (report.complete) return { entries, head }
  }
}

export interface RestoreReport extends BackupReport {
  /** Where the database that was there before lies now; null when there was none. */
  replaced: string | null
  /** The last signed head told of this store, when the backup ends before it: what came between is lost. */
  endsBefore: SignedHead | null
}

/**
 * Puts a backup in the place of the database of a store that does not run. The restored database gets an id of its
 * own: what it numbers from here on cannot be taken, by us or by the provider, for what came after the backup.
 * @throws AisleError `backup-damaged`, `database-unusable`
 */
export async function restore(
  dataDirectory: string,
  backup: string,
  publicKey: string,
  nowMs: number,
): Promise<RestoreReport> {
  const checked = await checkBackup(backup, publicKey)
  const path = join(dataDirectory, databaseFile)
  const draft = `${path}.restoring`
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  for (const left of withJournals(draft)) rmSync(left, { force: true })
  copyFileSync(backup, draft)
  const forgotten = await forgottenIn(path)
  const db = await openDatabase(draft)
  try {
    await db.transaction().execute(async (trx) => {
      const journal = new JournalWriter(trx, await readHead(trx), nowMs)
      for (const subjectId of forgotten) await forgetSubject({ trx, journal }, subjectId)
      await journal.append('restored', null, { entries: checked.entries, headHash: checked.headHash })
      await trx
        .updateTable('ledger')
        .set({ value: newLedgerId(randomBytes(8)) })
        .where('name', '=', 'ledger-id')
        .execute()
    })
  } finally {
    // Closing moves what is in the write-ahead log into the file.
    await db.destroy()
  }
  const replaced = existsSync(path) ? `${path}.replaced-${Math.floor(nowMs)}` : null
  if (replaced) moveDatabase(path, replaced)
  renameSync(draft, path)
  return { ...checked, replaced, endsBefore: laterHead(dataDirectory, checked.entries) }
}

/** A database in WAL is three files. */
const withJournals = (path: string) => [path, `${path}-wal`, `${path}-shm`]

function moveDatabase(from: string, to: string): void {
  const targets = withJournals(to)
  for (const [i, file] of withJournals(from).entries()) {
    if (existsSync(file)) renameSync(file, targets[i] ?? to)
  }
}

/** Whoever was forgotten since the backup stays so, as far as the database in its place can be read. */
async function forgottenIn(path: string): Promise<string[]> {
  if (!existsSync(path)) return []
  try {
    const db = openReadonly(path)
    const rows = await db.selectFrom('journal').select('data').where('type', '=', 'forgotten').execute()
    await db.destroy()
    return rows.map(({ data }) => (JSON.parse(data) as { subjectId: string }).subjectId)
  } catch {
    // A damaged database is the very reason for a restore.
    return []
  }
}

function laterHead(dataDirectory: string, entries: number): SignedHead | null {
  const path = join(dataDirectory, headsFile)
  if (!existsSync(path)) return null
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const last = lines.at(-1)
  const head = last ? (parseJson(last, path) as SignedHead) : null
  return head && head.sequence > entries ? head : null
}
