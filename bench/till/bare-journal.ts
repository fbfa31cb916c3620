/** Rows of the same size in the same kind of table, with the same durability, and nothing else. */
import { hash } from 'node:crypto'
import Database from 'better-sqlite3'

export interface BareJournal {
  /** In one transaction; says how many rows that were. */
  insert(rows: readonly object[]): number
  close(): void
}

/** @param isChained each row keeps SHA-256 over the row before it and its own text */
export function openBare(path: string, isChained: boolean): BareJournal {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec(
    'CREATE TABLE journal (sequence INTEGER PRIMARY KEY, at_ms REAL, type TEXT, data TEXT, previous_hash TEXT, hash TEXT)',
  )
  const statement = database.prepare(
    'INSERT INTO journal (at_ms, type, data, previous_hash, hash) VALUES (?, ?, ?, ?, ?)',
  )
  const hashOf = (previous: string, text: string) => (isChained ? hash('sha256', previous + text) : null)
  let last: string | null = null
  const insert = database.transaction((rows: readonly object[]) => {
    for (const row of rows) {
      const text = JSON.stringify(row)
      const own = hashOf(last ?? '', text)
      statement.run(0, 'evidence', text, last, own)
      last = own
    }
    return rows.length
  })
  return { insert, close: () => database.close() }
}
