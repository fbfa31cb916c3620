/** What the till wants of whoever carries out payments. An implementation knows one provider's API, and nothing of visits. */
export interface PaymentProvider {
  /**
   * Charges a registered means of payment once: the same key sent again carries nothing out a second time, for
   * as long as the provider remembers it ({@link keyLifetimeMs}).
   */
  charge(order: ChargeOrder, signal: AbortSignal): Promise<ProviderAnswer>
  /** What became of an order. */
  query(
    order: Pick<ChargeOrder, 'orderId' | 'amountMinor'>,
    signal: AbortSignal,
  ): Promise<ProviderAnswer | { outcome: 'not-found' }>
  readonly keyLifetimeMs: number
}

export interface ChargeOrder {
  idempotencyKey: string
  orderId: string
  orderName: string
  amountMinor: number
  currency: string
  customerKey: string
  billingKey: string
}

export type ProviderAnswer =
  | { outcome: 'paid'; paymentKey: string }
  /** For good: this means of payment will not pay this order. */
  | { outcome: 'declined'; reason: string }
  /** The provider knows this order with another amount. */
  | { outcome: 'mismatch'; reason: string }
  /** It may or may not have been carried out; only {@link PaymentProvider.query} can tell. */
  | { outcome: 'unknown'; reason: string }
