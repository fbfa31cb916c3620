import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { copyFile, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { pino } from 'pino'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { backUp, checkBackup, restore } from '../../runtime/till/backup.ts'
import { headsFile } from '../../runtime/till/data-files.ts'
import { signDaily } from '../../runtime/till/journal-signer.ts'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { openReadonly } from '../../runtime/till/ledger/open-database.ts'
import { publicJournalKey } from '../../runtime/till/ledger/signed-heads.ts'
import { stockOfJournal } from '../../runtime/till/ledger/stock.ts'
import { beginCharge, endCharge, newLedgerPath, openLedger, openVisit, paid } from './support/test-ledger.ts'
import { waitFor } from './support/wait.ts'

const hourMs = 3_600_000
const secret = randomBytes(32).toString('base64url')
const publicKey = publicJournalKey(secret)
const unlock = ['DROP TRIGGER journal_no_update', 'DROP TRIGGER journal_no_delete']

describe('the journal and its copies', () => {
  let path: string
  let directory: string
  let ledger: Ledger
  let clock: VirtualClock

  beforeEach(async () => {
    path = await newLedgerPath()
    directory = dirname(path)
    ledger = await openLedger(path)
    clock = new VirtualClock(1_800_000_000_000)
  })
  afterEach(() => ledger.close())

  /** Signs what is due after so many hours more. */
  async function signed(hours: number, count: number): Promise<void> {
    clock.advanceTo(clock.nowMs() + hours * hourMs)
    const log = pino({ level: 'silent' })
    const signer = signDaily({ ledger, clock, log, storeId: 'test-shop', secret, dataDirectory: directory })
    await waitFor('the head', async () => (await ledger.signedHeads()).length === count)
    await signer.stop()
  }
  function tamper(file: string, ...statements: string[]): void {
    const database = new Database(file)
    for (const statement of statements) database.exec(statement)
    database.close()
  }

  it('has its head signed once a day, in the database and in a file to be taken elsewhere', async () => {
    await openVisit(ledger, 'anna')
    await signed(0, 1)
    await openVisit(ledger, 'bert')
    await signed(23, 1)
    await signed(1, 2)
    assert.equal(await ledger.verifyHeads(publicKey), undefined)
    const told = (await readFile(join(directory, headsFile), 'utf8')).trimEnd().split('\n')
    assert.deepEqual(
      told.map((line) => JSON.parse(line).sequence),
      (await ledger.signedHeads()).map(({ sequence }) => sequence),
    )
    assert.match(
      (await ledger.verifyHeads(publicJournalKey(randomBytes(32).toString('base64url')))) ?? '',
      /not signed/,
    )
  })

  it('is not believed when it was cut off or rewritten before a signed head', async () => {
    await openVisit(ledger, 'anna')
    await signed(0, 1)
    const file = join(directory, 'copy.sqlite')
    await backUp(directory, file, publicKey)
    await copyFile(file, `${file}.cut`)
    tamper(`${file}.cut`, ...unlock, 'DELETE FROM journal WHERE sequence > 2')
    await assert.rejects(checkBackup(`${file}.cut`, publicKey), { code: 'backup-damaged', message: /cut off/ })
    tamper(file, ...unlock, "UPDATE journal SET data = replace(data, 'gate-1', 'gate-2') WHERE sequence = 2")
    await assert.rejects(checkBackup(file, publicKey), { code: 'backup-damaged', message: /entry 2/ })
  })

  it('is copied while it is written to, readable by nobody else, and comes back whole', async () => {
    const anna = await beginCharge(ledger, 'anna')
    const writing = Promise.all(['bert', 'carl', 'dora'].map((name) => openVisit(ledger, name)))
    const file = join(directory, 'copies', 'till.sqlite')
    const report = await backUp(directory, file, publicKey)
    await writing
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    await assert.rejects(backUp(directory, file, publicKey), { code: 'backup-exists' })

    const { ledgerId, credentialSalt } = ledger.identity
    await endCharge(ledger, anna, paid('after the backup'), 5)
    await signed(0, 1)
    await ledger.close()
    const restored = await restore(directory, file, publicKey, 7)
    assert.ok(restored.replaced && restored.entries === report.entries)
    assert.equal(restored.endsBefore?.sequence, ledger.sequence)

    ledger = await openLedger(path, 8)
    assert.equal((await ledger.verify(undefined, 10_000)).ok, true)
    const [doubted] = await ledger.paymentsDue(8, 10)
    assert.deepEqual([doubted?.visit_id, doubted?.state], [anna, 'unknown'], 'asked for before it is sent')
    assert.equal(ledger.identity.credentialSalt, credentialSalt)
    assert.notEqual(ledger.identity.ledgerId, ledgerId, 'later visits are not taken for those after the backup')
  })

  it('says what the stock is: the table is what the journal sums up to', async () => {
    const moves = fc.array(
      fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y'), fc.integer({ min: -9, max: 9 })),
      {
        minLength: 1,
        maxLength: 12,
      },
    )
    let n = 0
    await fc.assert(
      fc.asyncProperty(moves, async (moved) => {
        for (const [plate, sku, quantity] of moved) {
          const move = { type: 'move-stock' as const, reason: 'staff' as const, plate, sku, quantity }
          await ledger.take({ ...move, commandId: `move-${++n}`, eventId: `event-${n}` }, n)
        }
        const db = openReadonly(path)
        assert.deepEqual(await stockOfJournal(db), await ledger.stock())
        await db.destroy()
      }),
      { numRuns: 8 },
    )
  })
})
