/**
 * Stripe, off-session PaymentIntents: an amount is authorised at the door (manual capture), captured after the exit,
 * and the intent of an empty basket cancelled. https://docs.stripe.com/api/payment_intents
 */
import type { PaymentOrder, PaymentProvider, ProviderAnswer } from './payment-provider.ts'
import { ask, asList, asObject, basicAuthorization, isFinal, type ProviderReply, unknown } from './provider-http.ts'
import type { ProviderAccess } from './toss.ts'

const hourMs = 3_600_000
/** Intents are listed from a day before the order began, for clocks that differ. */
const listedBeforeS = 86_400
const pageSize = 100
/** Nobody has more intents in the days that an order may be under way. */
const mostPages = 20

export function createStripeProvider({ url, secretKey }: ProviderAccess): PaymentProvider {
  const authorization = basicAuthorization(secretKey)
  const get = (path: string, query: Record<string, string>, signal: AbortSignal) =>
    ask(new URL(`${path}?${new URLSearchParams(query)}`, url), { headers: { authorization }, signal })
  const post = (path: string, key: string, fields: Record<string, string>, signal: AbortSignal) =>
    ask(new URL(path, url), {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'application/x-www-form-urlencoded',
        'idempotency-key': key,
      },
      body: new URLSearchParams(fields),
      signal,
    })

  /** The one of a list that carries our order id. Lists are up to date at once; Stripe's search is not. */
  async function find(path: string, query: Record<string, string>, orderId: string, signal: AbortSignal) {
    let after: string | undefined
    for (let page = 0; page < mostPages; page++) {
      const next: Record<string, string> = after === undefined ? {} : { starting_after: after }
      const reply = await get(path, { ...query, limit: String(pageSize), ...next }, signal)
      if (reply.status !== 200) return { reply }
      const items = asList(reply.body.data)
      const found = items.find((item) => asObject(item.metadata).order_id === orderId)
      if (found || reply.body.has_more !== true) return { reply, found, complete: true }
      after = String(items.at(-1)?.id)
    }
    return { reply: { status: 0, body: {}, failure: 'Stripe lists too many intents.' } }
  }

  async function query(order: PaymentOrder, signal: AbortSignal) {
    if (order.about !== '' && order.kind !== 'refund') {
      const reply = await get(intentPath(order), {}, signal)
      return reply.status === 200 ? readIntent(reply.body, order) : answerTo(reply)
    }
    const { reply, found, complete } =
      order.kind === 'refund'
        ? await find('/v1/refunds', { payment_intent: order.about }, order.orderId, signal)
        : await find('/v1/payment_intents', intentsOf(order), order.orderId, signal)
    if (found) return order.kind === 'refund' ? readRefund(found, order) : readIntent(found, order)
    return complete ? { outcome: 'not-found' as const } : unknown('Stripe', reply, errorCode(reply))
  }

  return {
    // Stripe may forget a key after 24 hours.
    keyLifetimeMs: 23 * hourMs,
    holds: true,
    query,

    async send(order, signal) {
      const { path, fields } = requestFor(order)
      const reply = await post(path, order.idempotencyKey, fields, signal)
      if (reply.status !== 200) return answerTo(reply)
      const answer = order.kind === 'refund' ? readRefund(reply.body, order) : readIntent(reply.body, order)
      return answer.outcome === 'not-found' ? { outcome: 'unknown', reason: 'Stripe changed nothing.' } : answer
    },

    hinted(body) {
      const { order_id: orderId } = asObject(asObject(asObject(asObject(body).data).object).metadata)
      return typeof orderId === 'string' ? [orderId] : []
    },
  }
}

const intentPath = ({ about }: PaymentOrder) => `/v1/payment_intents/${encodeURIComponent(about)}`
const intentsOf = ({ customerKey, begunAtMs }: PaymentOrder) => ({
  ...(customerKey === '' ? {} : { customer: customerKey }),
  'created[gte]': String(Math.floor(begunAtMs / 1000) - listedBeforeS),
})

function requestFor(order: PaymentOrder): { path: string; fields: Record<string, string> } {
  const amount = String(order.amountMinor)
  const ours = { 'metadata[order_id]': order.orderId }
  if (order.kind === 'refund') return { path: '/v1/refunds', fields: { payment_intent: order.about, amount, ...ours } }
  if (order.kind === 'release') return { path: `${intentPath(order)}/cancel`, fields: {} }
  if (order.about !== '') return { path: `${intentPath(order)}/capture`, fields: { amount_to_capture: amount } }
  const fields = {
    amount,
    currency: order.currency.toLowerCase(),
    // Whoever holds a card to a terminal is there, and no customer: the payment method is good for this once.
    ...(order.customerKey === '' ? {} : { customer: order.customerKey, off_session: 'true' }),
    payment_method: order.billingKey,
    confirm: 'true',
    capture_method: order.kind === 'hold' ? 'manual' : 'automatic',
    description: order.orderName,
    ...ours,
  }
  return { path: '/v1/payment_intents', fields }
}

type Found = ProviderAnswer | { outcome: 'not-found' }

/** What an intent says of an order; `not-found` when it is still as it was before the order. */
function readIntent(intent: Record<string, unknown>, order: PaymentOrder): Found {
  const { id, status, amount, amount_received: received } = intent
  const done = { outcome: 'done', reference: String(id) } as const
  const other = { outcome: 'mismatch', reason: `Stripe says ${status} of ${id} with ${received ?? amount}.` } as const
  if (status === 'processing') return { outcome: 'unknown', reason: 'Stripe is processing it.' }
  if (order.kind === 'release') {
    if (status === 'canceled') return done
    return status === 'succeeded' ? other : { outcome: 'not-found' }
  }
  if (status === 'succeeded') return order.kind !== 'hold' && received === order.amountMinor ? done : other
  if (status === 'requires_capture') {
    if (order.kind !== 'hold') return order.about === '' ? other : { outcome: 'not-found' }
    return amount === order.amountMinor ? done : other
  }
  // It waits for its owner to do something, and nobody will: the shopper is off session.
  return { outcome: 'declined', reason: declineOf(intent) ?? String(status) }
}

function readRefund({ id, status, amount }: Record<string, unknown>, { amountMinor }: PaymentOrder): ProviderAnswer {
  if (status === 'failed' || status === 'canceled') return { outcome: 'declined', reason: `refund ${status}` }
  if (amount !== amountMinor) return { outcome: 'mismatch', reason: `Stripe refunded ${amount}.` }
  return { outcome: 'done', reference: String(id) }
}

/** What an answer means that is no success. An error is Stripe's own only with its type in the body. */
function answerTo(reply: ProviderReply): ProviderAnswer {
  const { type, code, decline_code: decline } = asObject(reply.body.error)
  if (!isFinal(reply.status) || typeof type !== 'string') return unknown('Stripe', reply, errorCode(reply))
  // The intent was moved on by an earlier try, or waits: what became of it has to be asked for.
  if (code === 'payment_intent_unexpected_state') return unknown('Stripe', reply, code)
  if (type === 'idempotency_error') return { outcome: 'mismatch', reason: 'Stripe knows this key with another order.' }
  return { outcome: 'declined', reason: String(decline ?? code ?? type) }
}

const errorCode = ({ body }: ProviderReply) => asObject(body.error).code ?? asObject(body.error).type

function declineOf(intent: Record<string, unknown>): string | undefined {
  const { code, decline_code: decline } = asObject(intent.last_payment_error)
  const reason = decline ?? code
  return typeof reason === 'string' ? reason : undefined
}
