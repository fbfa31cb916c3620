/**
 * What the phones' program tells its page, as plain types that both sides read. Times are Unix milliseconds; money is
 * an integer in the currency's minor unit.
 */
import type { LineView, ReceiptView } from '../../console/pages/live-view.ts'

/** `GET /api/store`: what is said to anybody. */
export interface PhoneStore {
  storeId: string
  name: string
  currency: string
  timeZone: string
  terms: { version: string; text: { en: readonly string[]; ko: readonly string[] } }
  sendsMail: boolean
  /** By the wall clock, so that a phone whose clock is wrong can make codes all the same. */
  nowMs: number
}

/** Something that was seen, and whether it speaks for the line. The page has the words. */
export interface ReasonView {
  kind: 'weight' | 'hand' | 'sighting' | 'planogram' | 'basket' | 'prior' | 'gap'
  speaksFor: boolean
}

export interface PhoneVisit {
  visitId: string
  /** A state of the till's visits. */
  state: string
  party: number
  openedAtMs: number
  lines: LineView[]
  totalMinor: number
  receipt: ReceiptView | null
  /** By line id; strongest first. */
  reasons: Record<string, ReasonView[]>
  /** By line id. */
  disputes: Record<string, 'open' | 'refunded' | 'rejected'>
  refunds: Record<string, { amountMinor: number; state: 'due' | 'refunded' | 'failed' }>
  /** Whether lines may be disputed: what was paid. */
  paid: boolean
  /** Owed still. */
  owed: boolean
}

/** `GET /api/account` */
export interface PhoneAccount {
  accountId: string
  canPay: boolean
  /** Where a card is registered; null: elsewhere. */
  cardUrl: string | null
  email: string | null
  /** Newest first. */
  visits: PhoneVisit[]
  nowMs: number
}
