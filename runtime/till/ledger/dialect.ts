/**
 * What has to be said differently to SQLite and to PostgreSQL; all else that the ledger asks is kysely's. Opening and
 * copying a database is of SQLite alone (`open-database.ts`, `backup.ts`). A driver of PostgreSQL has to give `int8` and
 * `numeric` as numbers.
 */
import { SqliteAdapter, sql } from 'kysely'
import type { Connection } from './tables.ts'

export const isSqlite = (db: Connection): boolean => db.getExecutor().adapter instanceof SqliteAdapter

/** The journal is append-only for every client of the database, ours included. */
export async function refuseChangesOfJournal(db: Connection): Promise<void> {
  if (!isSqlite(db)) {
    await sql`CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$`.execute(db)
    await sql`CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`.execute(db)
    return
  }
  for (const change of ['UPDATE', 'DELETE'] as const) {
    await sql`CREATE TRIGGER ${sql.id(`journal_no_${change.toLowerCase()}`)} BEFORE ${sql.raw(change)} ON journal
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END`.execute(db)
  }
}

/** What was deleted still stands in SQLite's write-ahead log until that is moved into the file. */
export async function overwriteDeleted(db: Connection): Promise<void> {
  if (isSqlite(db)) await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db)
}
