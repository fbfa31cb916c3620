/** What the kiosks' program tells its page, as plain types that both sides read. Money is in the minor unit. */
import type { PricedLine, ReceiptView } from '../../console/pages/live-view.ts'

/** `GET /api/store`: what is said to anybody. */
export interface KioskStore {
  storeId: string
  name: string
  currency: string
  timeZone: string
}

export interface KioskVisitView {
  visitId: string
  /** Of the list, to be confirmed with it. */
  revision: number
  lines: PricedLine[]
  discounts: { name: string; amountMinor: number }[]
  totalMinor: number
  /** Something in it is for adults only. */
  needsStaff: boolean
  /** How the payment here stands; null: none was tried. */
  paid: 'due' | 'paid' | 'declined' | 'mismatch' | null
  receipt: ReceiptView | null
  /** How many lines have grown since it was paid. */
  since: number
}

/** `GET /api/kiosk` */
export interface KioskView {
  /** False: nobody knows who stands here. */
  watched: boolean
  /** Who stands here and may be anybody. */
  strangers: number
  visits: KioskVisitView[]
  /** Lists of which one may be a stranger's. */
  lost: KioskVisitView[]
  /** A list waits for a card. */
  confirmed: { visitId: string; totalMinor: number; paying: boolean } | null
  /** Why the last card was not charged. */
  trouble: 'confirm-first' | 'basket-changed' | 'card-refused' | 'provider-away' | 'cannot-charge' | 'failed' | null
}
