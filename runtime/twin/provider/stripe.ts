/**
 * Stripe, as documented: PaymentIntents off session with manual or automatic capture, their cancellation, refunds,
 * lists, idempotency keys. https://docs.stripe.com/api/payment_intents, /api/refunds, /api/idempotent_requests
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../../contract/clock.ts'
import type { Charge, Intent, ProviderLedger } from './provider-ledger.ts'
import { type TossAnswer, type TossRequest, tappedPrefix } from './toss.ts'

export interface StripeOptions {
  ledger: ProviderLedger
  clock: Clock
  /** A random, unguessable end of an id. */
  newKey(): string
  /** The customer that a payment method is attached to, or undefined. */
  customerOf(paymentMethod: string): string | undefined
  declines(): boolean
  forgetsKeys?(): boolean
  /** Told of each intent that changed, as the API shows it. */
  changed?(intent: unknown): void
}

type Fields = Record<string, string>
type Outcome = Pick<TossAnswer, 'status' | 'body'> & { intent?: Intent; keep: boolean }

const keyLifetimeMs = 24 * 3_600_000
const longestKey = 255
/** An authorisation that nobody captures ends by itself. */
const authorisationMs = 7 * 86_400_000
const defaultLimit = 10
const largestLimit = 100

/** Fields of a form, or of a query, as the request's body. */
export function createStripe(options: StripeOptions): (request: TossRequest) => TossAnswer {
  const { ledger, clock } = options

  function answer(request: TossRequest): TossAnswer {
    const [, version, area, id, action] = request.path.split('/').map(decodeURIComponent)
    const fields = (request.body ?? {}) as Fields
    if (version !== 'v1') return notFound('There is nothing at this address.')
    if (request.method === 'POST') return once(request, fields, () => post(area, id, action, fields))
    if (area === 'payment_intents' && id) return shown(intentById(id))
    if (area === 'payment_intents') return list('/v1/payment_intents', listed(fields).map(showIntent), fields)
    if (area === 'refunds' && !id) return list('/v1/refunds', refundsOf(fields.payment_intent ?? ''), fields)
    return notFound('There is nothing at this address.')
  }

  /** The first result under a key is given again, a 500 included, as long as the parameters are the same. */
  function once({ idempotencyKey: key, path }: TossRequest, fields: Fields, carryOut: () => Outcome): TossAnswer {
    if (key !== undefined && key.length > longestKey) {
      return failure(400, 'invalid_request_error', 'The idempotency key is longer than 255 characters.')
    }
    const parameters = createHash('sha256')
      .update(JSON.stringify([path, fields]))
      .digest('hex')
    const kept = key === undefined || options.forgetsKeys?.() ? undefined : ledger.answerTo(key)
    if (kept && clock.nowMs() - kept.keptAtMs < keyLifetimeMs) {
      if (kept.parameters !== parameters) {
        return failure(
          400,
          'idempotency_error',
          'Keys for idempotent requests can only be used with the same parameters.',
        )
      }
      return { status: kept.status, body: kept.body, headers: { 'idempotent-replayed': 'true' } }
    }
    const { intent, keep, ...given } = carryOut()
    // What fails the validation was not begun: nothing is kept of it.
    const toKeep = key === undefined || !keep ? {} : { answer: { key, keptAtMs: clock.nowMs(), parameters, ...given } }
    ledger.keep({ ...(intent ? { intent, ...chargeOf(intent) } : {}), ...toKeep })
    if (intent) options.changed?.(showIntent(intent))
    return given
  }

  function post(area: string | undefined, id: string | undefined, action: string | undefined, fields: Fields): Outcome {
    if (area === 'payment_intents' && !id) return create(fields)
    if (area === 'refunds' && !id) return refund(fields)
    if (area !== 'payment_intents' || !id) return invalid('There is nothing at this address.', 404)
    const intent = intentById(id)
    if (!intent) return invalid(`No such payment_intent: '${id}'`, 404, 'resource_missing')
    if (action === 'capture') return capture(intent, fields)
    return action === 'cancel' ? cancel(intent) : invalid('There is nothing at this address.', 404)
  }

  function create(fields: Fields): Outcome {
    const amount = Number(fields.amount)
    if (!Number.isSafeInteger(amount) || amount < 1)
      return invalid('Invalid positive integer.', 400, 'parameter_invalid_integer')
    if (!/^[a-z]{3}$/.test(fields.currency ?? '')) return invalid('Invalid currency.')
    const tapped = fields.customer === undefined && (fields.payment_method ?? '').startsWith(tappedPrefix)
    if (fields.confirm !== 'true' || (fields.off_session !== 'true' && !tapped)) {
      return invalid('Only off session, or a card at a terminal, is served here.')
    }
    const owner = tapped ? '' : options.customerOf(fields.payment_method ?? '')
    if (owner === undefined)
      return invalid(`No such PaymentMethod: '${fields.payment_method}'`, 400, 'resource_missing')
    if (owner !== (fields.customer ?? '')) return invalid('The PaymentMethod does not belong to this Customer.')
    if (tapped && ledger.intents.some(({ paymentMethod }) => paymentMethod === fields.payment_method)) {
      return invalid('This PaymentMethod was used without a Customer, and may not be used again.')
    }
    const declined = options.declines()
    const manual = fields.capture_method === 'manual'
    const intent: Intent = {
      id: `pi_${options.newKey()}`,
      orderId: fields['metadata[order_id]'] ?? '',
      description: fields.description ?? '',
      customer: owner,
      ...(tapped ? { paymentMethod: fields.payment_method ?? '' } : {}),
      amount,
      currency: fields.currency ?? '',
      status: declined ? 'requires_payment_method' : manual ? 'requires_capture' : 'succeeded',
      received: declined || manual ? 0 : amount,
      createdAtMs: clock.nowMs(),
      refunds: [],
    }
    if (!declined) return { status: 200, body: showIntent(intent), intent, keep: true }
    const error = {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      message: 'Your card was declined.',
    }
    return { status: 402, body: { error: { ...error, payment_intent: showIntent(intent) } }, intent, keep: true }
  }

  function capture(intent: Intent, fields: Fields): Outcome {
    if (intent.status !== 'requires_capture') return unexpectedState(intent)
    const amount = Number(fields.amount_to_capture ?? intent.amount)
    if (!Number.isSafeInteger(amount) || amount < 1 || amount > intent.amount) {
      return invalid('The amount is larger than what can be captured.', 400, 'amount_too_large')
    }
    return carriedOut({ ...intent, status: 'succeeded', received: amount })
  }

  function cancel(intent: Intent): Outcome {
    const open = intent.status === 'requires_capture' || intent.status === 'requires_payment_method'
    return open ? carriedOut({ ...intent, status: 'canceled' }) : unexpectedState(intent)
  }

  function refund(fields: Fields): Outcome {
    const intent = intentById(fields.payment_intent ?? '')
    if (!intent) return invalid('No such payment_intent.', 404, 'resource_missing')
    const left = intent.received - intent.refunds.reduce((sum, { amount }) => sum + amount, 0)
    const amount = Number(fields.amount ?? left)
    if (left === 0) return invalid('It has been refunded.', 400, 'charge_already_refunded')
    if (!Number.isSafeInteger(amount) || amount < 1 || amount > left) return invalid(`At most ${left} can be refunded.`)
    const given = {
      ...{ id: `re_${options.newKey()}`, orderId: fields['metadata[order_id]'] ?? '', amount, atMs: clock.nowMs() },
    }
    const refunded = { ...intent, refunds: [...intent.refunds, given] }
    return { status: 200, body: showRefund(refunded, given), intent: refunded, keep: true }
  }

  const carriedOut = (intent: Intent): Outcome => ({ status: 200, body: showIntent(intent), intent, keep: true })

  function intentById(id: string): Intent | undefined {
    const intent = ledger.intents.find((one) => one.id === id)
    const expired = intent?.status === 'requires_capture' && clock.nowMs() - intent.createdAtMs > authorisationMs
    return intent && expired ? { ...intent, status: 'canceled' } : intent
  }

  /** Newest first. */
  function listed({ customer, 'created[gte]': since }: Fields): Intent[] {
    return ledger.intents
      .filter((intent) => customer === undefined || intent.customer === customer)
      .filter((intent) => since === undefined || intent.createdAtMs >= Number(since) * 1000)
      .map(({ id }) => intentById(id) as Intent)
      .reverse()
  }

  function refundsOf(id: string) {
    const intent = intentById(id)
    return intent ? intent.refunds.map((given) => showRefund(intent, given)).reverse() : []
  }

  return answer
}

function list(url: string, items: { id: string }[], { limit, starting_after: after }: Fields): TossAnswer {
  const from = after === undefined ? 0 : items.findIndex(({ id }) => id === after) + 1
  const size = Math.min(Number(limit ?? defaultLimit), largestLimit)
  const data = items.slice(from, from + size)
  return { status: 200, body: { object: 'list', url, data, has_more: from + size < items.length } }
}

const shown = (intent: Intent | undefined): TossAnswer =>
  intent ? { status: 200, body: showIntent(intent) } : notFound('No such payment_intent.')

const showIntent = (intent: Intent) => ({
  id: intent.id,
  object: 'payment_intent',
  amount: intent.amount,
  amount_capturable: intent.status === 'requires_capture' ? intent.amount : 0,
  amount_received: intent.received,
  currency: intent.currency,
  customer: intent.customer,
  description: intent.description,
  created: Math.floor(intent.createdAtMs / 1000),
  metadata: { order_id: intent.orderId },
  status: intent.status,
})

const showRefund = ({ id: payment_intent, currency }: Intent, { id, orderId, amount, atMs }: Intent['refunds'][0]) => ({
  ...{ id, object: 'refund', amount, currency, payment_intent, status: 'succeeded' },
  ...{ metadata: { order_id: orderId }, created: Math.floor(atMs / 1000) },
})

/** What was really taken, in the books that every provider of the twin keeps. */
function chargeOf(intent: Intent): { charge?: Charge } {
  if (intent.status !== 'succeeded') return {}
  const cancels = intent.refunds.map(({ amount, atMs, orderId }) => ({ amount, atMs, reason: orderId }))
  const refunded = cancels.reduce((sum, { amount }) => sum + amount, 0)
  const status = refunded === 0 ? 'DONE' : refunded < intent.received ? 'PARTIAL_CANCELED' : 'CANCELED'
  const { id: paymentKey, orderId, description: orderName, customer: customerKey, received: amount } = intent
  const approvedAtMs = intent.createdAtMs
  return { charge: { paymentKey, orderId, orderName, customerKey, amount, status, approvedAtMs, cancels } }
}

const failure = (status: number, type: string, message: string, code?: string): TossAnswer => ({
  status,
  body: { error: { type, message, ...(code ? { code } : {}) } },
})
const notFound = (message: string) => failure(404, 'invalid_request_error', message, 'resource_missing')
const invalid = (message: string, status = 400, code?: string): Outcome => ({
  ...failure(status, 'invalid_request_error', message, code),
  keep: false,
})
const unexpectedState = ({ status }: Intent): Outcome => ({
  ...failure(400, 'invalid_request_error', `It is ${status}.`, 'payment_intent_unexpected_state'),
  keep: true,
})
