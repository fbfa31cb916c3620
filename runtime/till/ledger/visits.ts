/** Visits in the tables, and their changes: the only code that moves a visit from state to state. */
import type { Updateable } from 'kysely'
import { type BasketChange, envelope, type Payment, type Receipt } from '../../contract/messages.ts'
import type { Dispute, Prepaid, Refund, VisitSnapshot } from '../../till-api/events.ts'
import type { Terms } from '../visits/bill.ts'
import { promotionsAt } from '../visits/promotions.ts'
import { hasEnded, nextVisitState, type VisitHappening } from '../visits/visit-state.ts'
import { releaseHold } from './holds.ts'
import { startAnewWhenNobodyShops } from './occupancy.ts'
import { refusal, type Step } from './step.ts'
import { stored } from './stored.ts'
import { sealer } from './subjects.ts'
import type { Connection, VisitRow } from './tables.ts'

/** A snapshot as journalled: the basket is a reference to the entry that holds it, which keeps the journal small. */
export type StoredSnapshot = Omit<VisitSnapshot, 'basket'> & { basketSequence: number | null }

export type StoredDecision = NonNullable<VisitSnapshot['decision']>

/** Deadlines begin where a state is entered; null: waits for somebody else, or for nothing. */
const deadlineOf = {
  admitted: 'admissionMs',
  open: 'stayMs',
  exited: 'decisionMs',
  deciding: null,
  review: 'reviewMs',
  charging: null,
  paid: null,
  empty: null,
  void: null,
  debt: null,
} as const

/** @throws AisleError `visit-unknown` */
export async function loadVisit(db: Connection, visitId: string): Promise<VisitRow> {
  const row = await db.selectFrom('visits').selectAll().where('visit_id', '=', visitId).executeTakeFirst()
  if (!row) throw visitUnknown(visitId)
  return row
}

const visitUnknown = (visitId: string) =>
  refusal('visit-unknown', `There is no visit ${visitId}.`, 'Use an id that the till has given.')

/**
 * A visit that somebody speaks of who may speak only of `accountId`'s own; without one, of any.
 * @throws AisleError `visit-unknown`
 */
export async function loadOwnVisit(db: Connection, visitId: string, accountId: string | undefined): Promise<VisitRow> {
  const visit = await loadVisit(db, visitId)
  // Whose it is instead is nobody else's business.
  if (accountId !== undefined && visit.account_id !== accountId) throw visitUnknown(visitId)
  return visit
}

/** @throws AisleError `visit-state` when `happening` cannot happen to the visit as it stands */
export async function happen(
  step: Step,
  visit: VisitRow,
  happening: VisitHappening,
  fields: Updateable<VisitRow> = {},
): Promise<VisitRow> {
  const state = nextVisitState(visit.state, happening)
  if (!state) throw wrongState(visit, happening)
  const deadline = deadlineOf[state]
  const due_at_ms = deadline ? step.nowMs + step.shop.deadlines[deadline] : null
  // Deciding keeps the deadline that began with the exit.
  const changed = await change(
    step,
    visit,
    state === 'deciding' ? { state, ...fields } : { state, due_at_ms, ...fields },
  )
  if (visit.state === 'open') await startAnewWhenNobodyShops(step)
  if (hasEnded(state)) await releaseHold(step, visit.visit_id)
  return changed
}

export const wrongState = (visit: VisitRow, happening: string) =>
  refusal(
    'visit-state',
    `Visit ${visit.visit_id} is ${visit.state}; "${happening}" cannot happen to it now.`,
    'Ask for its state; it may have been moved on by its deadline.',
  )

/** Writes fields and tells of the visit as it then is. */
export async function change(step: Step, visit: VisitRow, fields: Updateable<VisitRow>): Promise<VisitRow> {
  const changed: VisitRow = { ...visit, ...fields }
  const basket = await basketReference(step.trx, visit.visit_id)
  const sequence = await journalSnapshot(step, changed, basket)
  const { visit_id, ...values } = { ...changed, sequence }
  await step.trx.updateTable('visits').set(values).where('visit_id', '=', visit_id).execute()
  return { ...changed, sequence }
}

type Opened = 'visit_id' | 'scan_id' | 'account_id' | 'role' | 'party' | 'state' | 'gate' | 'opened_at_ms'

/** What a visit begins with. */
const begun: Omit<VisitRow, Opened | 'person_ids' | 'due_at_ms' | 'sequence'> = {
  entered_at_ms: null,
  exited_at_ms: null,
  passes: 0,
  decision: null,
  decided_by: null,
  payment: null,
  receipt: null,
  refunds: null,
  disputes: null,
  open_disputes: 0,
  debt_settled: null,
  prepaid: null,
}

export async function openVisit(
  step: Step,
  opened: Pick<VisitRow, Opened | 'person_ids' | 'due_at_ms'>,
): Promise<VisitRow> {
  const row = { ...opened, ...begun }
  const sequence = await journalSnapshot(step, { ...row, sequence: 0 }, null)
  const visit = { ...row, sequence }
  await step.trx.insertInto('visits').values(visit).execute()
  return visit
}

/** What could say who it is about is sealed. */
async function journalSnapshot(step: Step, row: VisitRow, basket: number | null): Promise<number> {
  const sealed = await sealer(step, row.account_id)
  const withReasons = <T extends { reason: string }>(entries: T[] | undefined) =>
    entries?.map((entry) => ({ ...entry, reason: sealed(entry.reason) }))
  const snapshot = storedSnapshot(row, basket)
  const refunds = withReasons(snapshot.refunds)
  const disputes = withReasons(snapshot.disputes)
  return step.journal.append('visit-changed', row.visit_id, {
    ...snapshot,
    accountId: row.account_id === null ? null : sealed(row.account_id),
    ...(refunds ? { refunds } : {}),
    ...(disputes ? { disputes } : {}),
  })
}

async function basketReference(db: Connection, visitId: string): Promise<number | null> {
  const basket = await db.selectFrom('baskets').select('sequence').where('visit_id', '=', visitId).executeTakeFirst()
  return basket?.sequence ?? null
}

function storedSnapshot(row: VisitRow, basketSequence: number | null): StoredSnapshot {
  return {
    visitId: row.visit_id,
    accountId: row.account_id,
    role: row.role,
    party: row.party,
    state: row.state,
    gate: row.gate,
    openedAtMs: row.opened_at_ms,
    enteredAtMs: row.entered_at_ms,
    exitedAtMs: row.exited_at_ms,
    personIds: JSON.parse(row.person_ids) as string[],
    basketSequence,
    decision: parsed<VisitSnapshot['decision']>(row.decision),
    payment: parsed<Payment>(row.payment),
    receipt: parsed<Receipt>(row.receipt),
    ...(row.refunds ? { refunds: JSON.parse(row.refunds) as Refund[] } : {}),
    ...(row.disputes ? { disputes: JSON.parse(row.disputes) as Dispute[] } : {}),
    ...(row.debt_settled ? { debtSettled: row.debt_settled } : {}),
    ...(row.prepaid ? { prepaid: JSON.parse(row.prepaid) as Prepaid } : {}),
  }
}

export const prepaidOf = ({ prepaid }: VisitRow): Prepaid | null => parsed<Prepaid>(prepaid)

const parsed = <T>(column: string | null) => (column === null ? null : (JSON.parse(column) as T))

/** The promotions that were on when the shopper walked in or are on now, or were when they left; and the tax. */
export function termsOf({ shop, nowMs }: Step, visit: VisitRow): Terms {
  const { promotions, tax } = shop.terms
  if (promotions.length === 0) return shop.terms
  const moments = [visit.entered_at_ms ?? visit.opened_at_ms, visit.exited_at_ms ?? nowMs]
  return { promotions: promotionsAt(promotions, moments, shop.timeZone), tax }
}

/** The snapshot with its basket, as clients see it. */
export async function withBasket(db: Connection, snapshot: StoredSnapshot): Promise<VisitSnapshot> {
  const { basketSequence, ...rest } = snapshot
  return { ...rest, basket: basketSequence === null ? null : await journalledBasket(db, basketSequence) }
}

export async function snapshotOf(db: Connection, row: VisitRow): Promise<VisitSnapshot> {
  return withBasket(db, storedSnapshot(row, await basketReference(db, row.visit_id)))
}

/** The visit's basket as last taken down; null while there is none. */
export async function currentBasket(db: Connection, visitId: string): Promise<BasketChange | null> {
  const sequence = await basketReference(db, visitId)
  return sequence === null ? null : journalledBasket(db, sequence)
}

async function journalledBasket(db: Connection, sequence: number): Promise<BasketChange> {
  const { data } = await db
    .selectFrom('journal')
    .select('data')
    .where('sequence', '=', sequence)
    .executeTakeFirstOrThrow()
  return JSON.parse(data) as BasketChange
}

/** Journals how the visit's bill stands; returns it as the visit's column. */
export async function tellPayment(
  step: Step,
  visit: VisitRow,
  state: Payment['state'],
  amountMinor: number,
): Promise<{ payment: string }> {
  const payment: Payment = {
    type: 'payment',
    ...envelope(step.shop.storeId, step.journal.next, step.nowMs),
    visitId: visit.visit_id,
    state,
    amountMinor,
    currency: step.shop.currency,
  }
  await step.journal.append('payment', visit.visit_id, payment)
  return { payment: stored(payment) }
}
