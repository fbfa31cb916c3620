import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { backUp, restore } from '../../runtime/till/backup.ts'
import { hasCardNumber } from '../../runtime/till/card-number.ts'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { publicJournalKey } from '../../runtime/till/ledger/signed-heads.ts'
import { beginCharge, endCharge, newLedgerPath, openLedger, paid } from './support/test-ledger.ts'

const dayMs = 86_400_000
const publicKey = publicJournalKey(randomBytes(32).toString('base64url'))
const canary = 'canary-4711'
const secretReason = 'my daughter Seo-yeon took it'

describe('a person', () => {
  let path: string
  let ledger: Ledger
  beforeEach(async () => {
    path = await newLedgerPath()
    ledger = await openLedger(path, 0)
  })
  afterEach(() => ledger.close())

  const registration = (accountId: string, more: object = {}) => ({
    type: 'register-account' as const,
    ...{ commandId: `again-${randomBytes(4).toString('hex')}`, accountId, role: 'shopper' as const, party: 1 },
    ...{ credential: `hash-of-${accountId}`, payment: { customerKey: 'customer-x', billingKey: 'billing-x' } },
    ...more,
  })
  /** Somebody who agreed, bought a tea, and disputes it. */
  async function shopped(accountId: string): Promise<string> {
    const visitId = await beginCharge(ledger, accountId, 1)
    await ledger.take(registration(accountId, { consent: { version: '2026-01', atMs: 5 } }), 2)
    await endCharge(ledger, visitId, paid('p'), 3)
    const dispute = { type: 'dispute-line' as const, commandId: `dispute-${visitId}`, visitId, lineId: 'line-tea' }
    await ledger.take({ ...dispute, reason: secretReason }, 4)
    return visitId
  }
  const forget = (accountId: string, nowMs = 9) =>
    ledger.take({ type: 'forget-account', commandId: `forget-${nowMs}`, accountId }, nowMs)
  /** Where a text stands in the clear, in any file of the database. */
  const filesWith = (text: string) =>
    [path, `${path}-wal`].filter((file) => existsSync(file) && readFileSync(file).includes(text))
  const told = async () => JSON.stringify((await ledger.events(0, 1000)).events)

  it('gets everything that is kept of them, with what they agreed to and when', async () => {
    const visitId = await shopped(canary)
    const account = await ledger.exportAccount(canary)
    assert.deepEqual(account.consents, [{ version: '2026-01', atMs: 5 }])
    assert.deepEqual([account.canPay, account.scans.length], [true, 1])
    assert.deepEqual(
      account.visits.map((visit) => [visit.visitId, visit.receipt?.totalMinor, visit.disputes?.[0]?.reason]),
      [[visitId, 1500, secretReason]],
    )
    await assert.rejects(ledger.exportAccount('nobody'), { code: 'account-unknown' })
  })

  it('is forgotten: no file says who it was, while the journal verifies and the accounts add up', async () => {
    const visitId = await shopped(canary)
    assert.match(await told(), /canary-4711/, 'those who work with it read who it is')
    const { headBefore, receipt } = { headBefore: ledger.sequence, receipt: (await ledger.visit(visitId)).receipt }
    await forget(canary)
    // Command ids are chosen by the client, and go with the retention.
    const head = { ...(await ledger.head()), storeId: 'test-shop', atMs: 10, signature: '' }
    await ledger.keepSignedHead(head, 10)
    await ledger.forgetOld(91 * dayMs)
    for (const text of [canary, secretReason, 'customer-x', 'billing-x']) assert.deepEqual(filesWith(text), [], text)
    const report = await ledger.verify(undefined, 10_000)
    assert.ok(report.ok && report.head.sequence > headBefore)
    const visit = await ledger.visit(visitId)
    assert.deepEqual([visit.accountId, visit.state, visit.receipt], [null, 'paid', receipt])
    const events = await told()
    assert.doesNotMatch(events, /canary|Seo-yeon|sealed:/)
    await assert.rejects(forget(canary, 10), { code: 'account-unknown' })
  })

  it('is not forgotten while something of theirs is open', async () => {
    const visitId = await beginCharge(ledger, canary, 1)
    await assert.rejects(forget(canary, 2), { code: 'account-in-use' })
    await endCharge(ledger, visitId, { outcome: 'declined', reason: 'no' }, 3)
    await assert.rejects(forget(canary, 4), { code: 'account-in-use' })
    const settled = { type: 'settle-debt' as const, commandId: 'settle', visitId, how: 'forgiven' as const }
    await ledger.take({ ...settled, decidedBy: 'owner' }, 5)
    await forget(canary, 6)
  })

  it('stays forgotten when an older copy is put back over the database', async () => {
    await shopped(canary)
    const file = join(dirname(path), 'copy.sqlite')
    await backUp(dirname(path), file, publicKey)
    await forget(canary)
    await ledger.close()
    await restore(dirname(path), file, publicKey, 20)
    ledger = await openLedger(path, 21)
    await assert.rejects(ledger.exportAccount(canary), { code: 'account-unknown' })
    assert.doesNotMatch(await told(), /canary/)
    assert.equal((await ledger.verify(undefined, 10_000)).ok, true)
  })

  it('who has not come for as long as accounts are kept is forgotten, and nobody else', async () => {
    await shopped(canary)
    await shopped('bert')
    const shown = { gate: 'gate-1', method: 'qr' as const, credentialHash: 'hash-of-bert', seenAtMs: 0 }
    await ledger.takeScan(shown, 500 * dayMs)
    assert.equal(await ledger.forgetOld(999 * dayMs), 0)
    assert.equal(await ledger.forgetOld(1001 * dayMs), 1)
    await assert.rejects(ledger.exportAccount(canary), { code: 'account-unknown' })
    assert.equal((await ledger.exportAccount('bert')).visits.length, 1)
  })

  it("gives no card's number away: one that looks like it is not taken", async () => {
    const numbers = ['4242424242424242', '5555 5555 5555 4444', '378282246310005', 'x4000-0000-0000-0002y']
    assert.deepEqual(
      numbers.filter((number) => !hasCardNumber(number)),
      [],
    )
    assert.deepEqual(['4242424242424241', 'cus_123', '12345', 'pm_1N4242x424242y'].filter(hasCardNumber), [])
    const payment = { customerKey: 'customer', billingKey: '4242 4242 4242 4242' }
    await assert.rejects(ledger.take(registration('carl', { payment }), 1), { code: 'card-number' })
    assert.deepEqual(filesWith('4242'), [])
  })
})
