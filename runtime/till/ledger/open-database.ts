/** Opens the till's database: SQLite today; whatever speaks to it does so through kysely. */
import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import { ledgerMigrations } from './migrations.ts'
import { withPreparedStatements } from './prepared-statements.ts'
import type { LedgerTables } from './tables.ts'

/** @throws AisleError `database-damaged`, `database-unusable` */
export async function openDatabase(path: string): Promise<Kysely<LedgerTables>> {
  const database = openSqlite(path)
  const db = new Kysely<LedgerTables>({ dialect: new SqliteDialect({ database: withPreparedStatements(database) }) })
  // A table that others refer to can be made anew only so; they are looked at afterwards.
  database.pragma('foreign_keys = OFF')
  const { error, results } = await new Migrator({ db, provider: ledgerMigrations }).migrateToLatest()
  const isMigrated = results !== undefined && results.length > 0
  const fault = error ?? (isMigrated ? danglingReference(database) : undefined)
  if (fault !== undefined) {
    await db.destroy()
    throw unusable(path, fault)
  }
  database.pragma('foreign_keys = ON')
  // Tables that were made anew would stay in the log, as long as they are, until it is next used from its beginning.
  if (isMigrated) database.pragma('wal_checkpoint(TRUNCATE)')
  return db
}

/** For looking at a copy, as whatever release it is. @throws AisleError `database-damaged`, `database-unusable` */
export function openReadonly(path: string): Kysely<LedgerTables> {
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true })
    checkIntegrity(database, path)
    return new Kysely<LedgerTables>({ dialect: new SqliteDialect({ database }) })
  } catch (cause) {
    throw cause instanceof AisleError ? cause : unusable(path, cause)
  }
}

function openSqlite(path: string): Database.Database {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const database = new Database(path)
    chmodSync(path, 0o600)
    database.pragma('journal_mode = WAL')
    // A commit has reached the disk before anybody is told of it; NORMAL may roll back on a power cut.
    database.pragma('synchronous = FULL')
    // What is deleted is overwritten: somebody is forgotten in the file too.
    database.pragma('secure_delete = ON')
    checkIntegrity(database, path)
    return database
  } catch (cause) {
    throw cause instanceof AisleError ? cause : unusable(path, cause)
  }
}

function danglingReference(database: Database.Database): Error | undefined {
  const [first] = database.pragma('foreign_key_check') as { table: string; parent: string }[]
  return first && new Error(`a row of ${first.table} refers to nothing in ${first.parent}`)
}

function checkIntegrity(database: Database.Database, path: string): void {
  const findings = database.pragma('integrity_check') as { integrity_check: string }[]
  if (findings.length === 1 && findings[0]?.integrity_check === 'ok') return
  const first = findings[0]?.integrity_check ?? 'no answer'
  throw new AisleError('database-damaged', `The till's database is damaged: ${first}.`, {
    where: path,
    action: 'Stop the store, keep a copy of the file, and restore the newest backup.',
  })
}

const unusable = (path: string, cause: unknown) =>
  new AisleError('database-unusable', `The till's database cannot be opened: ${errorSentence(cause)}.`, {
    where: path,
    action: 'Check that the folder exists, may be written and has space left.',
    cause,
  })
