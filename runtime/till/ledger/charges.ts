/** What a visit is charged, and what follows from how that went: one charge a visit, whatever comes of it. */
import type { Updateable } from 'kysely'
import type { BasketChange } from '../../contract/messages.ts'
import { type Bill, billOf } from '../visits/bill.ts'
import { holdFor } from './holds.ts'
import { chargeKey, closePayment, enqueue, type OrderOutcome, paymentOf } from './outbox.ts'
import { issueReceipt } from './receipts.ts'
import type { Step } from './step.ts'
import type { PaymentRow, VisitRow } from './tables.ts'
import { happen, loadVisit, type StoredDecision, tellPayment, termsOf } from './visits.ts'

/** Begins the charge for what the decision leaves, or ends the visit when that is nothing. */
export async function beginCharge(
  step: Step,
  visit: VisitRow,
  fields: Updateable<VisitRow>,
  basket: BasketChange | null,
): Promise<void> {
  const decision = JSON.parse(fields.decision ?? '{"lines":[]}') as StoredDecision
  const bill = billOf(decision.lines, basket, termsOf(step, { ...visit, ...fields } as VisitRow))
  if (await paymentOf(step.trx, visit.visit_id, 'charge')) {
    await happen(step, visit, 'abandoned', { ...fields, ...(await tellPayment(step, visit, 'void', 0)) })
  } else if (bill.totalMinor === 0) {
    await happen(step, visit, 'nothing-left', { ...fields, ...(await tellPayment(step, visit, 'empty', 0)) })
  } else {
    const charging = await happen(step, visit, 'to-charge', fields)
    await charge(step, charging, bill)
  }
}

async function charge(step: Step, visit: VisitRow, bill: Bill): Promise<void> {
  const visitId = visit.visit_id
  const means = visit.account_id
    ? await step.trx.selectFrom('accounts').selectAll().where('account_id', '=', visit.account_id).executeTakeFirst()
    : undefined
  const key = chargeKey(step.shop.storeId, visitId)
  await enqueue(step, {
    ...{ key, kind: 'charge', visitId, bill, means },
    ...(await holdFor(step, visitId, bill.totalMinor)),
    amountMinor: bill.totalMinor,
    taxFreeMinor: bill.tax?.taxFreeMinor,
  })
  if (means?.billing_key) return
  const declined = { outcome: 'declined' as const, reason: 'There is no means of payment.' }
  const payment = await closePayment(step, key, declined)
  if (payment) await chargeEnded(step, payment, declined)
}

const happeningOf = { done: 'charged', declined: 'declined', mismatch: 'mismatched' } as const
const paymentStateOf = { done: 'paid', declined: 'debt', mismatch: 'review' } as const

/** The charge has ended: payment, receipt and the visit's end follow. */
export async function chargeEnded(step: Step, payment: PaymentRow, ended: OrderOutcome): Promise<void> {
  const visit = await loadVisit(step.trx, payment.visit_id)
  const told = await tellPayment(step, visit, paymentStateOf[ended.outcome], payment.amount_minor)
  const unpaid = ended.outcome === 'declined' ? ended.reason : null
  const receipt = ended.outcome === 'mismatch' ? {} : await issueReceipt(step, visit, payment, { unpaid, refunds: [] })
  await happen(step, visit, happeningOf[ended.outcome], { ...told, ...receipt })
}
