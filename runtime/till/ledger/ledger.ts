/**
 * The till's memory: each method that writes does all or nothing, one after the other; it is answered when it is on
 * the disk. It takes and gives plain data, because in the till it runs in a worker thread.
 */
import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Scan } from '../../contract/messages.ts'
import type { CommandAnswer, TillCommand } from '../../till-api/commands.ts'
import type { AccountExport, AccountOverview } from '../../till-api/events.ts'
import { decideByDeadline, endLeftVisits, letGoUnreviewed } from './commands/checkout.ts'
import { type Shown, takeScan } from './commands/entry.ts'
import { overwriteDeleted } from './dialect.ts'
import { doorMemory, recordAlarm, recordCount, recordPass, type SeenPass } from './gates.ts'
import { emptyJournal, type JournalHead, JournalWriter, readHead, verifyChain } from './journal.ts'
import * as mails from './mails.ts'
import { emptiedBy, startAnewWhenNobodyShops } from './occupancy.ts'
import { openDatabase } from './open-database.ts'
import * as outbox from './outbox.ts'
import { readPastPurchases } from './past-purchases.ts'
import { type KioskPayment, prepay } from './prepayments.ts'
import * as privacy from './privacy.ts'
import * as queries from './queries.ts'
import { settlePayment } from './settlement.ts'
import * as heads from './signed-heads.ts'
import { type DoorsNow, openDoors, type Shop, type Step } from './step.ts'
import { readStock, type StockLevel } from './stock.ts'
import type { LedgerTables, PaymentRow, PaymentState, VisitRow } from './tables.ts'
import { recordTailgate, type SeenTailgate } from './tailgates.ts'
import { takeCommand } from './take-command.ts'
import { happen, tellPayment } from './visits.ts'
import { WorkQueue } from './work-queue.ts'
import { type WrittenCommand, written } from './written-command.ts'

/** Made with the database and never changed: ids and hashes of another database cannot be taken for its own. */
export interface LedgerIdentity {
  /** Six letters or digits; part of every scan's and visit's id. */
  ledgerId: string
  /** Hexadecimal; for the hashes of credentials. */
  credentialSalt: string
}

export class Ledger {
  readonly identity: LedgerIdentity
  readonly #db: Kysely<LedgerTables>
  readonly #shop: Shop
  readonly #queue: WorkQueue

  private constructor(db: Kysely<LedgerTables>, shop: Shop, identity: LedgerIdentity, head: JournalHead) {
    this.#db = db
    this.#shop = shop
    this.identity = identity
    this.#queue = new WorkQueue(db, head)
  }

  static async open(path: string, shop: Shop, nowMs: number): Promise<Ledger> {
    return Ledger.over(await openDatabase(path), shop, nowMs)
  }

  /** @param db with every migration; the ledger closes it */
  static async over(db: Kysely<LedgerTables>, shop: Shop, nowMs: number): Promise<Ledger> {
    try {
      const identity = await readIdentity(db)
      const ledger = new Ledger(db, shop, identity, await readHead(db))
      await ledger.#write(nowMs, (step) => outbox.doubtAllPayments(step))
      return ledger
    } catch (error) {
      await db.destroy()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#queue.idle()
    await this.#db.destroy()
  }

  /** Position of the last journal entry. */
  get sequence(): number {
    return this.#queue.head.sequence
  }

  take(command: TillCommand | WrittenCommand, nowMs: number, doors: DoorsNow = openDoors): Promise<CommandAnswer> {
    const taken = this.#write(nowMs, (step) => takeCommand({ ...step, doors }, written(command)))
    return command.type === 'forget-account' ? taken.then((answer) => this.#overwritten(answer)) : taken
  }

  takeScan(shown: Shown, nowMs: number): Promise<Scan> {
    return this.#write(nowMs, (step) => takeScan(step, shown))
  }

  /** A shopper pays at a kiosk what they confirmed there. */
  prepay(payment: KioskPayment, nowMs: number): Promise<void> {
    return this.#write(nowMs, (step) => prepay(step, payment))
  }

  recordPass(pass: SeenPass, nowMs: number): Promise<void> {
    return this.#write(nowMs, (step) => recordPass(step, pass))
  }

  /** Somebody walked in whom nobody had admitted. */
  recordTailgate(seen: SeenTailgate, nowMs: number): Promise<void> {
    return this.#write(nowMs, (step) => recordTailgate(step, seen))
  }

  /** A gate's counter was read for the first time, or began anew: passes are counted from here on. */
  recordCount(counted: Pick<SeenPass, 'gate' | 'direction' | 'count'>, nowMs: number): Promise<void> {
    return this.#write(nowMs, (step) => recordCount(step, counted))
  }

  recordAlarm(alarm: Parameters<typeof recordAlarm>[1], nowMs: number): Promise<void> {
    return this.#write(nowMs, (step) => recordAlarm(step, alarm))
  }

  /** The gate closed again and nobody of this visit had walked in. */
  lapse(visitId: string, nowMs: number): Promise<void> {
    return this.#write(nowMs, async (step) => {
      const visit = await step.trx.selectFrom('visits').selectAll().where('visit_id', '=', visitId).executeTakeFirst()
      if (visit?.state === 'admitted') await lapse(step, visit)
    })
  }

  /** Moves on what is overdue; says how many visits that were. */
  async sweep(nowMs: number, limit = 50): Promise<number> {
    if ((await this.#read((db) => emptiedBy(db, nowMs))) !== null) {
      await this.#write(nowMs, async (step) => {
        // Somebody may have walked in since it was looked at.
        const emptiedAtMs = await emptiedBy(step.trx, nowMs)
        if (emptiedAtMs === null) return
        await endLeftVisits(step, emptiedAtMs)
        await startAnewWhenNobodyShops(step)
      })
    }
    const due = await this.#read((db) =>
      db.selectFrom('visits').select('visit_id').where('due_at_ms', '<=', nowMs).limit(limit).execute(),
    )
    const moved = await Promise.allSettled(
      due.map(({ visit_id }) => this.#write(nowMs, (step) => moveOn(step, visit_id))),
    )
    // One that cannot be moved must not keep the others.
    const failed = moved.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
    return due.length
  }

  paymentsDue(nowMs: number, limit: number): Promise<PaymentRow[]> {
    return this.#read((db) => outbox.paymentsDue(db, nowMs, limit))
  }

  async nextPaymentDueMs(): Promise<number | undefined> {
    return this.#read((db) => outbox.nextPaymentDueMs(db))
  }

  async markSent(payment: PaymentRow, nowMs: number): Promise<void> {
    await this.#write(nowMs, (step) => outbox.markSent(step, payment))
  }

  async postponePayment(key: string, nextAttemptAtMs: number, reason: string, nowMs: number): Promise<void> {
    await this.#write(nowMs, (step) => outbox.postponePayment(step, key, nextAttemptAtMs, reason))
  }

  settlePayment(key: string, ended: outbox.OrderOutcome, nowMs: number): Promise<void> {
    return this.#write(nowMs, (step) => settlePayment(step, key, ended))
  }

  hurryPayment(orderId: string, nowMs: number): Promise<boolean> {
    return this.#write(nowMs, (step) => outbox.hurryPayment(step, orderId))
  }

  /** How the reservation for a visit stands; undefined where there is none. */
  async holdState(visitId: string): Promise<PaymentState | undefined> {
    return (await this.#read((db) => outbox.paymentOf(db, visitId, 'hold')))?.state
  }

  doorMemory(nowMs: number) {
    return this.#read((db) => doorMemory(db, nowMs - this.#shop.deadlines.admissionMs))
  }

  events(after: number, limit: number) {
    return this.#read((db) => queries.readEvents(db, after, limit))
  }

  state() {
    return this.#read((db) => queries.readState(db, this.#shop.storeId))
  }

  visit(visitId: string) {
    return this.#read((db) => queries.readVisit(db, visitId))
  }

  evidence(visitId: string) {
    return this.#read((db) => queries.readEvidence(db, visitId))
  }

  pastPurchases(visitId: string) {
    return this.#read((db) => readPastPurchases(db, visitId))
  }

  history(beforeMs: number, limit: number) {
    return this.#read((db) => queries.readHistory(db, beforeMs, limit))
  }

  async head(): Promise<JournalHead> {
    return this.#queue.head
  }

  signedHeads(): Promise<heads.SignedHead[]> {
    return this.#read((db) => heads.readSignedHeads(db))
  }

  keepSignedHead(head: heads.SignedHead, nowMs: number): Promise<void> {
    return this.#write(nowMs, (step) => heads.keepSignedHead(step.trx, head))
  }

  /** What is wrong with the signed heads; undefined when the journal bears them out. */
  verifyHeads(publicKey: string): Promise<string | undefined> {
    return this.#read(async (db) => heads.headFault(db, await heads.readSignedHeads(db), publicKey))
  }

  exportAccount(accountId: string): Promise<AccountExport> {
    return this.#read((db) => privacy.exportAccount(db, accountId))
  }

  account(accountId: string): Promise<AccountOverview> {
    return this.#read((db) => privacy.readAccount(db, accountId))
  }

  mailsDue(nowMs: number, limit: number): Promise<mails.DueMail[]> {
    return this.#read((db) => mails.mailsDue(db, nowMs, limit))
  }

  closeMail(sequence: number, state: 'sent' | 'failed', reason: string | null, nowMs: number): Promise<void> {
    return this.#write(nowMs, (step) => mails.closeMail(step, sequence, state, reason))
  }

  async postponeMail(sequence: number, nextAttemptAtMs: number, reason: string, nowMs: number): Promise<void> {
    await this.#write(nowMs, (step) => mails.postponeMail(step, sequence, nextAttemptAtMs, reason))
  }

  /** Forgets what is kept too long; says how many accounts that were. */
  async forgetOld(nowMs: number, limit = 100): Promise<number> {
    return this.#overwritten(await this.#write(nowMs, (step) => privacy.forgetOld(step, limit)))
  }

  async #overwritten<T>(answer: T): Promise<T> {
    await this.#read(overwriteDeleted)
    return answer
  }

  stock(): Promise<StockLevel[]> {
    return this.#read(readStock)
  }

  /** Checks up to `limit` entries of the chain after `from`; begin without one. */
  verify(from: JournalHead | undefined, limit: number) {
    return this.#read((db) => verifyChain(db, from ?? emptyJournal, limit))
  }

  #read<T>(work: (db: Kysely<LedgerTables>) => Promise<T>): Promise<T> {
    return this.#queue.read(work)
  }

  #write<T>(nowMs: number, work: (step: Step) => Promise<T>): Promise<T> {
    return this.#queue.write(async (trx, head) => {
      const journal = new JournalWriter(trx, head, nowMs)
      const { ledgerId } = this.identity
      const result = await work({ trx, journal, nowMs, shop: this.#shop, doors: openDoors, ledgerId })
      return { result, head: journal.head }
    })
  }
}

/** Six letters or digits. */
export const newLedgerId = (random: Buffer): string => random.readBigUInt64BE().toString(36).slice(-6).padStart(6, '0')

async function readIdentity(db: Kysely<LedgerTables>): Promise<LedgerIdentity> {
  const made = [
    { name: 'ledger-id' as const, value: newLedgerId(randomBytes(8)) },
    { name: 'credential-salt' as const, value: randomBytes(16).toString('hex') },
  ]
  await db
    .insertInto('ledger')
    .values(made)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  const rows = await db.selectFrom('ledger').selectAll().execute()
  const value = (name: string) => rows.find((row) => row.name === name)?.value ?? ''
  return { ledgerId: value('ledger-id'), credentialSalt: value('credential-salt') }
}

async function moveOn(step: Step, visitId: string): Promise<void> {
  const visit = await step.trx.selectFrom('visits').selectAll().where('visit_id', '=', visitId).executeTakeFirst()
  // It may have been moved on since it was found.
  if (!visit?.due_at_ms || visit.due_at_ms > step.nowMs) return
  if (visit.state === 'admitted') await lapse(step, visit)
  else if (visit.state === 'review') await letGoUnreviewed(step, visit)
  else await decideByDeadline(step, visit)
}

async function lapse(step: Step, visit: VisitRow): Promise<void> {
  await happen(step, visit, 'lapsed', await tellPayment(step, visit, 'void', 0))
}
