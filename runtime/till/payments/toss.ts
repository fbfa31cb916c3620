/**
 * Toss Payments, core API v1: charges a billing key, and asks what became of an order.
 * https://docs.tosspayments.com/reference
 */
import { errorSentence } from '../../contract/errors.ts'
import type { ChargeOrder, PaymentProvider, ProviderAnswer } from './payment-provider.ts'

export interface TossOptions {
  /** `https://api.tosspayments.com`, or whoever stands in for it. */
  url: string
  secretKey: string
}

const dayMs = 86_400_000
/** Refusals that say nothing about the means of payment: wrong key of ours, in work, too many, its own trouble. */
const passingStatuses = new Set([401, 408, 409, 425, 429])
/** The order exists: what became of it has to be asked for. */
const existingOrderCodes = new Set(['ALREADY_PROCESSED_PAYMENT', 'DUPLICATED_ORDER_ID'])
const failedStatuses = new Set(['ABORTED', 'EXPIRED', 'CANCELED'])

export function createTossProvider({ url, secretKey }: TossOptions): PaymentProvider {
  // The key is the user name of a Basic login, with an empty password.
  const authorization = `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`

  async function call(path: string, init: RequestInit): Promise<TossReply> {
    const headers = { authorization, ...(init.headers as Record<string, string> | undefined) }
    try {
      // A redirect would carry the key to somewhere else.
      const response = await fetch(new URL(path, url), { ...init, headers, redirect: 'error' })
      return { status: response.status, body: asObject(await response.json().catch(() => null)) }
    } catch (error) {
      return { status: 0, body: {}, failure: errorSentence(error) }
    }
  }

  return {
    // Toss keeps a key for 15 days from its first use; a day of that is left for clocks that differ.
    keyLifetimeMs: 14 * dayMs,

    async charge(order, signal) {
      const reply = await call(`/v1/billing/${encodeURIComponent(order.billingKey)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': order.idempotencyKey },
        body: JSON.stringify({
          customerKey: order.customerKey,
          amount: order.amountMinor,
          orderId: order.orderId,
          orderName: order.orderName,
        }),
        signal,
      })
      if (reply.status === 200) return readPayment(reply.body, order)
      if (isRefusal(reply) && !existingOrderCodes.has(reply.body.code)) {
        return { outcome: 'declined', reason: `${reply.body.code}` }
      }
      return unknown(reply)
    },

    async query(order, signal) {
      const reply = await call(`/v1/payments/orders/${encodeURIComponent(order.orderId)}`, { signal })
      if (reply.status === 200) return readPayment(reply.body, order)
      // Only in its own words: a 404 of something in between says nothing about the order.
      if (reply.status === 404 && reply.body.code === 'NOT_FOUND_PAYMENT') return { outcome: 'not-found' }
      return unknown(reply)
    },
  }
}

interface TossReply {
  /** 0: there was no answer. */
  status: number
  body: Record<string, unknown>
  failure?: string
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** A refusal is Toss's own only with its code in the body; anything else may have come from in between. */
function isRefusal(reply: TossReply): reply is TossReply & { body: { code: string } } {
  const { status, body } = reply
  return status >= 400 && status < 500 && !passingStatuses.has(status) && typeof body.code === 'string'
}

function readPayment(
  { status, orderId, totalAmount, paymentKey }: Record<string, unknown>,
  order: Pick<ChargeOrder, 'orderId' | 'amountMinor'>,
): ProviderAnswer {
  if (orderId !== order.orderId || totalAmount !== order.amountMinor) {
    return { outcome: 'mismatch', reason: `Toss knows ${orderId} with ${totalAmount}.` }
  }
  if (status === 'DONE' && typeof paymentKey === 'string') return { outcome: 'paid', paymentKey }
  if (typeof status === 'string' && failedStatuses.has(status)) return { outcome: 'declined', reason: status }
  return { outcome: 'unknown', reason: `Toss says ${status}.` }
}

function unknown({ status, body, failure }: TossReply): ProviderAnswer {
  const code = typeof body.code === 'string' ? ` ${body.code}` : ''
  return { outcome: 'unknown', reason: failure ?? `Toss answered ${status}${code}.` }
}
