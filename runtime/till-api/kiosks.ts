/**
 * A kiosk in the till's API, under `/v1/kiosks/ID`: who stands before it (`POST …/present`, told by the flows again
 * and again), what it shows (`GET`), and what is pressed on it (`POST …/confirm`, `…/cancel`, `…/call`). Nothing of
 * this is journalled but what comes of it: a payment, or an alarm.
 */
import { type Static, Type } from 'typebox'
import type { BasketChange } from '../contract/messages.ts'
import { Identifier, strictObject } from '../contract/schema.ts'
import type { Prepaid, VisitSnapshot } from './events.ts'

export const KioskPresence = strictObject({
  visitIds: Type.Array(Identifier(), { maxItems: 50, description: 'Of whom somebody stands there.' }),
  strangers: Type.Integer({ minimum: 0, maximum: 200, description: 'Who stands there and is of no visit.' }),
  lostVisitIds: Type.Array(Identifier(), { maxItems: 50, description: 'Of whom nobody is seen anywhere.' }),
})
export type KioskPresence = Static<typeof KioskPresence>

/** How often presence is told, also when nothing changed. */
export const presentEveryMs = 2000

/** The shopper read the list, and it is theirs. */
export const KioskConfirmation = strictObject({
  visitId: Identifier(),
  basketRevision: Type.Integer({ minimum: 0, description: 'Of the list that was shown.' }),
})
export type KioskConfirmation = Static<typeof KioskConfirmation>

export const kioskTroubles = [
  'confirm-first',
  'basket-changed',
  'card-refused',
  'provider-away',
  'cannot-charge',
  'failed',
] as const
/** Why the last card was not charged, or the list is shown once more. */
export type KioskTrouble = (typeof kioskTroubles)[number]

export interface KioskVisit extends Pick<VisitSnapshot, 'visitId' | 'receipt'> {
  /** What is in it, without its evidence. */
  basket: (Pick<BasketChange, 'revision' | 'totalMinor' | 'discounts'> & { lines: KioskLine[] }) | null
  /** Something in it is for adults only: a person has to look. */
  needsStaff: boolean
  prepaid: Prepaid | null
}
export type KioskLine = Pick<
  BasketChange['lines'][number],
  'lineId' | 'sku' | 'name' | 'quantity' | 'amountMinor' | 'soldBy'
>

export interface KioskState {
  kiosk: string
  /** False: nobody has told for a while who stands there. */
  watched: boolean
  /** How many stand there of whom nobody knows which visit is theirs. */
  strangers: number
  /** Of whom somebody stands there. */
  visits: KioskVisit[]
  /** While a stranger stands there: those whose people are seen nowhere, of which one may be theirs. */
  lost: KioskVisit[]
  /** What was confirmed and waits for a card; `paying`: one was shown. */
  confirmed: { visitId: string; totalMinor: number; paying: boolean } | null
  trouble: KioskTrouble | null
}
