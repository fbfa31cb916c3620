/** The judges themselves: with a protection taken away, each must see what comes of it. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { databaseFile } from '../../runtime/till/data-files.ts'
import { registration, type TestStore } from '../till/support/test-till.ts'
import { type Acknowledged, assertJournalVerifies, assertNothingLost, remembering } from './support/judgement.ts'
import { type KilledTill, openKilledTill } from './support/killed-till.ts'
import { seedNote } from './support/trial.ts'

describe(`a till without its protections would be noticed ${seedNote}`, function () {
  this.timeout(120_000)
  let store: TestStore
  let till: KilledTill

  beforeEach(async () => {
    ;({ store, till } = await openKilledTill())
  })
  afterEach(async () => {
    await till.stop()
    await store.stop()
  })

  it('without the inbox: a command that was taken is taken a second time', async () => {
    const accounts = till.client('accounts')
    const acknowledged: Acknowledged[] = []
    await remembering(accounts, acknowledged).send(registration('anna'))
    await assertNothingLost(accounts, acknowledged)
    await till.stop()
    change('DELETE FROM commands')
    await till.start()
    await assert.rejects(assertNothingLost(accounts, acknowledged), { code: 'ERR_ASSERTION' })
  })

  it('without the chain: an entry of the journal that was rewritten', async () => {
    await till.client('accounts').send(registration('anna'))
    await assertJournalVerifies(till.url)
    await till.stop()
    change(`UPDATE journal SET data = '{}' WHERE sequence = 1`, ['DROP TRIGGER journal_no_update'])
    await till.start()
    await assert.rejects(assertJournalVerifies(till.url), { code: 'ERR_ASSERTION' })
  })

  function change(statement: string, unlock: string[] = []): void {
    const database = new Database(join(store.dataDirectory, databaseFile))
    for (const lock of unlock) database.exec(lock)
    assert.ok(database.prepare(statement).run().changes > 0, 'there was something to take away')
    database.close()
  }
})
