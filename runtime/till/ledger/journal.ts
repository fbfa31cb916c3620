/**
 * The append-only journal. Each entry carries SHA-256 over the hash before it and its own text with its position, so
 * that nothing can be changed, removed or put in between unseen. What is hashed of the data is the text as it is
 * stored: nobody has to agree on how JSON is written to verify it.
 */
import { hash } from 'node:crypto'
import type { Kysely, Selectable, Transaction } from 'kysely'
import { constantQuery } from './constant-query.ts'
import type { JournalRow, LedgerTables } from './tables.ts'

export interface JournalHead {
  sequence: number
  hash: string
}

export const emptyJournal: JournalHead = { sequence: 0, hash: '0'.repeat(64) }

export interface JournalEntry {
  sequence: number
  atMs: number
  type: string
  /** JSON. */
  data: string
}

export const entryHash = (previousHash: string, { atMs, data, sequence, type }: JournalEntry): string =>
  hash(
    'sha256',
    `${previousHash}{"atMs":${JSON.stringify(atMs)},"data":${data},"sequence":${sequence},"type":${JSON.stringify(type)}}`,
  )

export async function readHead(db: Kysely<LedgerTables>): Promise<JournalHead> {
  const row = await db
    .selectFrom('journal')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? emptyJournal
}

const columns = ['sequence', 'at_ms', 'type', 'visit_id', 'data', 'previous_hash', 'hash'] as const

/** How many rows one statement inserts, so that few statements serve any number of them. */
const statementRows = [64, 32, 16, 8, 4, 2, 1] as const

const insertRows = new Map(
  statementRows.map((count) => [
    count,
    constantQuery((db, at) =>
      db.insertInto('journal').values(
        Array.from({ length: count }, (_, row) => {
          const values = columns.map((column, i) => [column, at(row * columns.length + i)])
          return Object.fromEntries(values) as Selectable<JournalRow>
        }),
      ),
    ),
  ]),
)

/** Appends within one transaction; its head becomes the journal's when that commits. */
export class JournalWriter {
  head: JournalHead
  readonly #trx: Transaction<LedgerTables>
  readonly #atMs: number

  constructor(trx: Transaction<LedgerTables>, head: JournalHead, atMs: number) {
    this.#trx = trx
    this.head = head
    this.#atMs = atMs
  }

  /** The position that the next entry gets; messages carry their own. */
  get next(): number {
    return this.head.sequence + 1
  }

  /** @param data plain JSON */
  append(type: string, visitId: string | null, data: object): Promise<number> {
    return this.appendTexts(type, visitId, [JSON.stringify(data)])
  }

  /**
   * Several entries of one type; returns the position of the last.
   * @param texts each is the JSON of an entry's data
   */
  async appendTexts(type: string, visitId: string | null, texts: readonly string[]): Promise<number> {
    let { head } = this
    const values: unknown[] = []
    for (const data of texts) {
      const entry = { sequence: head.sequence + 1, atMs: this.#atMs, type, data }
      const hash = entryHash(head.hash, entry)
      values.push(entry.sequence, entry.atMs, type, visitId, data, head.hash, hash)
      head = { sequence: entry.sequence, hash }
    }
    await this.#insert(values)
    this.head = head
    return head.sequence
  }

  async #insert(values: readonly unknown[]): Promise<void> {
    let from = 0
    for (const [count, insert] of insertRows) {
      const length = count * columns.length
      for (; values.length - from >= length; from += length) {
        await insert(this.#trx, values.slice(from, from + length))
      }
    }
  }
}
export interface ChainReport {
  ok: boolean
  /** Entries that were checked in this call. */
  checked: number
  head: JournalHead
  /** True when the end of the journal was reached. */
  complete: boolean
  /** Where the chain breaks, and how. */
  broken?: { sequence: number; reason: string }
}

/** Checks up to `limit` entries after `from`, whose hash the caller trusts. */
export async function verifyChain(db: Kysely<LedgerTables>, from: JournalHead, limit: number): Promise<ChainReport> {
  const rows = await db
    .selectFrom('journal')
    .selectAll()
    .where('sequence', '>', from.sequence)
    .orderBy('sequence')
    .limit(limit)
    .execute()
  let head = from
  for (const [checked, row] of rows.entries()) {
    const reason = fault(head, row)
    if (reason) {
      return { ok: false, checked, head, complete: true, broken: { sequence: row.sequence, reason } }
    }
    head = { sequence: row.sequence, hash: row.hash }
  }
  return { ok: true, checked: rows.length, head, complete: rows.length < limit }
}

function fault(head: JournalHead, row: Selectable<JournalRow>): string | undefined {
  if (row.sequence !== head.sequence + 1) return `entry ${head.sequence + 1} is missing`
  if (row.previous_hash !== head.hash) return 'it does not follow the entry before it'
  const entry = { sequence: row.sequence, atMs: row.at_ms, type: row.type, data: row.data }
  if (entryHash(head.hash, entry) !== row.hash) return 'its content does not match its hash'
  return undefined
}
