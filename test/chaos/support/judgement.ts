/**
 * What must hold after whatever happened, counted where it cannot be talked away: charges at the provider, rows in
 * the database file. The numbers are those of the invariants in docs/chaos.md.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { databaseFile } from '../../../runtime/till/data-files.ts'
import { openReadonly } from '../../../runtime/till/ledger/open-database.ts'
import { readStock, stockOfJournal } from '../../../runtime/till/ledger/stock.ts'
import type { StoredSnapshot } from '../../../runtime/till/ledger/visits.ts'
import type { CommandAnswer, TillCommand } from '../../../runtime/till-api/commands.ts'
import type { VisitSnapshot } from '../../../runtime/till-api/events.ts'
import type { TillClient } from '../../../runtime/till-api/till-client.ts'
import { get, type TestStore } from '../../till/support/test-till.ts'

/** A command that the till said it had taken. */
export interface Acknowledged {
  command: TillCommand
  answer: CommandAnswer
}

/** Sends through `client`, and remembers what was acknowledged. */
export const remembering = (client: TillClient, acknowledged: Acknowledged[]): TillClient => ({
  ...client,
  async send(command, signal) {
    const answer = await client.send(command, signal)
    acknowledged.push({ command, answer })
    return answer
  },
})

/** I1, I2, I4, I5: each visit ended once, and the provider took what its receipt says, once. */
export function assertPaidOnce(store: TestStore, visits: VisitSnapshot[]): void {
  assert.ok(
    visits.every((visit) => visit.state === 'paid'),
    `ended as ${visits.map((visit) => visit.state)}`,
  )
  const counts = [...store.toss.chargesByOrder().values()]
  assert.equal(counts.length, visits.length, 'an order for each visit at the provider')
  assert.ok(
    counts.every((count) => count === 1),
    `charged ${counts} times`,
  )
  const charged = store.toss.charges.reduce((sum, charge) => sum + charge.totalAmount, 0)
  const receipted = visits.reduce((sum, visit) => sum + (visit.receipt?.totalMinor ?? 0), 0)
  assert.equal(charged, receipted, 'the receipts say what the provider took')
  for (const { basket, receipt } of visits) {
    assert.ok((receipt?.totalMinor ?? 0) <= (basket?.totalMinor ?? 0), 'nobody pays more than the basket came to')
  }
}

/** I3: what was acknowledged is still known: the same command gets the same answer, and does nothing. */
export async function assertNothingLost(client: TillClient, acknowledged: Acknowledged[]): Promise<void> {
  for (const { command, answer } of acknowledged) {
    const { sequence, repeated } = await client.send(command)
    assert.deepEqual({ sequence, repeated }, { sequence: answer.sequence, repeated: true }, command.commandId)
  }
}

/** I9: the journal's chain, as the till itself walks it. */
export async function assertJournalVerifies(url: string): Promise<void> {
  const verified = (await (await get(url, '/v1/journal/verify', 'console')).json()) as { ok?: boolean }
  assert.equal(verified.ok, true, JSON.stringify(verified))
}

/** I10, I11: visits, receipts and stock made anew from the journal alone are those that the till tells of. */
export async function assertJournalTellsAll({ dataDirectory }: TestStore, visits: VisitSnapshot[]): Promise<void> {
  const db = openReadonly(join(dataDirectory, databaseFile))
  try {
    const entries = await db.selectFrom('journal').select(['sequence', 'type', 'visit_id', 'data']).execute()
    const dataOf = new Map(entries.map(({ sequence, data }) => [sequence, data]))
    const told = new Map<string | null, StoredSnapshot>()
    for (const { type, visit_id, data } of entries) if (type === 'visit-changed') told.set(visit_id, JSON.parse(data))
    for (const visit of visits) {
      const { basketSequence, ...rest } = told.get(visit.visitId) ?? assert.fail(`nothing of ${visit.visitId}`)
      const basket = basketSequence === null ? null : JSON.parse(dataOf.get(basketSequence) ?? 'null')
      // Whose it is stands there sealed: with its owner's key gone nobody can say so any more.
      assert.deepEqual({ ...rest, basket, accountId: visit.accountId }, visit)
    }
    assert.deepEqual(await stockOfJournal(db), await readStock(db))
  } finally {
    await db.destroy()
  }
}

/** I12: the database file, with whatever its log still holds, is whole. */
export function assertDatabaseIsWhole({ dataDirectory }: TestStore): void {
  const database = new Database(join(dataDirectory, databaseFile), { readonly: true })
  try {
    assert.deepEqual(database.pragma('integrity_check'), [{ integrity_check: 'ok' }])
  } finally {
    database.close()
  }
}
