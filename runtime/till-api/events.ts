/**
 * What the till tells: `GET /v1/events?after=SEQUENCE` streams newline-delimited JSON, one {@link TillEvent}
 * a line, first what is in the journal after SEQUENCE, then what happens. Empty lines keep it alive.
 */
import type {
  BasketChange,
  DecidedLine,
  Decision,
  GateAlarm,
  GatePass,
  Payment,
  Receipt,
  Scan,
} from '../contract/messages.ts'
import type { Evidence } from './commands.ts'

export const visitStates = [
  'admitted',
  'open',
  'exited',
  'deciding',
  'review',
  'charging',
  'paid',
  'empty',
  'void',
  'debt',
] as const
/**
 * A visit begins admitted and is open from the first pass through the gate on (void when nobody passes). It ends
 * in exactly one of paid, empty, void, debt, or waits in review.
 */
export type VisitState = (typeof visitStates)[number]

/** Everything about a visit that the flows need to go on with it after a restart, and that pages show. */
export interface VisitSnapshot {
  visitId: string
  accountId: string | null
  role: 'shopper' | 'staff' | 'unknown'
  party: number
  state: VisitState
  gate: string
  openedAtMs: number
  /** When the gate saw the first of the party walk in; null before. */
  enteredAtMs: number | null
  exitedAtMs: number | null
  personIds: string[]
  basket: BasketChange | null
  decision: (Pick<Decision, 'outcome' | 'policyHash'> & { lines: SettledLine[] }) | null
  payment: Payment | null
  receipt: Receipt | null
  refunds?: Refund[]
  disputes?: Dispute[]
  /** How a debt was settled; missing while it is owed. */
  debtSettled?: 'forgiven' | 'paid-elsewhere' | 'collected'
  /** Missing where nothing was paid before they left. */
  prepaid?: Prepaid
}

/** What its shopper paid at a kiosk while they were inside. */
export interface Prepaid {
  kiosk: string
  state: 'due' | 'paid' | 'declined' | 'mismatch'
  amountMinor: number
  /** What it was for, as its shopper had confirmed it. */
  lines: { lineId: string; sku: string; quantity: number }[]
  atMs: number
}

/** A line as it was decided. */
export interface SettledLine extends DecidedLine {
  /** Lines that rest on the same event, which was one product or the other: of them and this at most one is charged. */
  readingOf?: string[]
}

/** What is given back for a line. */
export interface Refund {
  lineId: string
  amountMinor: number
  state: 'due' | 'refunded' | 'failed'
  reason: string
  /** Who ordered it: a person, or "rule". */
  by: string
}

/** A line of which the shopper says that it is wrong. */
export interface Dispute {
  lineId: string
  reason: string
  state: 'open' | 'refunded' | 'rejected'
  decidedBy: string | null
  atMs: number
}

export type TillEvent = {
  /** Position in the journal; resume with the last one seen. */
  sequence: number
  atMs: number
} & (
  | { type: 'scan'; data: Scan }
  | { type: 'refused'; data: { scanId: string; gate: string; reason: string } }
  | { type: 'gate-pass'; data: GatePass }
  | { type: 'gate-alarm'; data: GateAlarm }
  | { type: 'visit-changed'; data: VisitSnapshot }
  | { type: 'evidence'; data: Evidence }
  | { type: 'basket-change'; data: BasketChange }
  | { type: 'payment'; data: Payment }
  | { type: 'receipt'; data: Receipt }
  | { type: 'stock-moved'; data: { reason: string; plate: string; sku: string; quantity: number; eventId: string } }
)
export type TillEventType = TillEvent['type']
export type EvidenceEvent = Extract<TillEvent, { type: 'evidence' }>

/** `GET /v1/visits/ID/evidence`: what the shelves told, and who was near, from the visit's admission to its last basket. */
export interface JournalledEvidence {
  evidence: EvidenceEvent[]
}

/** `GET /v1/visits/ID/past-purchases`: what its account has bought before; nothing of a visit without one. */
export interface PastPurchases {
  /** How many visits were looked at. */
  visits: number
  /** In how many of them each product was bought. */
  goods: { sku: string; visits: number }[]
}

/** `GET /v1/accounts/ID/overview`: how an account stands, with its latest visits, for its owner's phone. */
export interface AccountOverview {
  accountId: string
  role: 'shopper' | 'staff'
  party: number
  canPay: boolean
  /** The phone whose codes open the door. */
  deviceId: string | null
  email: string | null
  visits: VisitSnapshot[]
}

/** `GET /v1/accounts/ID`: all that is kept of an account, for its owner. */
export interface AccountExport extends AccountOverview {
  consents: { version: string; atMs: number }[]
  scans: { gate: string; atMs: number; answer: string | null }[]
}

/** `GET /v1/state`: what a client that starts now has to know. */
export interface TillState {
  storeId: string
  /** Events up to here are in this answer; stream from here on. */
  sequence: number
  /** Whatever an unfinished visit rests on was told after this: the flows recover from here. Missing: from the start. */
  recoverAfter?: number
  /** Every visit that has not ended, is owed, or has a dispute that waits for a person; and the last few others. */
  visits: VisitSnapshot[]
  gates: {
    gate: string
    state: string
    online: boolean
    /** An alarm's effect stays until a person resets the gate. */
    latched?: boolean
  }[]
}
