import type Database from 'better-sqlite3'
import type { SqliteDatabase } from 'kysely'

const mostKept = 300

/**
 * The database with its statements kept: the same few are asked for again and again, and preparing one costs more
 * than carrying it out.
 */
export function withPreparedStatements(database: Database.Database): SqliteDatabase {
  const kept = new Map<string, Database.Statement>()
  return {
    close: () => database.close(),
    prepare(text) {
      const known = kept.get(text)
      if (known) return known
      const statement = database.prepare(text)
      // Statements about the schema are asked for once.
      if (kept.size < mostKept) kept.set(text, statement)
      return statement
    },
  } as SqliteDatabase
}
