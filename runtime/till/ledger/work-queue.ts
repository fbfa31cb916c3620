/**
 * The order in which the ledger works. SQLite has one writer, the journal has one order, and the sync to the disk is
 * the dearest part of a small transaction: writes that wait at the same time share one (group commit), each in a
 * savepoint of its own, so that what one of them throws undoes that one alone. None is answered before the commit.
 * Reads have their turn between two transactions, and so see nothing that may yet be undone.
 */
import { CompiledQuery, type ControlledTransaction, type Kysely, type Transaction } from 'kysely'
import type { JournalHead } from './journal.ts'
import type { LedgerTables } from './tables.ts'

/** Work in a transaction that goes on from `head`; with its result, where the journal ends then. */
export type Write<T> = (trx: Transaction<LedgerTables>, head: JournalHead) => Promise<{ result: T; head: JournalHead }>

interface Waiting {
  write: Write<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Bounds how long the first of a transaction waits for the last; in real time. */
const mostTogether = 200
const longestMs = 20

const savepoint = CompiledQuery.raw('savepoint one_write')
const rollbackToSavepoint = CompiledQuery.raw('rollback to savepoint one_write')
const releaseSavepoint = CompiledQuery.raw('release savepoint one_write')

export class WorkQueue {
  readonly #db: Kysely<LedgerTables>
  #head: JournalHead
  #writes: Waiting[] = []
  #reads: (() => Promise<void>)[] = []
  #working: Promise<void> | undefined

  constructor(db: Kysely<LedgerTables>, head: JournalHead) {
    this.#db = db
    this.#head = head
  }

  /** The journal's end, as far as it is committed. */
  get head(): JournalHead {
    return this.#head
  }

  write<T>(write: Write<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#writes.push({ write, resolve: resolve as Waiting['resolve'], reject })
      this.#wake()
    })
  }

  read<T>(read: (db: Kysely<LedgerTables>) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#reads.push(() => read(this.#db).then(resolve, reject))
      this.#wake()
    })
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#working
  }

  #wake(): void {
    this.#working ??= this.#work()
  }

  async #work(): Promise<void> {
    while (this.#writes.length + this.#reads.length > 0) {
      // What was sent meanwhile comes in now, and joins.
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#writes.length > 0) await this.#writeTogether()
      for (const read of this.#reads.splice(0)) await read()
    }
    this.#working = undefined
  }

  async #writeTogether(): Promise<void> {
    const taken: Waiting[] = []
    try {
      const { head, answers } = await this.#transaction(taken)
      // Only now: what was rolled back was never written.
      this.#head = head
      for (const answer of answers) answer()
    } catch (error) {
      for (const { reject } of taken) reject(error)
    }
  }

  /** @param taken gets whatever is in it, as it is taken from the queue */
  async #transaction(taken: Waiting[]): Promise<{ head: JournalHead; answers: (() => void)[] }> {
    const next = () => {
      const waiting = this.#writes.shift()
      if (waiting) taken.push(waiting)
      return waiting
    }
    // What is alone needs no savepoint: what it throws undoes the transaction.
    const isAlone = this.#writes.length === 1
    let waiting = next()
    const untilMs = performance.now() + longestMs
    const answers: (() => void)[] = []
    let head = this.#head
    const trx = await this.#db.startTransaction().execute()
    try {
      while (waiting) {
        const { resolve, reject, write } = waiting
        const done = isAlone ? await write(trx, head) : await attempt(trx, () => write(trx, head))
        if ('error' in done) answers.push(() => reject(done.error))
        else {
          head = done.head
          answers.push(() => resolve(done.result))
        }
        const isFull = isAlone || taken.length >= mostTogether || performance.now() >= untilMs
        waiting = isFull ? undefined : next()
      }
      await trx.commit().execute()
    } catch (error) {
      // A disk that is full has undone it by itself.
      await trx
        .rollback()
        .execute()
        .catch(() => {})
      throw error
    }
    return { head, answers }
  }
}

async function attempt<T>(trx: ControlledTransaction<LedgerTables>, work: () => Promise<T>) {
  await trx.executeQuery(savepoint)
  let done: T | { error: unknown }
  try {
    done = await work()
  } catch (error) {
    await trx.executeQuery(rollbackToSavepoint).catch(() => {
      // A full disk undoes the whole transaction: there is no savepoint any more, and this is why.
      throw error
    })
    done = { error }
  }
  await trx.executeQuery(releaseSavepoint)
  return done
}
