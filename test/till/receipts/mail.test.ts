import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { SystemClock } from '../../../runtime/contract/clock.ts'
import type { Receipt } from '../../../runtime/contract/messages.ts'
import type { Ledger } from '../../../runtime/till/ledger/ledger.ts'
import { mailReceipts } from '../../../runtime/till/receipts/mailer.ts'
import { receiptMail } from '../../../runtime/till/receipts/receipt-mail.ts'
import { createSmtpSender, type MailSettings } from '../../../runtime/till/receipts/smtp.ts'
import { SmtpServer } from '../support/smtp-server.ts'
import { beginCharge, endCharge, newLedgerPath, openLedger, paid } from '../support/test-ledger.ts'
import { waitFor } from '../support/wait.ts'

const address = 'mina.canary@example.com'
const style = {
  ...{ storeId: 'test-shop', storeName: 'Test shop', timeZone: 'Asia/Seoul', byWeight: new Set<string>() },
  ...{ from: 'receipts@shop.example', pageUrl: null },
}

describe('receipts by e-mail', () => {
  let path: string
  let ledger: Ledger
  let server: SmtpServer
  let mailer: { stop(): Promise<void> } | undefined
  let logged: string[]
  /** Pauses of seconds pass in milliseconds. */
  const clock = new SystemClock({ scale: 200, originMs: Date.now() })

  beforeEach(async () => {
    path = await newLedgerPath()
    ledger = await openLedger(path, clock.nowMs(), { sendsMail: true })
    server = await new SmtpServer().start()
    logged = []
  })
  afterEach(async () => {
    await mailer?.stop()
    mailer = undefined
    await server.stop()
    await ledger.close()
  })

  /** @param withinMs a time-out that only a server which never answers may reach: a slow machine is not one */
  function send(change: Partial<MailSettings> = {}, withinMs = 20_000) {
    const settings: MailSettings = {
      host: '127.0.0.1',
      port: server.port,
      security: 'none',
      from: style.from,
      ...change,
    }
    const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) })
    mailer = mailReceipts({ ledger, clock, log, style, sender: createSmtpSender(settings, 'secret', withinMs) })
  }
  async function bought(accountId: string, to: string | null = address): Promise<string> {
    const visitId = await beginCharge(ledger, accountId, clock.nowMs())
    const set = { type: 'set-email' as const, commandId: `email-${accountId}`, accountId, language: 'en' as const }
    await ledger.take({ ...set, address: to }, clock.nowMs())
    await endCharge(ledger, visitId, paid('p'), clock.nowMs())
    return visitId
  }
  const due = () => ledger.mailsDue(Number.MAX_SAFE_INTEGER, 100)
  const allDone = () => waitFor('nothing to be due', async () => (await due()).length === 0)
  const journalled = async (type: string) =>
    readFileSync(path).includes(type) || readFileSync(`${path}-wal`).includes(type)

  it('go to whoever gave an address, once, as plain text', async () => {
    const visitId = await bought('mina')
    await bought('jun', null)
    send()
    await allDone()
    const [mail, ...more] = server.taken
    assert.deepEqual(more, [])
    assert.deepEqual(mail?.to, [address])
    assert.match(mail?.messageId ?? '', new RegExp(`^<test-shop\\.${visitId}-receipt\\.\\d+@shop\\.example>$`))
    assert.match(mail?.source ?? '', /Subject: =\?UTF-8\?Q\?Test_shop=3A_your_receipt/)
    assert.match(mail?.source ?? '', /Content-Type: text\/plain/)
  })

  it('go out after a restart when the till ended before they did', async () => {
    await bought('mina')
    await ledger.close()
    ledger = await openLedger(path, clock.nowMs(), { sendsMail: true })
    send()
    await allDone()
    assert.equal(server.taken.length, 1)
  })

  for (const fault of ['hangs-up', 'silent', 'busy', 'login-refused'] as const) {
    it(`are tried again while the server is "${fault}", and arrive once when it is well`, async () => {
      server.fault = fault
      await bought('mina')
      send(fault === 'login-refused' ? { user: 'shop' } : {}, fault === 'silent' ? 300 : undefined)
      await waitFor('a second try', () => server.connections > 1)
      assert.equal(server.taken.length, 0)
      await mailer?.stop()
      server.fault = 'none'
      send()
      await allDone()
      assert.equal(server.taken.length, 1)
    })
  }

  it('come under the same id when it is not known whether they were taken', async () => {
    server.fault = 'lost-answer'
    await bought('mina')
    send()
    await waitFor('two of them', () => server.taken.length > 1)
    server.fault = 'none'
    await allDone()
    assert.equal(new Set(server.taken.map(({ messageId }) => messageId)).size, 1)
  })

  it('are given up where the server knows nobody of that name, and the address stands in no log', async () => {
    server.fault = 'no-such-recipient'
    await bought('mina')
    send()
    await allDone()
    assert.equal(server.taken.length, 0)
    assert.ok(await journalled('mail-failed'))
    assert.ok(logged.length > 0)
    assert.ok(!logged.join('').includes('canary'))
  })

  it('have their address sealed in every file, and none when its owner is forgotten', async () => {
    const visitId = await bought('mina')
    const files = () => [path, `${path}-wal`].map((file) => readFileSync(file, 'latin1')).join('')
    assert.ok(!files().includes('canary'))
    assert.equal((await ledger.exportAccount('mina')).email, address)
    await ledger.take({ type: 'forget-account', commandId: 'forget', accountId: 'mina' }, clock.nowMs())
    assert.deepEqual(
      (await due()).map(({ to, receipt }) => [to, receipt.visitId]),
      [[null, visitId]],
    )
    send()
    await allDone()
    assert.equal(server.taken.length, 0)
  })
})

describe('the text of a mail', () => {
  const receipt: Receipt = {
    ...{ type: 'receipt', version: 1, storeId: 'test-shop', sequence: 1, seenAtMs: 0, receivedAtMs: 0 },
    ...{ visitId: 'v-1', receiptId: 'v-1-receipt', state: 'sent', channel: 'page', totalMinor: 1500, currency: 'KRW' },
    lines: [{ lineId: 'l', sku: 'tea', name: 'Tea\r\nBcc: all@example.com', quantity: 1, amountMinor: 1500 }],
  }

  it('lets no name begin a line of its own', () => {
    const { subject, text } = receiptMail(receipt, 7, { ...style, language: 'en', storeName: 'Shop\nBcc: x@y.example' })
    assert.ok(!subject.includes('\n'))
    assert.ok(!/^Bcc/m.test(text))
  })

  it('is in the language that its reader chose, and says what was given back', () => {
    const corrected = { ...receipt, totalMinor: 0, refunds: [{ lineId: 'l', amountMinor: 1500 }] }
    assert.match(receiptMail(corrected, 7, { ...style, language: 'ko' }).subject, /정정 영수증/)
    assert.match(
      receiptMail(corrected, 7, { ...style, language: 'en' }).text,
      /Given back: Tea Bcc: all@example.com {2}-₩1,500/,
    )
    assert.notEqual(
      receiptMail(corrected, 8, { ...style, language: 'en' }).messageId,
      receiptMail(receipt, 7, { ...style, language: 'en' }).messageId,
    )
  })
})
