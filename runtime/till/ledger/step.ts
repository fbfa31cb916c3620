import type { Transaction } from 'kysely'
import { AisleError } from '../../contract/errors.ts'
import type { Product } from '../../profile/layout.ts'
import type { Terms } from '../visits/bill.ts'
import type { VisitDeadlines } from '../visits/deadlines.ts'
import type { JournalWriter } from './journal.ts'
import type { LedgerTables } from './tables.ts'

/** What the ledger knows of the store; plain data, because it crosses into a worker thread. */
export interface Shop {
  storeId: string
  currency: string
  timeZone: string
  products: ReadonlyMap<string, Product>
  /** All promotions, whether they are on or not. */
  terms: Terms
  deadlines: VisitDeadlines
  /** What the provider reserves at the door; null where it reserves nothing. */
  holdMinor: number | null
  disputes: DisputeRule
  offline: OfflineCaps
  retention: Retention
  /** Whether receipts go out by e-mail too. */
  sendsMail: boolean
  /** Gates at which whoever walks in has a visit. */
  openEntrances: readonly string[]
}

/** What is given back without a person's look. */
export interface DisputeRule {
  refundUpToMinor: number
  /** For each account, in 30 days. */
  mostAMonth: number
}

/** How much may wait for a provider that does not answer; null: no limit. */
export interface OfflineCaps {
  amountMinor: number | null
  count: number | null
  ageMs: number | null
}

/** How long is kept what need not be kept. */
export interface Retention {
  /** An account that nobody has used for so long is forgotten. */
  accountMs: number
  /** So long a command may be sent again and get its first answer. */
  commandMs: number
}

/** One transaction: journal entries and the tables that follow from them, all or nothing. */
export interface Step {
  trx: Transaction<LedgerTables>
  journal: JournalWriter
  nowMs: number
  shop: Shop
  doors: DoorsNow
  /** Part of every scan's and visit's id. */
  ledgerId: string
}

export const isOpenEntrance = ({ shop }: Step, gate: string): boolean => shop.openEntrances.includes(gate)

/** How the gates stand at this moment. */
export interface DoorsNow {
  /** These admit nobody. */
  closedGates: readonly string[]
  /** These admit staff only, until staff have looked at who walked in. */
  askingGates: readonly string[]
}

export const openDoors: DoorsNow = { closedGates: [], askingGates: [] }

/** What the till will not do, and why; the sender of a command reads it. */
export const refusal = (code: string, message: string, action: string) => new AisleError(code, message, { action })
