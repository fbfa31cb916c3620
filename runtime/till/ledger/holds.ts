/**
 * An amount that the provider reserves at the door, where it can: captured by the charge after the exit, released
 * when nothing is charged on it.
 */
import { enqueue, isUnsettled, paymentOf } from './outbox.ts'
import type { Step } from './step.ts'
import type { AccountRow, PaymentRow } from './tables.ts'

export const holdKey = (storeId: string, visitId: string) => `${storeId}:${visitId}:hold:1`
const releaseKey = (storeId: string, visitId: string) => `${storeId}:${visitId}:release:1`

export async function beginHold(step: Step, visitId: string, account: AccountRow): Promise<void> {
  const amountMinor = step.shop.holdMinor
  if (amountMinor === null || account.billing_key === null || account.role !== 'shopper') return
  await enqueue(step, { key: holdKey(step.shop.storeId, visitId), kind: 'hold', visitId, amountMinor, means: account })
}

/** On what a charge may be made: the reserved amount if it is enough, the means of payment itself, or nobody knows yet. */
export async function holdFor(
  step: Step,
  visitId: string,
  amountMinor: number,
): Promise<{ about: string | null; waits: boolean }> {
  const hold = await paymentOf(step.trx, visitId, 'hold')
  if (hold && isUnsettled(hold)) return { about: null, waits: true }
  return { about: covers(hold, amountMinor) ? hold.payment_key : null, waits: false }
}

const covers = (hold: PaymentRow | undefined, amountMinor: number): hold is PaymentRow =>
  hold?.state === 'done' && amountMinor <= hold.amount_minor

/** It is known by now whether the amount is reserved: a charge that waited for that can go on. */
export async function letChargeGoOn(step: Step, hold: PaymentRow): Promise<void> {
  const charge = await paymentOf(step.trx, hold.visit_id, 'charge')
  if (!charge || !isUnsettled(charge) || charge.next_attempt_at_ms !== null) return
  const about = covers(hold, charge.amount_minor) ? hold.payment_key : null
  await step.trx
    .updateTable('payments')
    .set({ about, next_attempt_at_ms: step.nowMs })
    .where('idempotency_key', '=', charge.idempotency_key)
    .execute()
}

/** The visit has ended: what is reserved and was not captured is given back, once. */
export async function releaseHold(step: Step, visitId: string): Promise<void> {
  const hold = await paymentOf(step.trx, visitId, 'hold')
  if (hold?.state !== 'done') return
  const charge = await paymentOf(step.trx, visitId, 'charge')
  const captured = charge?.state === 'done' && charge.about === hold.payment_key
  if (captured || (await paymentOf(step.trx, visitId, 'release'))) return
  await enqueue(step, {
    ...{ key: releaseKey(step.shop.storeId, visitId), kind: 'release', visitId, about: hold.payment_key },
    amountMinor: hold.amount_minor,
  })
}
