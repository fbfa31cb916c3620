/**
 * Receipts to be sent by e-mail, in the tables: written down in the transaction that issues the receipt, so that no
 * crash loses one. Each function is one transaction's work; the calls in between are the mailer's.
 */
import type { Receipt } from '../../contract/messages.ts'
import { type EmailAddress, emailOf } from './email-addresses.ts'
import type { Step } from './step.ts'
import type { Connection, MailRow } from './tables.ts'

/** What the mailer needs: a receipt, and to whom it goes. */
export interface DueMail extends Pick<MailRow, 'sequence' | 'attempts' | 'begun_at_ms'> {
  receipt: Receipt
  /** null: they have taken their address back, or are forgotten. */
  to: EmailAddress | null
}

/** Whoever gave an address gets what was issued at `sequence` of the journal. */
export async function enqueueMail(step: Step, visitId: string, accountId: string | null, sequence: number) {
  if (!step.shop.sendsMail || (await emailOf(step.trx, accountId)) === null) return
  const begun = { attempts: 0, begun_at_ms: step.nowMs, next_attempt_at_ms: step.nowMs }
  await step.trx
    .insertInto('mails')
    .values({ sequence, visit_id: visitId, state: 'due', ...begun, reason: null })
    .execute()
}

export async function mailsDue(db: Connection, nowMs: number, limit: number): Promise<DueMail[]> {
  const rows = await db
    .selectFrom('mails')
    .innerJoin('journal', 'journal.sequence', 'mails.sequence')
    .innerJoin('visits', 'visits.visit_id', 'mails.visit_id')
    .select(['mails.sequence', 'attempts', 'begun_at_ms', 'journal.data', 'visits.account_id'])
    .where('mails.state', '=', 'due')
    .where('next_attempt_at_ms', '<=', nowMs)
    .orderBy('next_attempt_at_ms')
    .limit(limit)
    .execute()
  const due: DueMail[] = []
  for (const { data, account_id, ...row } of rows) {
    due.push({ ...row, receipt: JSON.parse(data) as Receipt, to: await emailOf(db, account_id) })
  }
  return due
}

/** @param reason without the address: it is kept when its owner is forgotten */
export async function closeMail(step: Step, sequence: number, state: 'sent' | 'failed', reason: string | null) {
  const mail = await step.trx
    .updateTable('mails')
    .set({ state, reason })
    .where('sequence', '=', sequence)
    .where('state', '=', 'due')
    .returning('visit_id')
    .executeTakeFirst()
  if (!mail) return
  const facts = { visitId: mail.visit_id, receiptSequence: sequence, ...(reason === null ? {} : { reason }) }
  await step.journal.append(`mail-${state}`, mail.visit_id, facts)
}

export const postponeMail = (step: Step, sequence: number, nextAttemptAtMs: number, reason: string) =>
  step.trx
    .updateTable('mails')
    .set((build) => ({ attempts: build('attempts', '+', 1), next_attempt_at_ms: nextAttemptAtMs, reason }))
    .where('sequence', '=', sequence)
    .where('state', '=', 'due')
    .execute()
