/** What clients may read of the ledger. */
import type { Evidence } from '../../till-api/commands.ts'
import type { EvidenceEvent, TillEvent, TillEventType, TillState, VisitSnapshot } from '../../till-api/events.ts'
import { endedStates, undecidedStates } from '../visits/visit-state.ts'
import { readSealed } from './subjects.ts'
import type { Connection } from './tables.ts'
import { loadVisit, type StoredSnapshot, snapshotOf, withBasket } from './visits.ts'

/** Journal entries that clients are told of; the others are for the record alone. */
const told: Record<TillEventType, true> = {
  scan: true,
  refused: true,
  'gate-pass': true,
  'gate-alarm': true,
  'visit-changed': true,
  evidence: true,
  'basket-change': true,
  payment: true,
  receipt: true,
  'stock-moved': true,
}
const toldTypes = Object.keys(told)

/** How many ended visits a client that starts now is told of. */
const recentVisits = 20

export interface EventPage {
  events: TillEvent[]
  /** Go on from here; it grows also when there was nothing to tell. */
  next: number
}

/** Up to `limit` entries after `after`, as events. */
export async function readEvents(db: Connection, after: number, limit: number): Promise<EventPage> {
  const rows = await db
    .selectFrom('journal')
    .select(['sequence', 'at_ms', 'type', 'data'])
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit)
    .execute()
  const events: TillEvent[] = []
  for (const row of rows) {
    if (!toldTypes.includes(row.type)) continue
    const data = await readSealed(db, row.data)
    events.push({
      sequence: row.sequence,
      atMs: row.at_ms,
      type: row.type as TillEventType,
      data: row.type === 'visit-changed' ? await withBasket(db, data as StoredSnapshot) : data,
    } as TillEvent)
  }
  return { events, next: rows.at(-1)?.sequence ?? after }
}

export async function readState(db: Connection, storeId: string): Promise<Omit<TillState, 'gates'>> {
  const visits = db.selectFrom('visits').selectAll()
  const running = await visits.where('state', 'not in', endedStates).execute()
  const ended = await visits.where('state', 'in', endedStates).orderBy('sequence', 'desc').limit(recentVisits).execute()
  const owed = await visits.where('state', '=', 'debt').where('debt_settled', 'is', null).execute()
  const disputed = await visits.where('open_disputes', '>', 0).execute()
  const each = new Map([...running, ...ended, ...owed, ...disputed].map((row) => [row.visit_id, row]))
  const rows = [...each.values()].sort((a, b) => a.opened_at_ms - b.opened_at_ms)
  const snapshots: VisitSnapshot[] = []
  for (const row of rows) snapshots.push(await snapshotOf(db, row))
  const sequence = await lastToldSequence(db)
  return { storeId, sequence, recoverAfter: await recoverAfter(db, sequence), visits: snapshots }
}

/** Clients wait for the event with this position, so it is that of an entry which they are told of. */
async function lastToldSequence(db: Connection): Promise<number> {
  const last = await db
    .selectFrom('journal')
    .select('sequence')
    .where('type', 'in', toldTypes)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.sequence ?? 0
}

/** Just before the oldest visit was admitted that the flows have not decided yet; `head` when there is none. */
async function recoverAfter(db: Connection, head: number): Promise<number> {
  const oldest = await db
    .selectFrom('visits')
    .innerJoin('journal', 'journal.visit_id', 'visits.visit_id')
    .select((build) => build.fn.min('journal.sequence').as('sequence'))
    .where('visits.state', 'in', undecidedStates)
    .executeTakeFirst()
  // One who is in review or being charged needs no evidence any more; a review may take days.
  return oldest?.sequence == null ? head : oldest.sequence - 1
}

/** @throws AisleError `visit-unknown` */
export async function readVisit(db: Connection, visitId: string): Promise<VisitSnapshot> {
  return snapshotOf(db, await loadVisit(db, visitId))
}

/**
 * The evidence that was journalled from the visit's admission to its last basket; nothing while it has none.
 * @throws AisleError `visit-unknown`
 */
export async function readEvidence(db: Connection, visitId: string): Promise<EvidenceEvent[]> {
  await loadVisit(db, visitId)
  const sequences = (table: 'journal' | 'baskets') => db.selectFrom(table).where('visit_id', '=', visitId)
  const first = await sequences('journal')
    .select((build) => build.fn.min('sequence').as('sequence'))
    .executeTakeFirst()
  const basket = await sequences('baskets').select('sequence').executeTakeFirst()
  if (first?.sequence == null || !basket) return []
  const rows = await db
    .selectFrom('journal')
    .select(['sequence', 'at_ms', 'data'])
    .where('sequence', '>=', first.sequence)
    .where('sequence', '<=', basket.sequence)
    .where('type', '=', 'evidence')
    .orderBy('sequence')
    .execute()
  return rows.map(({ sequence, at_ms, data }) => ({
    ...{ type: 'evidence', sequence, atMs: at_ms },
    // It names nobody: nothing in it is sealed.
    data: JSON.parse(data) as Evidence,
  }))
}

/** Visits opened before `beforeMs`, newest first. */
export async function readHistory(db: Connection, beforeMs: number, limit: number): Promise<VisitSnapshot[]> {
  const rows = await db
    .selectFrom('visits')
    .selectAll()
    .where('opened_at_ms', '<', beforeMs)
    .orderBy('opened_at_ms', 'desc')
    .limit(limit)
    .execute()
  return Promise.all(rows.map((row) => snapshotOf(db, row)))
}
