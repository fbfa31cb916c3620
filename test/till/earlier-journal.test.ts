/** Databases as earlier releases wrote them: data in its canonical form, which was what the chain and digests were of. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'
import canonicalize from 'canonicalize'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import type { CommandOf } from '../../runtime/till-api/commands.ts'
import { asOfVersion } from './support/old-database.ts'
import { beginCharge, newLedgerPath, openLedger } from './support/test-ledger.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const canonical = (value: unknown) => canonicalize(value) ?? ''

const evidence: CommandOf<'add-evidence'>['evidence'][number] = {
  event: {
    ...{ type: 'weight-event', version: 1, storeId: 'shop', sequence: 1, seenAtMs: 1.5, receivedAtMs: 2 },
    ...{ eventId: 'event-1', revision: 0, fixture: 'g1', startedAtMs: 1, settledAtMs: 2, kind: 'removed' },
    plates: [{ plate: 'g1-s1-p1', deltaG: -251.5 }],
    ...{ deltaG: -251.5, sigmaG: 1.2, evidence: { noiseG: 0.8, swingG: 3.1, samples: 42 } },
  },
  ...{ near: null, sighted: [] },
}

describe('a journal of an earlier release', () => {
  let path: string
  let ledger: Ledger

  beforeEach(async () => {
    path = await newLedgerPath()
    await (await openLedger(path)).close()
    const database = new Database(path)
    const insert = database.prepare('INSERT INTO journal VALUES (?, ?, ?, NULL, ?, ?, ?)')
    let previous = '0'.repeat(64)
    for (const [i, data] of [evidence, { text: 'Tür "1" · 문', atMs: 1e21, z: { b: 1, a: [] } }].entries()) {
      const entry = { sequence: i + 1, atMs: i + 0.25, type: 'evidence', data }
      const hash = sha256(previous + canonical(entry))
      insert.run(entry.sequence, entry.atMs, entry.type, canonical(data), previous, hash)
      previous = hash
    }
    const command = { type: 'add-evidence', commandId: 'seen-1', evidence: [evidence] }
    database
      .prepare('INSERT INTO commands VALUES (?, ?, ?, 1, NULL)')
      .run('seen-1', 'add-evidence', sha256(canonical(command)))
    database.close()
    ledger = await openLedger(path)
  })
  afterEach(() => ledger.close())

  it('verifies, and goes on', async () => {
    await ledger.take({ type: 'add-evidence', commandId: 'seen-2', evidence: [evidence] }, 5)
    const report = await ledger.verify(undefined, 100)
    assert.deepEqual([report.ok, report.checked], [true, 3])
  })

  it('knows what was taken, and what was not', async () => {
    const again = { type: 'add-evidence' as const, commandId: 'seen-1' }
    assert.deepEqual(await ledger.take({ ...again, evidence: [evidence] }, 5), { sequence: 1, repeated: true })
    const other = { ...evidence, near: [] }
    await assert.rejects(ledger.take({ ...again, evidence: [other] }, 5), { code: 'command-conflict' })
  })

  it('keeps its entries, what refers to them, and that they cannot be changed, when its table is made anew', async () => {
    const visitId = await beginCharge(ledger, 'anna')
    const before = await ledger.visit(visitId)
    await ledger.close()
    path = await asOfVersion(path, '0011-tailgating')
    ledger = await openLedger(path)
    assert.deepEqual(await ledger.visit(visitId), before)
    assert.equal((await ledger.verify(undefined, 100)).ok, true)
    const database = new Database(path)
    assert.throws(() => database.exec('DELETE FROM journal'), /append-only/)
    assert.throws(() => database.exec('UPDATE baskets SET sequence = 999'), /FOREIGN KEY/)
    database.close()
  })

  it('notices when its text is written otherwise', async () => {
    const database = new Database(path)
    database.exec("DROP TRIGGER journal_no_update; UPDATE journal SET data = ' ' || data WHERE sequence = 2")
    database.close()
    assert.equal((await ledger.verify(undefined, 100)).broken?.sequence, 2)
  })
})
