import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Ledger } from '../../../runtime/till/ledger/ledger.ts'
import { newLedgerPath, openLedger } from '../support/test-ledger.ts'
import { newPhone, type TestPhone } from './phone-key.ts'

const nowMs = Date.UTC(2026, 10, 21)

describe('the door and the phones', () => {
  let path: string
  let ledger: Ledger
  let phone: TestPhone
  let commands = 0

  beforeEach(async () => {
    path = await newLedgerPath()
    ledger = await openLedger(path, nowMs)
    phone = await newPhone()
    await register('mina', phone)
  })
  afterEach(() => ledger.close())

  const commandId = () => `command-${++commands}`
  const registerPhone = (accountId: string, { deviceId, publicKey }: TestPhone) =>
    ledger.take({ type: 'register-device', commandId: commandId(), accountId, deviceId, publicKey }, nowMs)
  async function register(accountId: string, of: TestPhone) {
    const account = { accountId, role: 'shopper' as const, credential: null, party: 1, payment: null }
    await ledger.take({ type: 'register-account', commandId: commandId(), ...account }, nowMs)
    await registerPhone(accountId, of)
  }
  const show = async (code: string, atMs = nowMs, gate = 'gate-1') =>
    ledger.takeScan({ gate, method: 'qr', seenAtMs: atMs, token: { code, shownAtMs: atMs } }, atMs)
  const codeOf = (madeAtMs = nowMs, party = 1, accountId = 'mina') => phone.code({ accountId, madeAtMs, party })
  const admit = (scanId: string, atMs = nowMs) =>
    ledger.take({ type: 'admit', commandId: `admit-${scanId}`, scanId, party: 1, rule: '', policyHash: '' }, atMs)

  it('know whose code it is, and how many it admits', async () => {
    const { account } = await show(await codeOf(nowMs, 3))
    assert.deepEqual(account, {
      ...{ known: true, accountId: 'mina', role: 'shopper', party: 3, usable: true },
      ...{ openVisit: false, debt: false, blocked: false, adult: null },
    })
  })

  it('take a code once, also after the till was started again', async () => {
    const code = await codeOf()
    assert.equal((await show(code)).account.usable, true)
    assert.equal((await show(code)).account.usable, false)
    await ledger.close()
    ledger = await openLedger(path, nowMs)
    assert.deepEqual([(await show(code)).account.usable, (await show(code)).account.known], [false, true])
    assert.equal((await show(await codeOf(nowMs + 5000))).account.usable, true)
  })

  it('take no older code once a newer one was used: a picture taken before is worth nothing', async () => {
    const older = await codeOf(nowMs)
    assert.equal((await show(await codeOf(nowMs + 5000))).account.usable, true)
    assert.equal((await show(older)).account.usable, false)
  })

  it('do not hold a code as used that was shown too early or too late', async () => {
    const code = await codeOf(nowMs + 60_000)
    assert.equal((await show(code)).account.usable, false)
    assert.equal((await show(code, nowMs + 60_000)).account.usable, true)
  })

  it('say of a forged code that nobody is known by it', async () => {
    const stranger = { ...(await newPhone()), deviceId: phone.deviceId }
    const forged = await stranger.code({ accountId: 'mina', madeAtMs: nowMs })
    for (const code of [forged, 'OA1-', `${await codeOf()}A`, (await codeOf()).toLowerCase()]) {
      const { account } = await show(code)
      assert.deepEqual([account.known, account.accountId, account.usable], [false, null, false], code)
    }
    assert.equal((await show(await codeOf())).account.usable, true, 'the true one is as good as before')
  })

  it('forget a lost phone when its owner registers another', async () => {
    const lost = await codeOf()
    const another = await newPhone()
    await registerPhone('mina', another)
    assert.equal((await show(lost)).account.known, false)
    assert.equal((await show(await another.code({ accountId: 'mina', madeAtMs: nowMs }))).account.usable, true)
  })

  it('register a phone for one account, once, and only with a key that can be checked', async () => {
    await register('jun', await newPhone())
    await assert.rejects(registerPhone('jun', phone), { code: 'device-taken' })
    await assert.rejects(registerPhone('nobody', await newPhone()), { code: 'account-unknown' })
    const bad = { ...(await newPhone()), publicKey: Buffer.alloc(91).toString('base64url') }
    await assert.rejects(registerPhone('jun', bad), { code: 'key-invalid' })
  })

  it('let an account in once when two codes of it are shown at two gates at the same moment', async () => {
    const [one, two] = [await show(await codeOf(nowMs)), await show(await codeOf(nowMs + 1), nowMs, 'gate-2')]
    assert.deepEqual([one.account.openVisit, two.account.openVisit], [false, false], 'neither knew of the other')
    await admit(one.scanId)
    await assert.rejects(admit(two.scanId), { code: 'already-inside' })
  })

  it('leave it to the entry rules whether somebody who is inside may come in again', async () => {
    await admit((await show(await codeOf(nowMs))).scanId)
    const again = await show(await codeOf(nowMs + 5000), nowMs + 5000)
    assert.equal(again.account.openVisit, true)
    await admit(again.scanId, nowMs + 5000)
  })

  it('forget the phone with its owner, and no file says whose it was', async () => {
    await show(await codeOf())
    await ledger.take({ type: 'forget-account', commandId: commandId(), accountId: 'mina' }, nowMs)
    assert.equal((await show(await codeOf(nowMs + 5000))).account.known, false)
    assert.ok(!readFileSync(path).includes(phone.deviceId))
  })
})
