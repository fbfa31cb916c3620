/**
 * Toss Payments, core API v1: charges a billing key once after the exit, gives a part of it back, and asks what
 * became of an order. It reserves nothing. https://docs.tosspayments.com/reference
 */
import type { PaymentOrder, PaymentProvider, ProviderAnswer } from './payment-provider.ts'
import { ask, asList, asObject, basicAuthorization, isFinal, type ProviderReply, unknown } from './provider-http.ts'

export interface ProviderAccess {
  /** The API's base address, or whoever stands in for it. */
  url: string
  secretKey: string
}

const dayMs = 86_400_000
/** Toss says 403 of a card that is declined, and of an amount that cannot be cancelled. */
const passing = new Set([401, 408, 409, 425, 429])
/** The order exists: what became of it has to be asked for. */
const existingCodes = new Set(['ALREADY_PROCESSED_PAYMENT', 'DUPLICATED_ORDER_ID', 'ALREADY_CANCELED_PAYMENT'])
const failedStatuses = new Set(['ABORTED', 'EXPIRED', 'CANCELED'])
const paidStatuses = new Set(['DONE', 'PARTIAL_CANCELED'])

export function createTossProvider({ url, secretKey }: ProviderAccess): PaymentProvider {
  const authorization = basicAuthorization(secretKey)
  const get = (path: string, signal: AbortSignal) => ask(new URL(path, url), { headers: { authorization }, signal })
  const post = (path: string, key: string, body: object, signal: AbortSignal) =>
    ask(new URL(path, url), {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal,
    })

  return {
    // Toss keeps a key for 15 days from its first use; a day of that is left for clocks that differ.
    keyLifetimeMs: 14 * dayMs,
    holds: false,

    async send(order, signal) {
      const path = order.kind === 'refund' ? cancelPath(order) : `/v1/billing/${encodeURIComponent(order.billingKey)}`
      const body = order.kind === 'refund' ? cancelBody(order) : chargeBody(order)
      const reply = await post(path, order.idempotencyKey, body, signal)
      if (reply.status === 200) {
        // What is cancelled without being found is asked for again.
        return order.kind === 'refund' ? foundCancel(reply, order) : readPayment(reply.body, order)
      }
      const { code } = reply.body
      // A refusal is Toss's own only with its code in the body; anything else may have come from in between.
      if (isFinal(reply.status, passing) && typeof code === 'string' && !existingCodes.has(code)) {
        return { outcome: 'declined', reason: code }
      }
      return unknown('Toss', reply, code)
    },

    async query(order, signal) {
      const reply = await get(order.kind === 'refund' ? paymentPath(order) : orderPath(order), signal)
      if (reply.status === 200) {
        if (order.kind !== 'refund') return readPayment(reply.body, order)
        const found = foundCancel(reply, order)
        return found.outcome === 'unknown' ? { outcome: 'not-found' } : found
      }
      // Only in its own words: a 404 of something in between says nothing about the order.
      if (reply.status === 404 && reply.body.code === 'NOT_FOUND_PAYMENT') return { outcome: 'not-found' }
      return unknown('Toss', reply, reply.body.code)
    },

    async issueKey({ idempotencyKey, customerKey, authKey }, signal) {
      const path = '/v1/billing/authorizations/issue'
      const reply = await post(path, idempotencyKey, { authKey, customerKey }, signal)
      const { billingKey, code } = reply.body
      if (reply.status === 200 && typeof billingKey === 'string') return { outcome: 'issued', billingKey }
      if (isFinal(reply.status, passing) && typeof code === 'string') return { outcome: 'declined', reason: code }
      return unknown('Toss', reply, code)
    },

    hinted(body) {
      const { orderId } = asObject(asObject(body).data)
      return typeof orderId === 'string' ? [orderId] : []
    },
  }
}

const orderPath = ({ orderId }: PaymentOrder) => `/v1/payments/orders/${encodeURIComponent(orderId)}`
const paymentPath = ({ about }: PaymentOrder) => `/v1/payments/${encodeURIComponent(about)}`
const cancelPath = (order: PaymentOrder) => `${paymentPath(order)}/cancel`
const taxFree = ({ taxFreeMinor }: PaymentOrder) => (taxFreeMinor > 0 ? { taxFreeAmount: taxFreeMinor } : {})

const chargeBody = (order: PaymentOrder) => ({
  customerKey: order.customerKey,
  amount: order.amountMinor,
  orderId: order.orderId,
  orderName: order.orderName,
  ...taxFree(order),
})

/** A cancel has no id of ours but what its reason says. */
const cancelBody = (order: PaymentOrder) => ({
  cancelReason: `${order.orderName} ${order.orderId}`,
  cancelAmount: order.amountMinor,
  ...taxFree(order),
})

function foundCancel({ body }: ProviderReply, { orderId, amountMinor, about }: PaymentOrder): ProviderAnswer {
  const found = asList(body.cancels).find(({ cancelReason }) => String(cancelReason).endsWith(orderId))
  if (!found) return { outcome: 'unknown', reason: 'Toss does not show the cancellation.' }
  const { cancelAmount, transactionKey } = found
  if (cancelAmount !== amountMinor) return { outcome: 'mismatch', reason: `Toss cancelled ${cancelAmount}.` }
  return { outcome: 'done', reference: typeof transactionKey === 'string' ? transactionKey : about }
}

function readPayment(
  { status, orderId, totalAmount, paymentKey }: Record<string, unknown>,
  order: PaymentOrder,
): ProviderAnswer {
  if (orderId !== order.orderId || totalAmount !== order.amountMinor) {
    return { outcome: 'mismatch', reason: `Toss knows ${orderId} with ${totalAmount}.` }
  }
  if (paidStatuses.has(String(status)) && typeof paymentKey === 'string') {
    return { outcome: 'done', reference: paymentKey }
  }
  if (failedStatuses.has(String(status))) return { outcome: 'declined', reason: String(status) }
  return { outcome: 'unknown', reason: `Toss says ${status}.` }
}
