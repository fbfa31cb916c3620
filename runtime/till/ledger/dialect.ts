/** What the ledger has to say differently to SQLite and to PostgreSQL; all else is kysely's. */
import { SqliteAdapter } from 'kysely'
import type { Connection } from './tables.ts'

export const isSqlite = (db: Connection): boolean => db.getExecutor().adapter instanceof SqliteAdapter
