/**
 * What the payment provider is to carry out, in the tables: written down before the provider hears of it, and how it
 * went. Each function is one transaction's work; the calls in between are the charger's.
 */
import { createHash } from 'node:crypto'
import type { Bill } from '../visits/bill.ts'
import type { Step } from './step.ts'
import { stored } from './stored.ts'
import { type Connection, type OrderKind, type PaymentRow, type PaymentState, paymentStates } from './tables.ts'

/** Toss takes 6 to 64 letters, digits, - and _ as an order's id; a digest of the key is that for any key. */
export const orderIdOf = (key: string) => `oa-${createHash('sha256').update(key).digest('base64url')}`

/** The business identity of a charge: whoever asks again for the same visit asks for the same charge. */
export const chargeKey = (storeId: string, visitId: string) => `${storeId}:${visitId}:charge:1`

export interface NewOrder {
  /** Business identity: the same order asked for again is the same order. */
  key: string
  kind: OrderKind
  visitId: string
  amountMinor: number
  taxFreeMinor?: number
  orderName?: string
  means?: { customer_key: string | null; billing_key: string | null }
  /** The provider's reference to the payment that it is about. */
  about?: string | null
  lineId?: string
  bill?: Bill
  orderedBy?: string
  /** It is not carried out before what it waits for is known. */
  waits?: boolean
}

export async function enqueue(step: Step, order: NewOrder): Promise<void> {
  const { storeId, currency } = step.shop
  await step.trx
    .insertInto('payments')
    .values({
      idempotency_key: order.key,
      kind: order.kind,
      visit_id: order.visitId,
      line_id: order.lineId ?? null,
      order_id: orderIdOf(order.key),
      amount_minor: order.amountMinor,
      tax_free_minor: order.taxFreeMinor ?? 0,
      currency,
      order_name: (order.orderName ?? `${storeId} ${order.visitId}`).slice(0, 100),
      // Frozen here: the provider knows a repeated request by its key and its address, and the address has the billing key.
      customer_key: order.means?.customer_key ?? null,
      billing_key: order.means?.billing_key ?? null,
      about: order.about ?? null,
      bill: order.bill ? stored(order.bill) : null,
      ordered_by: order.orderedBy ?? null,
      begun_at_ms: step.nowMs,
      state: 'due',
      attempts: 0,
      first_sent_at_ms: null,
      next_attempt_at_ms: order.waits ? null : step.nowMs,
      payment_key: null,
      reason: null,
    })
    .execute()
  await step.journal.append(`${order.kind}-due`, order.visitId, {
    visitId: order.visitId,
    ...(order.lineId ? { lineId: order.lineId } : {}),
    ...(order.orderedBy ? { orderedBy: order.orderedBy } : {}),
    amountMinor: order.amountMinor,
    currency,
    idempotencyKey: order.key,
  })
}

export const unsettled = ['due', 'sent', 'unknown'] as const
export const isUnsettled = ({ state }: PaymentRow) => (unsettled as readonly string[]).includes(state)

export const paymentByKey = (db: Connection, key: string): Promise<PaymentRow | undefined> =>
  db.selectFrom('payments').selectAll().where('idempotency_key', '=', key).executeTakeFirst()

export const paymentOf = (
  db: Connection,
  visitId: string,
  kind: OrderKind,
  states: readonly PaymentState[] = paymentStates,
): Promise<PaymentRow | undefined> =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('visit_id', '=', visitId)
    .where('kind', '=', kind)
    .where('state', 'in', states)
    .executeTakeFirst()

/** Orders whose next attempt is due, longest waiting first. */
export const paymentsDue = (db: Connection, nowMs: number, limit: number): Promise<PaymentRow[]> =>
  db
    .selectFrom('payments')
    .selectAll()
    .where('state', 'in', unsettled)
    .where('next_attempt_at_ms', '<=', nowMs)
    .orderBy('next_attempt_at_ms')
    .limit(limit)
    .execute()

/** When the next attempt of any order is due; undefined when none is under way. */
export async function nextPaymentDueMs(db: Connection): Promise<number | undefined> {
  const row = await db
    .selectFrom('payments')
    .select('next_attempt_at_ms')
    .where('state', 'in', unsettled)
    .where('next_attempt_at_ms', 'is not', null)
    .orderBy('next_attempt_at_ms')
    .limit(1)
    .executeTakeFirst()
  return row?.next_attempt_at_ms ?? undefined
}

/**
 * At a start nobody knows how far an order had come: not one under way, nor, when an older copy of the database
 * was put back, one that it believes was never sent. All are asked for before anything is sent.
 */
export const doubtAllPayments = (step: Step) =>
  step.trx
    .updateTable('payments')
    .set({ state: 'unknown', next_attempt_at_ms: step.nowMs })
    .where('state', 'in', unsettled)
    .where('next_attempt_at_ms', 'is not', null)
    .execute()

/** The provider hinted that something changed: it is asked now. Says whether anything waits for that. */
export async function hurryPayment(step: Step, orderId: string): Promise<boolean> {
  const { numUpdatedRows } = await step.trx
    .updateTable('payments')
    .set({ state: 'unknown', next_attempt_at_ms: step.nowMs })
    .where('order_id', '=', orderId)
    .where('state', 'in', unsettled)
    .where('next_attempt_at_ms', '>', step.nowMs)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Whether so much already waits for the provider that another charge may not join it. */
export async function isOverCaps({ trx, shop, nowMs }: Step, amountMinor: number): Promise<boolean> {
  const waiting = await trx
    .selectFrom('payments')
    .select((build) => [
      build.fn.countAll<number>().as('count'),
      build.fn.coalesce(build.fn.sum<number>('amount_minor'), build.val(0)).as('amountMinor'),
      build.fn.min('begun_at_ms').as('oldestMs'),
    ])
    .where('kind', 'in', ['charge', 'prepayment'])
    .where('state', 'in', unsettled)
    .executeTakeFirstOrThrow()
  const { offline } = shop
  return (
    waiting.count >= (offline.count ?? Number.POSITIVE_INFINITY) ||
    waiting.amountMinor + amountMinor > (offline.amountMinor ?? Number.POSITIVE_INFINITY) ||
    nowMs - (waiting.oldestMs ?? nowMs) > (offline.ageMs ?? Number.POSITIVE_INFINITY)
  )
}

export const markSent = (step: Step, payment: PaymentRow) =>
  step.trx
    .updateTable('payments')
    .set({ state: 'sent', first_sent_at_ms: payment.first_sent_at_ms ?? step.nowMs })
    .where('idempotency_key', '=', payment.idempotency_key)
    .execute()

/** The outcome is not known, or the provider is away: to be asked for again. */
export const postponePayment = (step: Step, key: string, nextAttemptAtMs: number, reason: string) =>
  step.trx
    .updateTable('payments')
    .set((build) => ({
      state: 'unknown',
      attempts: build('attempts', '+', 1),
      next_attempt_at_ms: nextAttemptAtMs,
      reason,
    }))
    .where('idempotency_key', '=', key)
    .where('state', 'in', unsettled)
    .execute()

/** How an order ended for good. */
export type OrderOutcome =
  | { outcome: 'done'; reference: string }
  | { outcome: 'declined'; reason: string }
  | { outcome: 'mismatch'; reason: string }

/** Writes down how an order ended, and forgets by what means; undefined when that is known already. */
export async function closePayment(step: Step, key: string, ended: OrderOutcome): Promise<PaymentRow | undefined> {
  const payment = await paymentByKey(step.trx, key)
  if (!payment || !isUnsettled(payment)) return undefined
  const fields = {
    state: ended.outcome,
    payment_key: ended.outcome === 'done' ? ended.reference : null,
    reason: ended.outcome === 'done' ? null : ended.reason,
    customer_key: null,
    billing_key: null,
  }
  await step.trx.updateTable('payments').set(fields).where('idempotency_key', '=', key).execute()
  return { ...payment, ...fields }
}
