/**
 * A visit's one charge in the tables: written down before the provider hears of it, and how it went. Each
 * function is one transaction's work; the calls in between are the charger's.
 */
import { createHash } from 'node:crypto'
import type { Updateable } from 'kysely'
import { type BasketChange, envelope, type Receipt } from '../../contract/messages.ts'
import { type Bill, billLines, billOf } from '../visits/bill.ts'
import type { Step } from './step.ts'
import type { Connection, PaymentRow, VisitRow } from './tables.ts'
import { currentBasket, happen, loadVisit, type StoredDecision, stored, tellPayment, termsOf } from './visits.ts'

/** The business identity of a charge: whoever asks again for the same visit asks for the same charge. */
export const chargeKey = (storeId: string, visitId: string) => `${storeId}:${visitId}:charge:1`

/** Toss takes 6 to 64 letters, digits, - and _ as an order's id; a digest of the key is that for any key. */
export const orderIdOf = (key: string) => `oa-${createHash('sha256').update(key).digest('base64url')}`

/** Begins the charge for what the decision leaves, or ends the visit when that is nothing. */
export async function beginCharge(
  step: Step,
  visit: VisitRow,
  fields: Updateable<VisitRow>,
  basket: BasketChange | null,
): Promise<void> {
  const decision = JSON.parse(fields.decision ?? '{"lines":[]}') as StoredDecision
  const bill = billOf(decision.lines, basket, termsOf(step, { ...visit, ...fields } as VisitRow))
  const earlier = await paymentOf(step.trx, visit.visit_id)
  if (earlier) {
    // One charge a visit, whatever came of it.
    await happen(step, visit, 'abandoned', { ...fields, ...(await tellPayment(step, visit, 'void', 0)) })
  } else if (bill.totalMinor === 0) {
    await happen(step, visit, 'nothing-left', { ...fields, ...(await tellPayment(step, visit, 'empty', 0)) })
  } else {
    const charging = await happen(step, visit, 'to-charge', fields)
    await enqueue(step, charging, bill)
  }
}

async function enqueue(step: Step, visit: VisitRow, bill: Bill): Promise<void> {
  const account = visit.account_id
    ? await step.trx.selectFrom('accounts').selectAll().where('account_id', '=', visit.account_id).executeTakeFirst()
    : undefined
  const idempotency_key = chargeKey(step.shop.storeId, visit.visit_id)
  await step.trx
    .insertInto('payments')
    .values({
      visit_id: visit.visit_id,
      idempotency_key,
      order_id: orderIdOf(idempotency_key),
      amount_minor: bill.totalMinor,
      currency: step.shop.currency,
      order_name: `${step.shop.storeId} ${visit.visit_id}`.slice(0, 100),
      // Frozen here: the provider knows a repeated request by its key and its address, and the address has the billing key.
      customer_key: account?.customer_key ?? null,
      billing_key: account?.billing_key ?? null,
      state: 'due',
      attempts: 0,
      first_sent_at_ms: null,
      next_attempt_at_ms: step.nowMs,
      payment_key: null,
      bill: stored(bill),
      reason: null,
    })
    .execute()
  await step.journal.append('charge-due', visit.visit_id, {
    visitId: visit.visit_id,
    amountMinor: bill.totalMinor,
    currency: step.shop.currency,
    idempotencyKey: idempotency_key,
  })
  if (!account?.billing_key) {
    await settleCharge(step, visit.visit_id, { outcome: 'declined', reason: 'There is no means of payment.' })
  }
}

export const paymentOf = (db: Connection, visitId: string): Promise<PaymentRow | undefined> =>
  db.selectFrom('payments').selectAll().where('visit_id', '=', visitId).executeTakeFirst()

const unsettled = ['due', 'sent', 'unknown'] as const

/** Charges whose next attempt is due, longest waiting first. */
export const chargesDue = (db: Connection, nowMs: number, limit: number): Promise<PaymentRow[]> =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('state', 'in', unsettled)
    .where('next_attempt_at_ms', '<=', nowMs)
    .orderBy('next_attempt_at_ms')
    .limit(limit)
    .execute()

/** When the next attempt of any charge is due; undefined when none is under way. */
export async function nextChargeDueMs(db: Connection): Promise<number | undefined> {
  const row = await db
    .selectFrom('payments')
    .select('next_attempt_at_ms')
    .where('state', 'in', unsettled)
    .orderBy('next_attempt_at_ms')
    .limit(1)
    .executeTakeFirst()
  return row?.next_attempt_at_ms
}

/**
 * At a start nobody knows how far a charge had come: not one under way, nor, when an older copy of the database
 * was put back, one that it believes was never sent. All are asked for before anything is sent.
 */
export const doubtAllCharges = (step: Step) =>
  step.trx
    .updateTable('payments')
    .set({ state: 'unknown', next_attempt_at_ms: step.nowMs })
    .where('state', 'in', unsettled)
    .execute()

export const markSent = (step: Step, payment: PaymentRow) =>
  step.trx
    .updateTable('payments')
    .set({ state: 'sent', first_sent_at_ms: payment.first_sent_at_ms ?? step.nowMs })
    .where('visit_id', '=', payment.visit_id)
    .execute()

/** The outcome is not known, or the provider is away: to be asked for again. */
export const postponeCharge = (step: Step, visitId: string, nextAttemptAtMs: number, reason: string) =>
  step.trx
    .updateTable('payments')
    .set((build) => ({
      state: 'unknown',
      attempts: build('attempts', '+', 1),
      next_attempt_at_ms: nextAttemptAtMs,
      reason,
    }))
    .where('visit_id', '=', visitId)
    .where('state', 'in', unsettled)
    .execute()

/** How a charge ended for good. */
export type ChargeOutcome =
  | { outcome: 'paid'; paymentKey: string }
  | { outcome: 'declined'; reason: string }
  | { outcome: 'mismatch'; reason: string }

const happeningOf = { paid: 'charged', declined: 'declined', mismatch: 'mismatched' } as const
const paymentStateOf = { paid: 'paid', declined: 'debt', mismatch: 'review' } as const

/** Takes down the end of a charge, with payment and receipt; the second time it changes nothing. */
export async function settleCharge(step: Step, visitId: string, charge: ChargeOutcome): Promise<void> {
  const payment = await paymentOf(step.trx, visitId)
  if (!payment || !(unsettled as readonly string[]).includes(payment.state)) return
  await step.trx
    .updateTable('payments')
    .set({
      state: charge.outcome,
      payment_key: charge.outcome === 'paid' ? charge.paymentKey : null,
      reason: charge.outcome === 'paid' ? null : charge.reason,
      customer_key: null,
      billing_key: null,
    })
    .where('visit_id', '=', visitId)
    .execute()
  const visit = await loadVisit(step.trx, visitId)
  const told = await tellPayment(step, visit, paymentStateOf[charge.outcome], payment.amount_minor)
  const receipt = charge.outcome === 'mismatch' ? {} : await issueReceipt(step, visit, payment, charge)
  await happen(step, visit, happeningOf[charge.outcome], { ...told, ...receipt })
}

async function issueReceipt(
  step: Step,
  visit: VisitRow,
  payment: PaymentRow,
  charge: ChargeOutcome,
): Promise<{ receipt: string }> {
  const { lines, discounts, tax } = await billOfPayment(step, visit, payment)
  const receipt: Receipt = {
    type: 'receipt',
    ...envelope(step.shop.storeId, step.journal.next, step.nowMs),
    visitId: visit.visit_id,
    receiptId: `${visit.visit_id}-receipt`,
    state: 'sent',
    channel: 'page',
    totalMinor: payment.amount_minor,
    currency: payment.currency,
    lines,
    ...(discounts.length > 0 ? { discounts } : {}),
    ...(tax ? { tax } : {}),
    ...(charge.outcome === 'declined' ? { reason: `Not paid: ${charge.reason}` } : {}),
  }
  const sequence = await step.journal.append('receipt', visit.visit_id, receipt)
  await step.trx
    .insertInto('receipts')
    .values({ receipt_id: receipt.receiptId, visit_id: visit.visit_id, sequence, total_minor: receipt.totalMinor })
    .execute()
  return { receipt: stored(receipt) }
}

async function billOfPayment(step: Step, visit: VisitRow, payment: PaymentRow): Promise<Omit<Bill, 'totalMinor'>> {
  if (payment.bill !== null) return JSON.parse(payment.bill) as Bill
  // A charge from before bills were kept: there were no discounts.
  const decision = JSON.parse(visit.decision ?? '{"lines":[]}') as StoredDecision
  const lines = billLines(decision.lines, await currentBasket(step.trx, visit.visit_id))
  return { lines, discounts: [], tax: null }
}
