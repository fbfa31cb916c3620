/** Hands one mail to the shop's SMTP server, and says what is known of that afterwards. */
import { createTransport } from 'nodemailer'
import type { Profile } from '../../profile/profile-schema.ts'
import type { ReceiptMail } from './receipt-mail.ts'

export type MailSettings = NonNullable<Profile['mail']>

/**
 * refused: for good, this mail to this address. unknown: it may have been taken, or the server is away; sent again it
 * is the same mail, by its Message-ID. Reasons name no address: servers like to repeat it in what they say.
 */
export type MailAnswer = { outcome: 'sent' } | { outcome: 'refused' | 'unknown'; reason: string }

export interface SmtpSender {
  send(mail: ReceiptMail & { to: string }): Promise<MailAnswer>
}

/** In real time. RFC 5321, 4.5.3.2 allows servers more; a receipt is tried again instead. */
const answerWithinMs = 20_000

export function createSmtpSender(
  settings: MailSettings,
  password: string | undefined,
  withinMs = answerWithinMs,
): SmtpSender {
  const { host, port, security, user, from } = settings
  const transport = createTransport({
    ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    ...{ connectionTimeout: withinMs, greetingTimeout: withinMs, socketTimeout: withinMs, dnsTimeout: withinMs },
    // A mail of ours is text; nothing in it may make the till read a file or ask an address.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  })
  return {
    async send({ to, messageId, subject, text }) {
      try {
        await transport.sendMail({
          from,
          to,
          messageId,
          subject,
          text,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        return { outcome: 'sent' }
      } catch (error) {
        return answerOf(error as { code?: unknown; responseCode?: unknown })
      }
    },
  }
}

/** What nodemailer calls a server's answer to the sender, the recipient, or the mail itself. */
const aboutTheMail: readonly unknown[] = ['EENVELOPE', 'EMESSAGE']

function answerOf({ code, responseCode }: { code?: unknown; responseCode?: unknown }): MailAnswer {
  const status = typeof responseCode === 'number' ? responseCode : 0
  const reason = [typeof code === 'string' ? code : 'failed', ...(status > 0 ? [status] : [])].join(' ')
  // 5yz is for good (RFC 5321, 4.2.1); of a login that was refused the shop's settings are to blame, not the mail.
  return { outcome: aboutTheMail.includes(code) && status >= 500 ? 'refused' : 'unknown', reason }
}
