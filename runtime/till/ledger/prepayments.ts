/**
 * What is paid at a kiosk while its shopper is still inside: what they confirmed, charged at once. The visit goes on
 * as any other; at its end what was paid covers what they left with, and the rest is never charged unasked.
 */
import type { DecidedLine } from '../../contract/messages.ts'
import type { Prepaid, SettledLine } from '../../till-api/events.ts'
import { billOf } from '../visits/bill.ts'
import { chargeEnded } from './charges.ts'
import { enqueue, isOverCaps, type OrderOutcome } from './outbox.ts'
import { issueReceipt } from './receipts.ts'
import { refusal, type Step } from './step.ts'
import { stored } from './stored.ts'
import type { PaymentRow } from './tables.ts'
import { change, currentBasket, loadVisit, prepaidOf, termsOf, wrongState } from './visits.ts'

export interface KioskPayment {
  kiosk: string
  visitId: string
  /** The basket as its shopper saw and confirmed it. */
  basketRevision: number
  lines: Prepaid['lines']
  means: { customerKey: string; billingKey: string }
}

/**
 * Charges what was confirmed, line by line at most what the basket still holds: between the list and the card a
 * line goes down unasked, never up.
 * @throws AisleError `visit-state`, `prepaid`, `nothing-to-pay`, `cannot-charge`
 */
export async function prepay(step: Step, { kiosk, visitId, basketRevision, lines, means }: KioskPayment) {
  const visit = await loadVisit(step.trx, visitId)
  if (visit.state !== 'open' || visit.account_id !== null) throw wrongState(visit, 'pay at a kiosk')
  const before = prepaidOf(visit)
  if (before && before.state !== 'declined') {
    throw refusal('prepaid', `Visit ${visitId} was paid at a kiosk.`, 'What was taken since is for staff.')
  }
  const confirmed = lines.map(
    (line): DecidedLine => ({ ...line, probability: 1, outcome: 'charge', rule: 'confirmed' }),
  )
  const bill = billOf(confirmed, await currentBasket(step.trx, visitId), termsOf(step, visit))
  if (bill.totalMinor === 0) {
    throw refusal('nothing-to-pay', `There is nothing to pay for ${visitId}.`, 'The exit is open.')
  }
  if (await isOverCaps(step, bill.totalMinor)) {
    throw refusal('cannot-charge', 'The payment provider does not answer.', 'Call staff; the exit is open.')
  }
  await step.journal.append('confirmed', visitId, { visitId, kiosk, basketRevision, lines })
  const { count } = await step.trx
    .selectFrom('payments')
    .select((build) => build.fn.countAll<number>().as('count'))
    .where('visit_id', '=', visitId)
    .where('kind', '=', 'prepayment')
    .executeTakeFirstOrThrow()
  await enqueue(step, {
    ...{ key: prepaymentKey(step.shop.storeId, visitId, 1 + count), kind: 'prepayment', visitId, bill },
    means: { customer_key: means.customerKey, billing_key: means.billingKey },
    ...{ amountMinor: bill.totalMinor, taxFreeMinor: bill.tax?.taxFreeMinor },
  })
  const paid = bill.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }))
  const prepaid: Prepaid = { kiosk, state: 'due', amountMinor: bill.totalMinor, lines: paid, atMs: step.nowMs }
  await change(step, visit, { prepaid: stored(prepaid) })
}

/** A card that was declined leaves the key of its try behind. */
export const prepaymentKey = (storeId: string, visitId: string, attempt: number) =>
  `${storeId}:${visitId}:prepayment:${attempt}`

const stateOf = { done: 'paid', declined: 'declined', mismatch: 'mismatch' } as const

/** Its receipt comes at once. Whoever left meanwhile with what they confirmed and nothing else has waited for this. */
export async function prepaymentEnded(step: Step, payment: PaymentRow, ended: OrderOutcome): Promise<void> {
  const visit = await loadVisit(step.trx, payment.visit_id)
  const prepaid = { ...(prepaidOf(visit) as Prepaid), state: stateOf[ended.outcome] }
  const charging = visit.state === 'charging'
  const receipt =
    ended.outcome === 'done' && !charging ? await issueReceipt(step, visit, payment, { unpaid: null, refunds: [] }) : {}
  await change(step, visit, { prepaid: stored(prepaid), ...receipt })
  if (charging) await chargeEnded(step, payment, ended)
}

/**
 * What was decided, without what its shopper has paid for. Whoever took more since did not confirm that: it is for a
 * person, as there is nothing to charge it to and late evidence may be mistaken.
 */
export function uncovered<L extends SettledLine | DecidedLine>(lines: readonly L[], prepaid: Prepaid | null): L[] {
  if (!prepaid || prepaid.state === 'declined') return [...lines]
  if (prepaid.state === 'mismatch') {
    return lines.map((line) =>
      line.outcome === 'charge' ? { ...line, outcome: 'review', rule: 'paid-otherwise' } : line,
    )
  }
  return lines.map((line) => {
    const paid = prepaid.lines.find(({ lineId, sku }) => lineId === line.lineId && sku === line.sku)?.quantity ?? 0
    if (line.quantity <= paid) return { ...line, outcome: 'let-go', rule: 'paid-at-kiosk' }
    const rest = { ...line, quantity: line.quantity - paid }
    return line.outcome === 'let-go' ? rest : { ...rest, outcome: 'review', rule: 'after-kiosk' }
  })
}
