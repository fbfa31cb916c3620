/**
 * The order in which the ledger works: that in which it was asked. SQLite has one writer, the journal has one order, and
 * the sync to the disk is the dearest part of a small transaction: writes that wait behind each other share one (group
 * commit), each in a savepoint of its own, so that what one of them throws undoes that one alone. None is answered
 * before the commit. Reads have their turn between two transactions, and so see nothing that may yet be undone.
 */
import { CompiledQuery, type ControlledTransaction, type Kysely, type Transaction } from 'kysely'
import type { JournalHead } from './journal.ts'
import type { LedgerTables } from './tables.ts'

/** Work in a transaction that goes on from `head`; with its result, where the journal ends then. */
export type Write<T> = (trx: Transaction<LedgerTables>, head: JournalHead) => Promise<{ result: T; head: JournalHead }>

interface WaitingWrite {
  write: Write<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

interface WaitingRead {
  /** Never rejects. */
  read(): Promise<void>
}

type Waiting = WaitingWrite | WaitingRead

/** Bounds how long the first of a transaction waits for the last; in real time. */
const mostTogether = 200
const longestMs = 20

const savepoint = CompiledQuery.raw('savepoint one_write')
const rollbackToSavepoint = CompiledQuery.raw('rollback to savepoint one_write')
const releaseSavepoint = CompiledQuery.raw('release savepoint one_write')

export class WorkQueue {
  readonly #db: Kysely<LedgerTables>
  #head: JournalHead
  readonly #waiting: Waiting[] = []
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
      this.#waiting.push({ write, resolve: resolve as WaitingWrite['resolve'], reject })
      this.#wake()
    })
  }

  read<T>(read: (db: Kysely<LedgerTables>) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ read: () => read(this.#db).then(resolve, reject) })
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
    while (this.#waiting.length > 0) {
      // What was sent meanwhile comes in now, and joins.
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#nextIsWrite()) await this.#writeTogether()
      for (let next = this.#waiting[0]; next && 'read' in next; next = this.#waiting[0]) {
        this.#waiting.shift()
        await next.read()
      }
    }
    this.#working = undefined
  }

  #nextIsWrite(): boolean {
    const [next] = this.#waiting
    return next !== undefined && 'write' in next
  }

  async #writeTogether(): Promise<void> {
    const taken: WaitingWrite[] = []
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
  async #transaction(taken: WaitingWrite[]): Promise<{ head: JournalHead; answers: (() => void)[] }> {
    const take = () => {
      const [next] = this.#waiting
      if (!next || !('write' in next)) return undefined
      this.#waiting.shift()
      taken.push(next)
      return next
    }
    let waiting = take()
    // What is alone needs no savepoint: what it throws undoes the transaction.
    const isAlone = !this.#nextIsWrite()
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
        waiting = isFull ? undefined : take()
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
