import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import Database from 'better-sqlite3'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { asOfVersion } from './support/old-database.ts'
import { beginCharge, endCharge, newLedgerPath, openLedger, openVisit, paid } from './support/test-ledger.ts'
import { lineOf } from './support/test-till.ts'

const nothing = { basketRevision: 0, lines: [], policyHash: '', profileHash: '' }

describe('the ledger', () => {
  let path: string
  let ledger: Ledger

  beforeEach(async () => {
    path = await newLedgerPath()
    ledger = await openLedger(path)
  })
  afterEach(() => ledger.close())

  /** Changes the file behind the ledger's back. */
  function tamper(...statements: string[]): void {
    const database = new Database(path)
    for (const statement of statements) database.exec(statement)
    database.close()
  }
  const unlock = ['DROP TRIGGER journal_no_update', 'DROP TRIGGER journal_no_delete']
  const verify = () => ledger.verify(undefined, 10_000)

  it('is in WAL with full synchronisation, readable by nobody else', async () => {
    const database = new Database(path)
    assert.equal(database.pragma('journal_mode', { simple: true }), 'wal')
    database.close()
    assert.equal((await stat(path)).mode & 0o777, 0o600)
  })

  it('chains its journal, which verifies', async () => {
    await beginCharge(ledger, 'anna')
    const report = await verify()
    assert.equal(report.ok, true)
    assert.equal(report.head.sequence, ledger.sequence)
    assert.ok(report.checked > 8)
  })

  it('refuses changes of the journal', async () => {
    await openVisit(ledger, 'anna')
    assert.throws(() => tamper("UPDATE journal SET data = '{}' WHERE sequence = 2"), /append-only/)
    assert.throws(() => tamper('DELETE FROM journal WHERE sequence = 2'), /append-only/)
  })

  const frauds: [string, string, number][] = [
    ['changed', "UPDATE journal SET data = replace(data, 'gate-1', 'gate-2') WHERE sequence = 2", 2],
    ['dated back', 'UPDATE journal SET at_ms = at_ms - 1 WHERE sequence = 3', 3],
    ['of another type', "UPDATE journal SET type = 'refused' WHERE sequence = 3", 3],
    ['taken out', 'DELETE FROM journal WHERE sequence = 2', 3],
    [
      'put in',
      "INSERT INTO journal SELECT 99, at_ms, type, visit_id, data, hash, 'x' FROM journal ORDER BY sequence DESC LIMIT 1",
      99,
    ],
  ]
  for (const [what, statement, where] of frauds) {
    it(`notices an entry that was ${what}`, async () => {
      await openVisit(ledger, 'anna')
      tamper(...unlock, statement)
      const report = await verify()
      assert.equal(report.ok, false)
      assert.equal(report.broken?.sequence, where)
    })
  }

  it('leaves no trace of a command that it refused', async () => {
    const visitId = await openVisit(ledger, 'anna')
    const before = ledger.sequence
    const lines = [lineOf('tea', 1), lineOf('nothing', 1)]
    await assert.rejects(
      ledger.take({ type: 'set-lines', commandId: 'lines', visitId, revision: 1, final: false, lines }, 0),
    )
    assert.equal(ledger.sequence, before)
    await ledger.take(
      { type: 'set-lines', commandId: 'lines', visitId, revision: 1, final: false, lines: lines.slice(0, 1) },
      0,
    )
    assert.equal((await verify()).ok, true)
  })

  it('goes on where it was, with the same answers, after it was closed', async () => {
    const visitId = await openVisit(ledger, 'anna')
    const bind = { type: 'bind-visit' as const, commandId: 'bind', visitId, personIds: ['person-1'] }
    const answer = await ledger.take(bind, 5)
    const before = await ledger.visit(visitId)
    await ledger.close()
    ledger = await openLedger(path)
    assert.deepEqual(await ledger.visit(visitId), before)
    assert.deepEqual(await ledger.take(bind, 9), { ...answer, repeated: true })
    assert.equal((await verify()).ok, true)
  })

  it("keeps the provider's references out of the journal, and erases them once the charge is settled", async () => {
    const visitId = await beginCharge(ledger, 'anna')
    await endCharge(ledger, visitId, paid('secret-payment-key'), 1)
    const database = new Database(path, { readonly: true })
    const journal = database.prepare('SELECT data FROM journal').all() as { data: string }[]
    for (const secret of ['customer-anna', 'billing-anna', 'secret-payment-key', 'hash-of-anna']) {
      assert.ok(
        journal.every(({ data }) => !data.includes(secret)),
        secret,
      )
    }
    const payment = database.prepare('SELECT customer_key, billing_key FROM payments').get()
    assert.deepEqual(payment, { customer_key: null, billing_key: null })
    database.close()
  })

  it('takes up a database from before people were counted, and knows who is in the store', async () => {
    const [anna, bert] = [await openVisit(ledger, 'anna'), await openVisit(ledger, 'bert')]
    await ledger.close()
    ledger = await openLedger(await asOfVersion(path, '0001-ledger'))
    const out = { gate: 'gate-1', direction: 'out' as const, visitId: null, seenAtMs: 1000, count: 1 }
    await ledger.recordPass(out, 1000)
    await ledger.sweep(100_000)
    assert.equal((await ledger.visit(anna)).state, 'open', 'two had come, one has left')
    await ledger.recordPass({ ...out, count: 2 }, 200_000)
    await ledger.sweep(300_000)
    assert.deepEqual([(await ledger.visit(anna)).state, (await ledger.visit(bert)).state], ['exited', 'exited'])
  })

  it('takes up the charges of a database from before there were other orders', async () => {
    const [anna, bert] = [await beginCharge(ledger, 'anna'), await beginCharge(ledger, 'bert')]
    await endCharge(ledger, anna, paid('p-1'), 1)
    await ledger.close()
    const old = await asOfVersion(path, '0004-bills')
    const database = new Database(old)
    database.exec("UPDATE payments SET state = 'paid' WHERE state = 'done'")
    database.close()
    ledger = await openLedger(old, 5)
    assert.deepEqual(
      (await ledger.paymentsDue(5, 10)).map(({ visit_id, kind, state }) => [visit_id, kind, state]),
      [[bert, 'charge', 'unknown']],
    )
    const refund = { type: 'refund-line' as const, lineId: 'line-tea', reason: '', decidedBy: 'owner' }
    await ledger.take({ ...refund, commandId: 'refund', visitId: anna }, 6)
    assert.equal((await ledger.paymentsDue(6, 10)).find(({ kind }) => kind === 'refund')?.about, 'p-1')
    await endCharge(ledger, bert, paid('p-2'), 7)
    assert.equal((await ledger.visit(bert)).state, 'paid')
  })

  it('says from where on the oldest undecided visit is told, and its own end when there is none', async () => {
    const recoverAfter = async () => (await ledger.state()).recoverAfter
    assert.equal(await recoverAfter(), 0)
    const anna = await openVisit(ledger, 'anna')
    const { events } = await ledger.events(0, 100)
    const begun = events.find(
      ({ type, data }) => type === 'visit-changed' && 'visitId' in data && data.visitId === anna,
    )
    const beforeAnna = await recoverAfter()
    assert.ok(beforeAnna !== undefined && beforeAnna < (begun?.sequence ?? 0))
    assert.ok(beforeAnna >= (events.find(({ type }) => type === 'scan')?.sequence ?? 0), 'after what came before')

    const bert = await openVisit(ledger, 'bert')
    assert.equal(await recoverAfter(), beforeAnna, 'the oldest counts')
    for (const visitId of [anna, bert]) {
      await ledger.take({ type: 'end-visit', commandId: `e-${visitId}`, visitId, exitedAtMs: 0, gate: null }, 0)
      await ledger.take({ type: 'decide', commandId: `d-${visitId}`, visitId, ...nothing }, 0)
      assert.equal((await ledger.visit(visitId)).state, 'review', 'it may wait for days, but for no evidence')
    }
    const { sequence } = await ledger.state()
    assert.equal(await recoverAfter(), sequence)
    assert.equal((await ledger.events(sequence - 1, 100)).events[0]?.sequence, sequence, 'an entry that is told')
  })

  it('has one charge a visit, by its own constraint', async () => {
    await beginCharge(ledger, 'anna')
    assert.throws(() => tamper('INSERT INTO payments SELECT * FROM payments'), /UNIQUE/)
  })

  it('settles a charge once', async () => {
    const visitId = await beginCharge(ledger, 'anna')
    await endCharge(ledger, visitId, paid('p-1'), 1)
    const { sequence } = ledger
    await endCharge(ledger, visitId, { outcome: 'declined', reason: 'late' }, 2)
    assert.equal(ledger.sequence, sequence)
    assert.equal((await ledger.visit(visitId)).state, 'paid')
  })

  it('moves nothing when a deadline is looked at twice', async () => {
    const visitId = await openVisit(ledger, 'anna')
    const laterMs = 5 * 3_600_000
    assert.equal(await ledger.sweep(laterMs), 1)
    assert.equal((await ledger.visit(visitId)).state, 'review')
    assert.equal(await ledger.sweep(laterMs), 0)
  })

  it('adds up stock', async () => {
    const move = { type: 'move-stock' as const, reason: 'staff' as const, plate: 'plate-1', sku: 'tea', eventId: 'e' }
    await ledger.take({ ...move, commandId: 'a', quantity: 10 }, 0)
    await ledger.take({ ...move, commandId: 'b', quantity: -3 }, 0)
    await ledger.take({ ...move, commandId: 'b', quantity: -3 }, 0)
    const database = new Database(path, { readonly: true })
    assert.deepEqual(database.prepare('SELECT quantity FROM stock').all(), [{ quantity: 7 }])
    database.close()
  })

  it('refuses a damaged file, and says so', async () => {
    for (let i = 0; i < 20; i++) await openVisit(ledger, `shopper-${i}`)
    await ledger.close()
    const bytes = await readFile(path)
    bytes.fill(0x5a, 4096 * 3, 4096 * 6)
    await writeFile(path, bytes)
    await assert.rejects(openLedger(path), (error) =>
      ['database-damaged', 'database-unusable'].includes((error as { code: string }).code),
    )
    path = await newLedgerPath()
    ledger = await openLedger(path)
  })
})
