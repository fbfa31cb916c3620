/** Sends the receipts that are due by e-mail; the outbox is in the ledger, so a crash loses none. */
import type { Logger } from 'pino'
import type { Clock } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import { regularly } from '../../program/regularly.ts'
import type { LedgerMethods } from '../ledger/ledger-thread.ts'
import type { DueMail } from '../ledger/mails.ts'
import { type MailStyle, receiptMail } from './receipt-mail.ts'
import type { SmtpSender } from './smtp.ts'

export interface MailerOptions {
  ledger: Pick<LedgerMethods, 'mailsDue' | 'closeMail' | 'postponeMail'>
  sender: SmtpSender
  style: Omit<MailStyle, 'language'>
  clock: Clock
  log: Logger
}

const lookEveryMs = 1000
const mostAtOnce = 8
const firstPauseMs = 2000
const longestPauseMs = 3_600_000
/** Nobody looks for a receipt that is older; it stays on the page. */
const givenUpAfterMs = 3 * 86_400_000

export function mailReceipts(options: MailerOptions): { stop(): Promise<void> } {
  const { ledger, clock, log } = options
  return regularly(clock, lookEveryMs, async () => {
    try {
      const due = await ledger.mailsDue(clock.nowMs(), mostAtOnce)
      await Promise.all(due.map((mail) => sendOne(options, mail)))
    } catch (error) {
      log.error({ error: errorSentence(error) }, 'receipts that are due by e-mail could not be read')
    }
  })
}

async function sendOne({ ledger, sender, style, clock, log }: MailerOptions, mail: DueMail): Promise<void> {
  const { sequence, to } = mail
  if (!to) return ledger.closeMail(sequence, 'failed', 'There is no address any more.', clock.nowMs())
  const written = receiptMail(mail.receipt, sequence, { ...style, language: to.language })
  const answer = await sender.send({ ...written, to: to.address })
  const nowMs = clock.nowMs()
  if (answer.outcome === 'sent') return ledger.closeMail(sequence, 'sent', null, nowMs)
  const { reason } = answer
  log.warn({ sequence, attempts: mail.attempts + 1, reason }, 'a receipt did not go out by e-mail')
  if (answer.outcome === 'refused' || nowMs - mail.begun_at_ms > givenUpAfterMs) {
    return ledger.closeMail(sequence, 'failed', reason, nowMs)
  }
  const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(mail.attempts, 20), longestPauseMs)
  await ledger.postponeMail(sequence, nowMs + pauseMs, reason, nowMs)
}
