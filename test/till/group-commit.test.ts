import assert from 'node:assert/strict'
import Database from 'better-sqlite3'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import type { TillCommand } from '../../runtime/till-api/commands.ts'
import { newLedgerPath, openLedger } from './support/test-ledger.ts'

describe('writes that reach the ledger at the same time', () => {
  let path: string
  let ledger: Ledger

  beforeEach(async () => {
    path = await newLedgerPath()
    ledger = await openLedger(path)
  })
  afterEach(() => ledger.close())

  const move = (name: string, sku = 'tea'): TillCommand => ({
    ...{ type: 'move-stock', commandId: name, reason: 'staff', plate: 'plate-1', sku, quantity: 1, eventId: name },
  })
  const moves = (count: number) => Array.from({ length: count }, (_, i) => move(`move-${i}`))
  const unknownVisit: TillCommand = { type: 'bind-visit', commandId: 'bind', visitId: 'nobody', personIds: [] }
  const takeAll = (commands: TillCommand[]) => Promise.allSettled(commands.map((command) => ledger.take(command, 0)))
  const stockOf = async () => (await ledger.stock()).map(({ quantity }) => quantity)
  const verifies = async () => (await ledger.verify(undefined, 10_000)).ok

  /** Runs SQL behind the ledger's back. */
  function tamper<T>(work: (database: Database.Database) => T): T {
    const database = new Database(path)
    try {
      return work(database)
    } finally {
      database.close()
    }
  }

  it('are on the disk in few transactions, in their order, when they are answered', async () => {
    const heads = new Set<number>()
    const answers = await Promise.all(
      moves(150).map(async (command) => {
        const { sequence } = await ledger.take(command, 0)
        heads.add(ledger.sequence)
        const stored = tamper((database) => database.prepare('SELECT max(sequence) FROM journal').pluck().get())
        assert.ok((stored as number) >= sequence)
        return sequence
      }),
    )
    assert.deepEqual(
      answers,
      answers.toSorted((a, b) => a - b),
    )
    assert.ok(heads.size < 50, `${heads.size} transactions`)
    assert.deepEqual(await stockOf(), [150])
    assert.ok(await verifies())
  })

  it('do not undo each other: what is refused leaves no trace', async () => {
    const results = await takeAll([...moves(3), unknownVisit, move('last')])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    )
    assert.deepEqual(await stockOf(), [4])
    assert.ok(await verifies())
  })

  it('are taken once when they are the same', async () => {
    const answers = await Promise.all([move('same'), move('same'), move('same')].map((one) => ledger.take(one, 0)))
    assert.deepEqual(
      answers.map(({ repeated }) => repeated),
      [false, true, true],
    )
    assert.deepEqual(await stockOf(), [1])
  })

  it('are all refused, and none is kept, when their transaction is undone; what comes next is taken', async () => {
    // As a full disk does it.
    const trap = `CREATE TRIGGER disk_full BEFORE INSERT ON stock WHEN new.sku = 'last-straw'
      BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END`
    tamper((database) => database.exec(trap))
    const { sequence } = ledger
    const results = await takeAll([...moves(3), move('full', 'last-straw'), move('after')])
    for (const result of results.slice(0, 4)) {
      assert.match(result.status === 'rejected' ? String(result.reason) : '', /disk is full/)
    }
    const kept = results.filter(({ status }) => status === 'fulfilled').length
    assert.equal(ledger.sequence, sequence + kept)
    await Promise.all(moves(3).map((command) => ledger.take(command, 0)))
    assert.deepEqual(await stockOf(), [3 + kept])
    assert.ok(await verifies())
  })

  it('are seen by whoever asks after them, and by nobody who asked before', async () => {
    const [before, , , after] = await Promise.all([
      stockOf(),
      ...moves(2).map((command) => ledger.take(command, 0)),
      stockOf(),
    ])
    assert.deepEqual([before, after], [[], [2]])
  })
})
