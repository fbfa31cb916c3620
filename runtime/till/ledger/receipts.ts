import { envelope, type Receipt } from '../../contract/messages.ts'
import { type Bill, billLines, netLines } from '../visits/bill.ts'
import { totalMinor } from '../visits/pricing.ts'
import { taxOf } from '../visits/tax.ts'
import { enqueueMail } from './mails.ts'
import type { Step } from './step.ts'
import { stored } from './stored.ts'
import type { PaymentRow, VisitRow } from './tables.ts'
import { currentBasket, type StoredDecision } from './visits.ts'

export interface ReceiptFacts {
  /** Why it was not paid; null when it was. */
  unpaid: string | null
  /** What was given back since. */
  refunds: { lineId: string; amountMinor: number }[]
}

/** Issues a visit's receipt, or the corrected one under the same id; returns it as the visit's column. */
export async function issueReceipt(
  step: Step,
  visit: VisitRow,
  payment: PaymentRow,
  { unpaid, refunds }: ReceiptFacts,
): Promise<{ receipt: string }> {
  const { lines, discounts, tax } = await billOfPayment(step, visit, payment)
  const refunded = new Set(refunds.map(({ lineId }) => lineId))
  const kept = netLines(lines, discounts).filter(({ lineId }) => !refunded.has(lineId))
  const taxLeft = tax && taxOf(kept, tax)
  const receipt: Receipt = {
    type: 'receipt',
    ...envelope(step.shop.storeId, step.journal.next, step.nowMs),
    visitId: visit.visit_id,
    receiptId: `${visit.visit_id}-receipt`,
    state: 'sent',
    channel: 'page',
    totalMinor: payment.amount_minor - totalMinor(refunds),
    currency: payment.currency,
    lines,
    ...(discounts.length > 0 ? { discounts } : {}),
    ...(taxLeft ? { tax: taxLeft } : {}),
    ...(refunds.length > 0 ? { refunds } : {}),
    ...(unpaid === null ? {} : { reason: `Not paid: ${unpaid}` }),
  }
  const sequence = await step.journal.append('receipt', visit.visit_id, receipt)
  const values = { sequence, total_minor: receipt.totalMinor }
  await step.trx
    .insertInto('receipts')
    .values({ receipt_id: receipt.receiptId, visit_id: visit.visit_id, ...values })
    .onConflict((conflict) => conflict.column('receipt_id').doUpdateSet(values))
    .execute()
  await enqueueMail(step, visit.visit_id, visit.account_id, sequence)
  return { receipt: stored(receipt) }
}

export async function billOfPayment(
  step: Step,
  visit: VisitRow,
  payment: PaymentRow,
): Promise<Omit<Bill, 'totalMinor'>> {
  if (payment.bill !== null) return JSON.parse(payment.bill) as Bill
  // A charge from before bills were kept: there were no discounts.
  const decision = JSON.parse(visit.decision ?? '{"lines":[]}') as StoredDecision
  const lines = billLines(decision.lines, await currentBasket(step.trx, visit.visit_id))
  return { lines, discounts: [], tax: null }
}
