/** What is still owed for a visit: collected from the account's means of payment, paid elsewhere, or forgiven. */
import type { CommandOf } from '../../till-api/commands.ts'
import { enqueue, isUnsettled, type OrderOutcome, paymentOf } from './outbox.ts'
import { issueReceipt } from './receipts.ts'
import { refusal, type Step } from './step.ts'
import type { PaymentRow, VisitRow } from './tables.ts'
import { change, loadOwnVisit, loadVisit } from './visits.ts'

/** @throws AisleError `no-debt` */
export async function settleDebt(step: Step, command: CommandOf<'settle-debt'>): Promise<void> {
  const { visitId, how, decidedBy } = command
  const visit = await owingVisit(step, visitId)
  if (await collectionUnderWay(step, visitId)) {
    throw refusal('debt-in-work', `The debt of ${visitId} is being collected.`, 'Wait for how that ends.')
  }
  await step.journal.append('debt-settled', visitId, { visitId, how, decidedBy })
  await change(step, visit, { debt_settled: how })
}

/**
 * Charges the means of payment that the account has now. The first charge was refused for good, so this is another
 * one, under a key of its own; there is never more than one at a time.
 * @throws AisleError `no-debt`, `no-means-of-payment`
 */
export async function collectDebt(step: Step, { visitId, accountId }: CommandOf<'collect-debt'>): Promise<void> {
  const visit = await owingVisit(step, visitId, accountId)
  if (await collectionUnderWay(step, visitId)) return
  const account = await step.trx
    .selectFrom('accounts')
    .selectAll()
    .where('account_id', '=', visit.account_id ?? '')
    .executeTakeFirst()
  if (!account?.billing_key) {
    throw refusal('no-means-of-payment', `Nothing is known to charge ${visitId} to.`, 'Register a card first.')
  }
  const charge = await paymentOf(step.trx, visitId, 'charge')
  if (!charge) throw noDebt(visitId)
  const { count } = await step.trx
    .selectFrom('payments')
    .select((build) => build.fn.countAll<number>().as('count'))
    .where('visit_id', '=', visitId)
    .where('kind', '=', 'collection')
    .executeTakeFirstOrThrow()
  await enqueue(step, {
    ...{ key: `${step.shop.storeId}:${visitId}:charge:${2 + count}`, kind: 'collection', visitId, means: account },
    ...{ amountMinor: charge.amount_minor, taxFreeMinor: charge.tax_free_minor },
    ...(charge.bill === null ? {} : { bill: JSON.parse(charge.bill) }),
  })
}

export async function collectionEnded(step: Step, payment: PaymentRow, { outcome }: OrderOutcome): Promise<void> {
  if (outcome !== 'done') return
  const visit = await loadVisit(step.trx, payment.visit_id)
  const receipt = await issueReceipt(step, visit, payment, { unpaid: null, refunds: [] })
  await change(step, visit, { debt_settled: 'collected', ...receipt })
}

async function owingVisit(step: Step, visitId: string, accountId?: string): Promise<VisitRow> {
  const visit = await loadOwnVisit(step.trx, visitId, accountId)
  if (visit.state !== 'debt' || visit.debt_settled !== null) throw noDebt(visitId)
  return visit
}

async function collectionUnderWay(step: Step, visitId: string): Promise<boolean> {
  const rows = await step.trx
    .selectFrom('payments')
    .selectAll()
    .where('visit_id', '=', visitId)
    .where('kind', '=', 'collection')
    .execute()
  return rows.some(isUnsettled)
}

const noDebt = (visitId: string) => refusal('no-debt', `Nothing is owed for ${visitId}.`, 'Ask for its state.')
