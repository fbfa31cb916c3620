import { hasEnded } from '../visits/visit-state.ts'
import { chargeEnded } from './charges.ts'
import { collectionEnded } from './debts.ts'
import { letChargeGoOn, releaseHold } from './holds.ts'
import { closePayment, type OrderOutcome } from './outbox.ts'
import { prepaymentEnded } from './prepayments.ts'
import { refundEnded } from './refunds.ts'
import type { Step } from './step.ts'
import type { OrderKind, PaymentRow } from './tables.ts'
import { happen, loadVisit, tellPayment } from './visits.ts'

type Ended = (step: Step, payment: PaymentRow, ended: OrderOutcome) => Promise<void>

const whatFollows: Record<OrderKind, Ended> = {
  hold: holdEnded,
  charge: chargeEnded,
  collection: collectionEnded,
  refund: refundEnded,
  prepayment: prepaymentEnded,
  // What could not be released falls back to its owner when the reservation runs out.
  release: async () => {},
}

/** Takes down the end of an order with all that follows from it; the second time it changes nothing. */
export async function settlePayment(step: Step, key: string, ended: OrderOutcome): Promise<void> {
  const payment = await closePayment(step, key, ended)
  if (!payment) return
  const { kind, visit_id: visitId, line_id: lineId, amount_minor: amountMinor, currency } = payment
  await step.journal.append(`${kind}-ended`, visitId, {
    ...{ visitId, ...(lineId ? { lineId } : {}), amountMinor, currency, idempotencyKey: key, outcome: ended.outcome },
    ...(ended.outcome === 'done' ? {} : { reason: ended.reason }),
  })
  await whatFollows[kind](step, payment, ended)
}

async function holdEnded(step: Step, hold: PaymentRow, { outcome }: OrderOutcome): Promise<void> {
  const visit = await loadVisit(step.trx, hold.visit_id)
  // The means of payment was refused before anybody walked in: the gate stays closed.
  if (outcome !== 'done' && visit.state === 'admitted') {
    return void (await happen(step, visit, 'lapsed', await tellPayment(step, visit, 'void', 0)))
  }
  await letChargeGoOn(step, hold)
  if (hasEnded(visit.state)) await releaseHold(step, visit.visit_id)
}
