/**
 * What the till wants of whoever carries out payments. An implementation knows one provider's API, and nothing of
 * visits; `runtime/till/payments/providers.ts` lists them.
 */
import type { OrderKind } from '../ledger/tables.ts'

export interface PaymentProvider {
  /**
   * Carries an order out once: the same key sent again carries nothing out a second time, for as long as the
   * provider remembers it ({@link keyLifetimeMs}).
   */
  send(order: PaymentOrder, signal: AbortSignal): Promise<ProviderAnswer>
  /** What became of an order. `not-found` only when the provider surely knows nothing of it. */
  query(order: PaymentOrder, signal: AbortSignal): Promise<ProviderAnswer | { outcome: 'not-found' }>
  /**
   * Makes of what its page for cards gave a shopper a key that can be charged later; the card's number stays there.
   * The same key asked for again is the same key. Missing: cards of this provider come by `register-account` alone.
   */
  issueKey?(permission: CardPermission, signal: AbortSignal): Promise<KeyAnswer>
  /** The order ids that a webhook's body speaks of: a hint to ask for them, never the truth. */
  hinted(body: unknown): string[]
  readonly keyLifetimeMs: number
  /** Whether it can reserve an amount at the door; one that cannot is never sent a hold or a release. */
  readonly holds: boolean
}

export interface CardPermission {
  idempotencyKey: string
  customerKey: string
  /** As the provider's page handed it to the shopper's browser. */
  authKey: string
}

export type KeyAnswer =
  | { outcome: 'issued'; billingKey: string }
  | { outcome: 'declined'; reason: string }
  | { outcome: 'unknown'; reason: string }

export interface PaymentOrder {
  kind: OrderKind
  idempotencyKey: string
  /** Ours; the provider keeps it with the payment, so that it can be asked for. */
  orderId: string
  orderName: string
  amountMinor: number
  /** The part of the amount that contains no tax. */
  taxFreeMinor: number
  currency: string
  customerKey: string
  billingKey: string
  /** The provider's reference to what is captured, released or refunded; '' when the means of payment is charged. */
  about: string
  begunAtMs: number
}

export type ProviderAnswer =
  | { outcome: 'done'; reference: string }
  /** For good: this means of payment will not pay this order, or it cannot be carried out. */
  | { outcome: 'declined'; reason: string }
  /** The provider knows this order with another amount. */
  | { outcome: 'mismatch'; reason: string }
  /** It may or may not have been carried out; only {@link PaymentProvider.query} can tell. */
  | { outcome: 'unknown'; reason: string }
