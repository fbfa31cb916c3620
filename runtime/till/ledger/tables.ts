/**
 * The till's tables. All follow from the journal and are written in its transactions. Amounts are in minor
 * units, times Unix milliseconds, structured columns canonical JSON; booleans are 0 and 1 on every database.
 */
import type { ColumnType, Kysely, Transaction } from 'kysely'
import type { VisitSnapshot, VisitState } from '../../till-api/events.ts'

export interface LedgerTables {
  /** What was made once with the database: its id, and the salt of the credentials' hashes. */
  ledger: { name: 'ledger-id' | 'credential-salt'; value: string }
  journal: JournalRow
  commands: { command_id: string; type: string; body_hash: string; sequence: number; visit_id: string | null }
  accounts: AccountRow
  scans: ScanRow
  visits: VisitRow
  baskets: { visit_id: string; revision: number; final: number; sequence: number }
  reviews: { visit_id: string; line_id: string; outcome: string; decided_by: string; at_ms: number }
  payments: PaymentRow
  receipts: { receipt_id: string; visit_id: string; sequence: number; total_minor: number }
  stock: { plate: string; sku: string; quantity: number }
  gates: GateRow
  occupancy: OccupancyRow
  /** The key of each person that the journal speaks of; destroyed, they are forgotten. */
  subjects: { subject_id: string; account_id: string; key: string; since_ms: number }
  consents: { subject_id: string; version: string; at_ms: number }
  devices: DeviceRow
  /** Sealed under the subject's key. */
  email_addresses: { subject_id: string; address: string; language: 'en' | 'ko' }
  mails: MailRow
  signed_heads: { sequence: number; hash: string; at_ms: number; store_id: string; signature: string }
}

export interface JournalRow {
  sequence: ColumnType<number, number, never>
  at_ms: number
  type: string
  visit_id: string | null
  data: string
  previous_hash: string
  hash: string
}

export interface GateRow {
  gate: string
  fire: number
  asks_staff: number
  /** The gate's counters up to which every pass stands in the journal; null where it has none. */
  counted_in: number | null
  counted_out: number | null
}

/** How many people are in the store, as its gates saw them; see `visits/occupancy.ts`. */
export interface OccupancyRow {
  store_id: string
  inside: number
  emptied_at_ms: number | null
  /** When the visits that are still open then have been left; null while somebody is inside. */
  due_at_ms: number | null
}

/** A pseudonym with what it enters and pays with; the provider's references are never journalled. */
export interface AccountRow {
  account_id: string
  role: 'shopper' | 'staff'
  /** null: they enter by the codes of a device. */
  credential_hash: string | null
  party: number
  customer_key: string | null
  billing_key: string | null
  blocked: number
}

/** A phone that makes codes for the door; its key leaves it never, this is the public half. */
export interface DeviceRow {
  device_id: string
  account_id: string
  public_key: string
  /** When the newest code was made that it has used; older ones are worth nothing any more. */
  used_up_to_ms: number | null
}

/** A receipt to be sent by e-mail: outbox and outcome. To whom is asked for when it is sent. */
export interface MailRow {
  /** Of the receipt as it was issued or corrected; the mail's Message-ID follows from it. */
  sequence: number
  visit_id: string
  state: 'due' | 'sent' | 'failed'
  attempts: number
  begun_at_ms: number
  next_attempt_at_ms: number
  reason: string | null
}

export interface ScanRow {
  scan_id: string
  /** Counts from 1; the visit that the scan opens is known to people by it. */
  number: number
  gate: string
  account_id: string | null
  role: VisitSnapshot['role']
  answer: 'admitted' | 'refused' | null
  at_ms: number
}

export interface VisitRow {
  visit_id: string
  scan_id: string
  account_id: string | null
  role: VisitSnapshot['role']
  party: number
  state: VisitState
  gate: string
  opened_at_ms: number
  entered_at_ms: number | null
  exited_at_ms: number | null
  /** How many of the party have walked in. */
  passes: number
  person_ids: string
  decision: string | null
  decided_by: 'flows' | 'deadline' | null
  /** When the till moves it on by itself; null when it waits for nothing. */
  due_at_ms: number | null
  payment: string | null
  receipt: string | null
  refunds: string | null
  disputes: string | null
  /** How many of them wait for a person. */
  open_disputes: number
  /** How a debt was settled; null while it is owed. */
  debt_settled: VisitSnapshot['debtSettled'] | null
  /** What was paid at a kiosk before they left. */
  prepaid: string | null
  /** Position of the last change. */
  sequence: number
}

export const orderKinds = ['hold', 'charge', 'release', 'refund', 'collection', 'prepayment'] as const
/**
 * hold: reserve an amount at the door; charge: the visit's one charge; release: give back what is reserved; refund:
 * give back a line; collection: charge what is owed since a charge was refused; prepayment: charge at a kiosk what a
 * shopper confirms who is still inside.
 */
export type OrderKind = (typeof orderKinds)[number]

export const paymentStates = ['due', 'sent', 'unknown', 'done', 'declined', 'mismatch'] as const
/** due: never sent; sent: a call is or was under way; unknown: it may have been carried out; then how it ended. */
export type PaymentState = (typeof paymentStates)[number]

/** Something that the payment provider is to carry out once: outbox and outcome. */
export interface PaymentRow {
  idempotency_key: string
  kind: OrderKind
  visit_id: string
  /** What is refunded. */
  line_id: string | null
  order_id: string
  amount_minor: number
  tax_free_minor: number
  currency: string
  order_name: string
  /** The references that this order began with; erased when it is settled. */
  customer_key: string | null
  billing_key: string | null
  /** The provider's reference to the payment that it is about: what was reserved, or charged before. */
  about: string | null
  /** What it is for; null in charges from before bills were kept. */
  bill: string | null
  /** Who ordered a refund. */
  ordered_by: string | null
  begun_at_ms: number
  state: PaymentState
  attempts: number
  first_sent_at_ms: number | null
  /** null: it waits until the visit's hold is settled. */
  next_attempt_at_ms: number | null
  /** The provider's reference to it. */
  payment_key: string | null
  reason: string | null
}

/** Where a query runs: on the database, or in the transaction that is under way. */
export type Connection = Kysely<LedgerTables> | Transaction<LedgerTables>
