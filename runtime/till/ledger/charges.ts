/** What a visit is charged, and what follows from how that went: one charge a visit, whatever comes of it. */
import type { Updateable } from 'kysely'
import type { BasketChange } from '../../contract/messages.ts'
import { type Bill, billOf } from '../visits/bill.ts'
import { recordAlarm } from './gates.ts'
import { holdFor } from './holds.ts'
import { chargeKey, closePayment, enqueue, type OrderOutcome, paymentOf } from './outbox.ts'
import { issueReceipt } from './receipts.ts'
import { isOpenEntrance, type Step } from './step.ts'
import type { PaymentRow, VisitRow } from './tables.ts'
import { happen, loadVisit, prepaidOf, type StoredDecision, tellPayment, termsOf } from './visits.ts'

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
    await endUncharged(step, visit, fields)
  } else {
    const charging = await happen(step, visit, 'to-charge', fields)
    await charge(step, charging, bill)
  }
}

/** Nothing is left to charge: it is empty, or what was paid at a kiosk is all, and how that went its end. */
async function endUncharged(step: Step, visit: VisitRow, fields: Updateable<VisitRow>): Promise<void> {
  const prepaid = prepaidOf(visit)
  switch (prepaid?.state) {
    case 'due':
      return void (await happen(step, visit, 'to-charge', fields))
    case 'paid': {
      const charging = await happen(step, visit, 'to-charge', fields)
      return void (await happen(step, charging, 'charged', await tellPayment(step, visit, 'paid', prepaid.amountMinor)))
    }
    case 'mismatch':
      return void (await happen(step, visit, 'abandoned', {
        ...fields,
        ...(await tellPayment(step, visit, 'void', 0)),
      }))
    default:
      await happen(step, visit, 'nothing-left', { ...fields, ...(await tellPayment(step, visit, 'empty', 0)) })
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
  // What was paid at a kiosk has its receipt: what is owed besides does not replace it.
  const isTold = unpaid !== null && prepaidOf(visit)?.state === 'paid'
  const receipt =
    ended.outcome === 'mismatch' || isTold ? {} : await issueReceipt(step, visit, payment, { unpaid, refunds: [] })
  if (unpaid !== null && isOpenEntrance(step, visit.gate) && visit.account_id === null) await tellUnpaid(step, visit)
  await happen(step, visit, happeningOf[ended.outcome], { ...told, ...receipt })
}

/** Nobody was held for it: somebody should know. */
const tellUnpaid = (step: Step, { gate, visit_id }: VisitRow) =>
  recordAlarm(step, { gate, alarm: 'unpaid', text: `Somebody left without paying what they had (${visit_id}).` })
