/** Money given back for a line: once, at the provider, and told by a corrected receipt. */

import type { BasketChange } from '../../contract/messages.ts'
import type { CommandOf } from '../../till-api/commands.ts'
import type { Dispute, Refund } from '../../till-api/events.ts'
import { netLines } from '../visits/bill.ts'
import { enqueue, type OrderOutcome, paymentOf } from './outbox.ts'
import { billOfPayment, issueReceipt } from './receipts.ts'
import { refusal, type Step } from './step.ts'
import { stored } from './stored.ts'
import { sealer } from './subjects.ts'
import type { PaymentRow, VisitRow } from './tables.ts'
import { change, loadOwnVisit, loadVisit, prepaidOf } from './visits.ts'

const monthMs = 30 * 86_400_000
/** Who orders what a rule refunds. */
const rule = 'rule'

/** @throws AisleError `line-not-paid`, `nothing-to-refund` */
export async function refundLine(step: Step, command: CommandOf<'refund-line'>): Promise<void> {
  const visit = await loadVisit(step.trx, command.visitId)
  await beginRefund(step, visit, command.lineId, command.reason, command.decidedBy)
}

/** Somebody says that a line is wrong: what is small is given back at once, the rest waits for a person. */
export async function disputeLine(step: Step, command: CommandOf<'dispute-line'>): Promise<void> {
  const { visitId, lineId, reason } = command
  const visit = await loadOwnVisit(step.trx, visitId, command.accountId)
  if (disputesOf(visit).some((dispute) => dispute.lineId === lineId)) return
  const amountMinor = await paidFor(step, visit, lineId)
  const sealed = await sealer(step, visit.account_id)
  await step.journal.append('disputed', visitId, { visitId, lineId, reason: sealed(reason) })
  const small = amountMinor > 0 && (await isSmall(step, visit, amountMinor))
  const state = small ? 'refunded' : 'open'
  const decidedBy = small ? rule : null
  const disputes: Dispute[] = [...disputesOf(visit), { lineId, reason, state, decidedBy, atMs: step.nowMs }]
  const disputed = await change(step, visit, disputesColumns(disputes))
  if (small) await beginRefund(step, disputed, lineId, reason, rule)
}

/** @throws AisleError `dispute-not-open` */
export async function resolveDispute(step: Step, command: CommandOf<'resolve-dispute'>): Promise<void> {
  const { visitId, lineId, outcome, decidedBy } = command
  const visit = await loadVisit(step.trx, visitId)
  const open = disputesOf(visit).find((dispute) => dispute.lineId === lineId && dispute.state === 'open')
  if (!open) {
    throw refusal('dispute-not-open', `Line ${lineId} of ${visitId} is not in dispute.`, 'Ask for its state.')
  }
  await step.journal.append('dispute-resolved', visitId, { visitId, lineId, outcome, decidedBy })
  const state = outcome === 'refund' ? 'refunded' : 'rejected'
  const disputes = disputesOf(visit).map(
    (dispute): Dispute => (dispute.lineId === lineId ? { ...dispute, state, decidedBy } : dispute),
  )
  const changed = await change(step, visit, disputesColumns(disputes))
  if (outcome === 'refund') await beginRefund(step, changed, lineId, open.reason, decidedBy)
}

/** What was paid at a kiosk and is not in the final basket was put back: it is given back unasked. */
export async function givePutBack(step: Step, visitId: string, basket: BasketChange | null): Promise<void> {
  const visit = await loadVisit(step.trx, visitId)
  const prepaid = prepaidOf(visit)
  if (prepaid?.state !== 'paid' || !basket?.final) return
  const kept = new Set(basket.lines.map(({ lineId }) => lineId))
  for (const { lineId } of prepaid.lines.filter((line) => !kept.has(line.lineId))) {
    const now = await loadVisit(step.trx, visitId)
    if ((await paidFor(step, now, lineId)) > 0)
      await beginRefund(step, now, lineId, 'Put back after it was paid.', rule)
  }
}

async function isSmall(step: Step, visit: VisitRow, amountMinor: number): Promise<boolean> {
  const { refundUpToMinor, mostAMonth } = step.shop.disputes
  if (amountMinor > refundUpToMinor || visit.account_id === null) return false
  const { count } = await step.trx
    .selectFrom('payments')
    .innerJoin('visits', 'visits.visit_id', 'payments.visit_id')
    .select((build) => build.fn.countAll<number>().as('count'))
    .where('visits.account_id', '=', visit.account_id)
    .where('payments.ordered_by', '=', rule)
    .where('payments.begun_at_ms', '>', step.nowMs - monthMs)
    .executeTakeFirstOrThrow()
  return count < mostAMonth
}

async function beginRefund(step: Step, visit: VisitRow, lineId: string, reason: string, by: string): Promise<void> {
  const visitId = visit.visit_id
  // A line is given back once, however often and by whomever that is asked for.
  if (refundsOf(visit).some((refund) => refund.lineId === lineId)) return
  const amountMinor = await paidFor(step, visit, lineId)
  if (amountMinor === 0) {
    throw refusal('nothing-to-refund', `Line ${lineId} of ${visitId} cost nothing.`, 'There is nothing to do.')
  }
  const charge = await paidCharge(step, visit)
  const { lines } = await billOfPayment(step, visit, charge)
  await enqueue(step, {
    ...{ key: `${step.shop.storeId}:${visitId}:refund:${lineId}`, kind: 'refund', visitId, lineId, amountMinor },
    taxFreeMinor: lines.find((line) => line.lineId === lineId)?.taxFree ? amountMinor : 0,
    ...{ about: charge.payment_key, orderedBy: by },
  })
  const refunds: Refund[] = [...refundsOf(visit), { lineId, amountMinor, state: 'due', reason, by }]
  await change(step, visit, { refunds: stored(refunds) })
}

/** The refund has ended: the receipt says what was paid in the end. */
export async function refundEnded(step: Step, payment: PaymentRow, { outcome }: OrderOutcome): Promise<void> {
  const visit = await loadVisit(step.trx, payment.visit_id)
  const state = outcome === 'done' ? 'refunded' : 'failed'
  const refunds = refundsOf(visit).map(
    (refund): Refund => (refund.lineId === payment.line_id ? { ...refund, state } : refund),
  )
  const given = refunds.filter((refund) => refund.state === 'refunded')
  const charge = await paidCharge(step, visit)
  const facts = { unpaid: null, refunds: given.map(({ lineId, amountMinor }) => ({ lineId, amountMinor })) }
  const receipt = outcome === 'done' ? await issueReceipt(step, visit, charge, facts) : {}
  await change(step, visit, { refunds: stored(refunds), ...receipt })
}

/** What a line came to with its discounts. @throws AisleError `line-not-paid` */
async function paidFor(step: Step, visit: VisitRow, lineId: string): Promise<number> {
  const { lines, discounts } = await billOfPayment(step, visit, await paidCharge(step, visit))
  const line = netLines(lines, discounts).find((one) => one.lineId === lineId)
  if (!line) throw notPaid(visit, lineId)
  return line.amountMinor
}

async function paidCharge(step: Step, visit: VisitRow): Promise<PaymentRow> {
  for (const kind of ['prepayment', 'charge', 'collection'] as const) {
    const payment = await paymentOf(step.trx, visit.visit_id, kind, ['done'])
    if (payment) return payment
  }
  throw notPaid(visit)
}

const notPaid = (visit: VisitRow, lineId?: string) =>
  refusal(
    'line-not-paid',
    `${lineId ? `Line ${lineId} of ${visit.visit_id}` : `Visit ${visit.visit_id}`} was not paid.`,
    'Only what was charged can be given back; a charge under way has to end first.',
  )

const disputesColumns = (disputes: Dispute[]) => ({
  disputes: stored(disputes),
  open_disputes: disputes.filter(({ state }) => state === 'open').length,
})
const refundsOf = ({ refunds }: VisitRow) => (refunds === null ? [] : (JSON.parse(refunds) as Refund[]))
const disputesOf = ({ disputes }: VisitRow) => (disputes === null ? [] : (JSON.parse(disputes) as Dispute[]))
