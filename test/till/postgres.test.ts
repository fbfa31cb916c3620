/** The queries of the ledger, spoken to PostgreSQL: all that `runtime/till/ledger` asks but opening and copying a file. */
import assert from 'node:assert/strict'
import { Kysely, PostgresDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { ledgerMigrations } from '../../runtime/till/ledger/migrations.ts'
import type { LedgerTables } from '../../runtime/till/ledger/tables.ts'
import { LocalPostgresPool } from './support/postgres-client.ts'
import { missingPostgres, PostgresServer } from './support/postgres-server.ts'
import { beginCharge, endCharge, ledgerOver, openVisit, paid } from './support/test-ledger.ts'

describe('the ledger on PostgreSQL', function () {
  this.timeout(180_000)
  let server: PostgresServer | undefined
  let db: Kysely<LedgerTables>
  let ledger: Ledger

  before(async function () {
    const missing = missingPostgres()
    if (missing) {
      console.log(`      skipped: ${missing}`)
      this.skip()
    }
    server = await PostgresServer.start()
    db = new Kysely<LedgerTables>({ dialect: new PostgresDialect({ pool: new LocalPostgresPool(server.socket) }) })
    const { error } = await new Migrator({ db, provider: ledgerMigrations }).migrateToLatest()
    if (error) throw error
    ledger = await ledgerOver(db)
  })
  after(async () => {
    await ledger?.close()
    await server?.stop()
  })

  it('takes a visit from the scan to the receipt, and its journal verifies', async () => {
    const visitId = await beginCharge(ledger, 'anna')
    await endCharge(ledger, visitId, paid('pay-1'))
    const { state, receipt, basket } = await ledger.visit(visitId)
    assert.deepEqual([state, receipt?.totalMinor, basket?.totalMinor], ['paid', 1500, 1500])
    const { ok, head } = await ledger.verify(undefined, 10_000)
    assert.deepEqual([ok, head.sequence], [true, ledger.sequence])
  })

  it('takes a command once, and undoes alone what is refused among others', async () => {
    const move = (n: number) => ({
      ...{ type: 'move-stock' as const, commandId: `move-${n}`, reason: 'staff' as const },
      ...{ plate: 'g1-s1-p1', sku: 'tea', quantity: 1, eventId: `event-${n}` },
    })
    const wrong = { type: 'end-visit' as const, commandId: 'wrong', visitId: 'nobody', exitedAtMs: 0, gate: null }
    const sent = [move(1), wrong, move(2), move(1)]
    const answers = await Promise.allSettled(sent.map((command) => ledger.take(command, 1)))
    assert.deepEqual(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.repeated : answer.reason.code)),
      [false, 'visit-unknown', false, true],
    )
    assert.deepEqual(await ledger.stock(), [{ plate: 'g1-s1-p1', sku: 'tea', quantity: 2 }])
  })

  it('lets nobody change the journal', async () => {
    const rewritten = db.updateTable('journal').set({ data: '{}' } as never)
    await assert.rejects(rewritten.where('sequence', '=', 2).execute(), /append-only/)
    await assert.rejects(db.deleteFrom('journal').execute(), /append-only/)
  })

  it('has one charge a visit, by its own constraint', async () => {
    const visitId = await beginCharge(ledger, 'bert')
    const charge = await db.selectFrom('payments').selectAll().where('visit_id', '=', visitId).executeTakeFirstOrThrow()
    const again = db.insertInto('payments').values({ ...charge, idempotency_key: 'another' })
    await assert.rejects(again.execute(), /unique/)
    await endCharge(ledger, visitId, paid('pay-2'))
  })

  it('forgets a person while the accounts stay whole', async () => {
    await openVisit(ledger, 'carl')
    await assert.rejects(ledger.take({ type: 'forget-account', commandId: 'f-carl', accountId: 'carl' }, 2))
    await ledger.take({ type: 'forget-account', commandId: 'f-anna', accountId: 'anna' }, 2)
    await assert.rejects(ledger.account('anna'), { code: 'account-unknown' })
    assert.equal((await ledger.verify(undefined, 10_000)).ok, true)
  })
})
