/**
 * The append-only journal. Each entry carries SHA-256 over the hash before it and its own canonical JSON
 * (RFC 8785) with its position, so that nothing can be changed, removed or put in between unseen.
 */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { LedgerTables } from './tables.ts'

export interface JournalHead {
  sequence: number
  hash: string
}

export const emptyJournal: JournalHead = { sequence: 0, hash: '0'.repeat(64) }

export interface JournalEntry {
  sequence: number
  atMs: number
  type: string
  data: unknown
}

/** @param canonicalData the entry's data in canonical form, which is the dearest part of it */
export function entryHash(
  previousHash: string,
  { sequence, atMs, type }: Omit<JournalEntry, 'data'>,
  canonicalData: string,
): string {
  // The entry's own canonical form: its four fields in their order.
  const rest = `"sequence":${canonicalize(sequence)},"type":${canonicalize(type)}}`
  return createHash('sha256')
    .update(`${previousHash}{"atMs":${canonicalize(atMs)},"data":${canonicalData},${rest}`)
    .digest('hex')
}

export async function readHead(db: Kysely<LedgerTables>): Promise<JournalHead> {
  const row = await db
    .selectFrom('journal')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? emptyJournal
}

/** Bounds the statement's length. */
const rowsAtOnce = 100

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
    return this.appendAll(type, visitId, [data])
  }

  /** Several entries of one type by one statement; returns the position of the last. */
  async appendAll(type: string, visitId: string | null, all: readonly object[]): Promise<number> {
    let { head } = this
    const rows = all.map((content) => {
      const data = canonicalize(content) ?? '{}'
      const sequence = head.sequence + 1
      const hash = entryHash(head.hash, { sequence, atMs: this.#atMs, type }, data)
      const row = { sequence, at_ms: this.#atMs, type, visit_id: visitId, data, previous_hash: head.hash, hash }
      head = { sequence, hash }
      return row
    })
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      await this.#trx
        .insertInto('journal')
        .values(rows.slice(from, from + rowsAtOnce))
        .execute()
    }
    this.head = head
    return head.sequence
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

function fault(head: JournalHead, row: Selectable<LedgerTables['journal']>): string | undefined {
  if (row.sequence !== head.sequence + 1) return `entry ${head.sequence + 1} is missing`
  if (row.previous_hash !== head.hash) return 'it does not follow the entry before it'
  let data: unknown
  try {
    data = JSON.parse(row.data)
  } catch {
    return 'its content is not JSON'
  }
  const entry = { sequence: row.sequence, atMs: row.at_ms, type: row.type }
  if (entryHash(head.hash, entry, canonicalize(data) ?? '') !== row.hash) return 'its content does not match its hash'
  return undefined
}
