/** A till's database as an earlier release would have written it. */
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import { ledgerMigrations } from '../../../runtime/till/ledger/migrations.ts'

/**
 * Makes a database with the schema of `version` beside that at `path` and fills it with whatever rows and columns
 * both have.
 */
export async function asOfVersion(path: string, version: string): Promise<string> {
  const oldPath = `${path}-${version}`
  const sqlite = new Database(oldPath)
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) })
  const { error } = await new Migrator({ db, provider: ledgerMigrations }).migrateTo(version)
  if (error) throw error
  sqlite.pragma('foreign_keys = OFF')
  sqlite.prepare('ATTACH ? AS later').run(path)
  const tables = sqlite
    .prepare("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'kysely%'")
    .pluck()
    .all() as string[]
  for (const table of tables) {
    const columns = columnsOf(sqlite, 'main', table).filter((name) => columnsOf(sqlite, 'later', table).includes(name))
    if (columns.length > 0) sqlite.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM later.${table}`)
  }
  await db.destroy()
  return oldPath
}

const columnsOf = (sqlite: Database.Database, schema: string, table: string) =>
  sqlite.prepare('SELECT name FROM pragma_table_info(?, ?)').pluck().all(table, schema) as string[]
