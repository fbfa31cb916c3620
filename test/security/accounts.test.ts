import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Accounts } from '../../runtime/security/accounts.ts'
import { checkNewPassword, hashPassword, verifyPassword } from '../../runtime/security/password.ts'

const good = 'vier kleine Enten am See'

describe('passwords', () => {
  it('are kept as argon2id of RFC 9106, never twice the same', async () => {
    const [first, second] = await Promise.all([hashPassword(good), hashPassword(good)])
    assert.match(first, /^\$argon2id\$v=19\$m=65536,t=3,p=4\$[\w+/]{22}\$[\w+/]{43}$/)
    assert.notEqual(first, second)
    assert.equal(await verifyPassword(good, first), true)
    assert.equal(await verifyPassword(`${good} `, first), false)
  })

  it('are the same however Hangul was composed', async () => {
    const composed = '가게 문은 아홉시에 연다'
    const kept = await hashPassword(composed.normalize('NFD'))
    assert.equal(await verifyPassword(composed.normalize('NFC'), kept), true)
  })

  it('verify a hash that another program made at another cost', async () => {
    // RFC 9106 parameters of another choice, made with node:crypto's argon2Sync.
    const { argon2Sync } = await import('node:crypto')
    const nonce = Buffer.from('0123456789abcdef')
    const hash = argon2Sync('argon2id', {
      message: good,
      nonce,
      memory: 1024,
      passes: 2,
      parallelism: 1,
      tagLength: 24,
    })
    const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
    const kept = `$argon2id$v=19$m=1024,t=2,p=1$${unpadded(nonce)}$${unpadded(hash)}`
    assert.equal(await verifyPassword(good, kept), true)
    assert.equal(await verifyPassword('another password', kept), false)
  })

  it('are refused when short, monotonous or among the first guesses', () => {
    const weak = ['', 'elevenchars', 'aaaaaaaaaaaa', 'abababababab', '123456789012', 'Password2024!', 'administrator1']
    for (const password of [...weak, 'OpenAisle-2026', 'qwertyuiop123', 'mina-mina-mina-1', 'x'.repeat(201)]) {
      assert.throws(() => checkNewPassword(password, 'Mina'), { code: 'password-weak' }, password)
    }
    for (const password of [good, 'tR7!kk2#pq9Zvb', '가게 문은 아홉시에 연다']) checkNewPassword(password, 'Mina')
  })
})

describe('the owner', () => {
  let data: string
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'aisle-accounts-'))
  })
  afterEach(() => rmSync(data, { recursive: true }))

  it('is created once and can log in', async () => {
    const accounts = new Accounts(data)
    assert.equal(accounts.hasOwner(), false)
    assert.deepEqual(await accounts.createOwner(' Mina ', good, 0), { user: 'Mina', role: 'owner' })
    assert.equal(accounts.hasOwner(), true)
    assert.deepEqual(await accounts.logIn('Mina', good), { user: 'Mina', role: 'owner' })
    assert.equal(await accounts.logIn('Mina', 'wrong password'), null)
    assert.equal(await accounts.logIn('nobody', good), null)
    await assert.rejects(accounts.createOwner('Other', good, 0), { code: 'owner-exists' })
  })

  it('is exactly one when many claim the store at once, from one program or several', async function () {
    // 24 passwords are made slow to guess.
    this.timeout(60_000)
    for (let round = 0; round < 3; round++) {
      const folder = join(data, String(round))
      const claims = Array.from({ length: 8 }, (_, i) => new Accounts(folder).createOwner(`owner ${i}`, good, 0))
      const results = await Promise.allSettled(claims)
      const winners = results.filter(({ status }) => status === 'fulfilled')
      assert.equal(winners.length, 1)
      const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
      assert.deepEqual(new Set(codes), new Set(['owner-exists']))
    }
  })

  it('is kept in a private file that holds no password', async () => {
    await new Accounts(data).createOwner('Mina', good, 0)
    const path = join(data, 'accounts.json')
    assert.equal((statSync(path).mode & 0o777).toString(8), '600')
    assert.ok(!readFileSync(path, 'utf8').includes(good))
    chmodSync(path, 0o644)
    assert.throws(() => new Accounts(data).hasOwner(), { code: 'file-not-private' })
  })

  it('needs a name that can be shown', async () => {
    for (const name of ['', '   ', 'a\nb', 'x'.repeat(65)]) {
      await assert.rejects(new Accounts(data).createOwner(name, good, 0), { code: 'user-invalid' })
    }
  })
})
