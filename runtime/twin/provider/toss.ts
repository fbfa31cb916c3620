/**
 * Toss Payments, core API v1, as documented: charging a billing key, asking for an order, cancelling.
 * https://docs.tosspayments.com/reference, .../guides/using-api/idempotency-key, .../reference/error-codes
 */
import type { Clock } from '../../contract/clock.ts'
import type { Charge, ProviderLedger } from './provider-ledger.ts'

export interface TossRequest {
  method: string
  path: string
  idempotencyKey: string | undefined
  body: unknown
}

export interface TossAnswer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export interface TossOptions {
  ledger: ProviderLedger
  clock: Clock
  /** A random, unguessable end of a payment key. */
  newKey(): string
  /** customerKey of a registered billing key, or undefined. */
  customerOf(billingKey: string): string | undefined
  /** Whose browser the page for cards gave this; undefined: it never did. Missing: there is no such page. */
  customerOfPermission?(authKey: string): string | undefined
  declines(): boolean
  /** It has lost the idempotency keys that it was given, and carries everything out anew. */
  forgetsKeys(): boolean
  /** A payment's state changed. */
  changed(payment: unknown): void
}

const keyLifetimeMs = 15 * 86_400_000
const longestKey = 300
/** `[A-Za-z0-9-_]`, 6 to 64 characters, and as read in the wild also "=". */
const orderIdPattern = /^[A-Za-z0-9_=-]{6,64}$/

export function createToss(options: TossOptions): (request: TossRequest) => TossAnswer {
  const { ledger, clock } = options

  function answer(request: TossRequest): TossAnswer {
    const [, version, area, ...rest] = request.path.split('/').map(decodeURIComponent)
    if (version !== 'v1') return notFound()
    if (request.method === 'POST') return once(request, () => post(area, rest, asRecord(request.body)))
    if (request.method !== 'GET' || area !== 'payments') return notFound()
    const charge = rest[0] === 'orders' ? ledger.byOrder(rest[1] ?? '') : ledger.byPaymentKey(rest[0] ?? '')
    return charge ? { status: 200, body: payment(charge) } : unknownPayment()
  }

  /** The first answer under a key is the only one: scope is key, URL and method. */
  function once(request: TossRequest, carryOut: () => Outcome): TossAnswer {
    const { idempotencyKey } = request
    if (idempotencyKey !== undefined && idempotencyKey.length > longestKey) {
      return refusal(400, 'INVALID_IDEMPOTENCY_KEY', 'The idempotency key is longer than 300 characters.')
    }
    const key = idempotencyKey === undefined ? undefined : `${idempotencyKey} ${request.method} ${request.path}`
    const kept = key === undefined ? undefined : ledger.answerTo(key)
    const known = kept && clock.nowMs() - kept.keptAtMs < keyLifetimeMs && !options.forgetsKeys()
    if (known) return { status: kept.status, body: kept.body }
    const { charge, ...given } = carryOut()
    const toKeep = key === undefined ? {} : { answer: { key, keptAtMs: clock.nowMs(), ...given } }
    if (charge || key !== undefined) ledger.keep({ ...(charge ? { charge } : {}), ...toKeep })
    if (charge) options.changed(given.body)
    return given
  }

  function post(area: string | undefined, rest: string[], body: Record<string, unknown>): Outcome {
    if (area === 'billing' && rest.join('/') === 'authorizations/issue') return issueBillingKey(body)
    if (area === 'billing' && rest.length === 1) return chargeBillingKey(rest[0] as string, body)
    if (area === 'payments' && rest[1] === 'cancel') return cancel(rest[0] as string, body)
    return notFound()
  }

  const permittedTo = (authKey: unknown) =>
    typeof authKey === 'string' ? options.customerOfPermission?.(authKey) : undefined

  function issueBillingKey({ authKey, customerKey }: Record<string, unknown>): Outcome {
    const customer = isTapped(authKey, customerKey) ? customerKey : permittedTo(authKey)
    if (customer === undefined)
      return refusal(400, 'INVALID_AUTHORIZE_AUTH', 'This authKey is not, or no longer, valid.')
    if (customer !== customerKey) return refusal(400, 'NOT_MATCHES_CUSTOMER_KEY', 'It was given to another customer.')
    const authenticatedAt = timeOf(clock.nowMs())
    const billingKey = billingKeyOf(customer)
    return { status: 200, body: { mId: 'twin', customerKey, authenticatedAt, method: '카드', billingKey } }
  }

  function chargeBillingKey(billingKey: string, body: Record<string, unknown>): Outcome {
    const { customerKey, orderId, orderName, amount } = body
    if (typeof orderId !== 'string' || !orderIdPattern.test(orderId)) {
      return refusal(400, 'INVALID_ORDER_ID', 'orderId has 6 to 64 letters, digits, "-", "_" or "=".')
    }
    if (typeof orderName !== 'string' || orderName.length === 0 || orderName.length > 100) {
      return refusal(400, 'INVALID_ORDER_NAME', 'orderName has 1 to 100 characters.')
    }
    if (typeof amount !== 'number' || !Number.isInteger(amount) || amount < 1) {
      return refusal(400, 'INVALID_REQUEST', 'amount is a positive integer.')
    }
    const owner = options.customerOf(billingKey) ?? customerOfIssued(billingKey)
    if (owner === undefined) return refusal(400, 'INVALID_BILL_KEY_REQUEST', 'There is no such billing key.')
    if (owner !== customerKey)
      return refusal(400, 'NOT_MATCHES_CUSTOMER_KEY', 'The billing key is of another customer.')
    if (ledger.byOrder(orderId)) return refusal(400, 'DUPLICATED_ORDER_ID', 'This order was paid or cancelled already.')
    if (options.declines()) return refusal(403, 'REJECT_CARD_PAYMENT', 'The card was declined: limit or balance.')
    const charge: Charge = {
      paymentKey: `twin_${options.newKey()}`,
      orderId,
      orderName,
      customerKey: owner,
      amount,
      status: 'DONE',
      approvedAtMs: clock.nowMs(),
      cancels: [],
    }
    return { status: 200, body: payment(charge), charge }
  }

  function cancel(paymentKey: string, body: Record<string, unknown>): Outcome {
    const charge = ledger.byPaymentKey(paymentKey)
    if (!charge) return unknownPayment()
    const { cancelReason, cancelAmount } = body
    if (typeof cancelReason !== 'string' || cancelReason === '') {
      return refusal(400, 'INVALID_REQUEST', 'cancelReason is missing.')
    }
    const left = balanceOf(charge)
    if (left === 0) return refusal(400, 'ALREADY_CANCELED_PAYMENT', 'It is cancelled already.')
    const amount = cancelAmount ?? left
    if (typeof amount !== 'number' || !Number.isInteger(amount) || amount < 1 || amount > left) {
      return refusal(403, 'NOT_CANCELABLE_AMOUNT', `At most ${left} can be cancelled.`)
    }
    const cancelled: Charge = {
      ...charge,
      status: amount === left ? 'CANCELED' : 'PARTIAL_CANCELED',
      cancels: [...charge.cancels, { amount, reason: cancelReason, atMs: clock.nowMs() }],
    }
    return { status: 200, body: payment(cancelled), charge: cancelled }
  }

  return answer
}

/** What a card terminal gives: a card that was there becomes that of whoever it is asked for. */
export const tappedPrefix = 'twin_tap_'
const isTapped = (authKey: unknown, customerKey: unknown): customerKey is string =>
  typeof authKey === 'string' && authKey.startsWith(tappedPrefix) && typeof customerKey === 'string'

/** A key says whose it is, so that a restart of the simulation forgets none. */
const issuedPrefix = 'twin_billing_'
const billingKeyOf = (customerKey: string) => issuedPrefix + Buffer.from(customerKey).toString('base64url')
const customerOfIssued = (billingKey: string): string | undefined =>
  billingKey.startsWith(issuedPrefix)
    ? Buffer.from(billingKey.slice(issuedPrefix.length), 'base64url').toString()
    : undefined

type Outcome = Pick<TossAnswer, 'status' | 'body'> & { charge?: Charge }

export const balanceOf = (charge: Charge): number =>
  charge.amount - charge.cancels.reduce((sum, { amount }) => sum + amount, 0)

/** Toss's payment object, as far as anybody here reads it. */
function payment(charge: Charge) {
  // Prices contain 10 % value-added tax.
  const vat = Math.round(charge.amount / 11)
  return {
    version: '2022-11-16',
    paymentKey: charge.paymentKey,
    type: 'BILLING',
    orderId: charge.orderId,
    orderName: charge.orderName,
    currency: 'KRW',
    method: '카드',
    totalAmount: charge.amount,
    balanceAmount: balanceOf(charge),
    suppliedAmount: charge.amount - vat,
    vat,
    taxFreeAmount: 0,
    status: charge.status,
    requestedAt: timeOf(charge.approvedAtMs),
    approvedAt: timeOf(charge.approvedAtMs),
    isPartialCancelable: true,
    cancels:
      charge.cancels.length === 0
        ? null
        : charge.cancels.map(({ amount, reason, atMs }) => ({
            cancelAmount: amount,
            cancelReason: reason,
            canceledAt: timeOf(atMs),
          })),
    failure: null,
  }
}

/** ISO 8601 in Korean time, as Toss writes it. */
const timeOf = (ms: number) => `${new Date(ms + 9 * 3_600_000).toISOString().slice(0, 19)}+09:00`

export const refusal = (status: number, code: string, message: string) => ({ status, body: { code, message } })
const notFound = () => refusal(404, 'NOT_FOUND', 'There is nothing at this address.')
const unknownPayment = () => refusal(404, 'NOT_FOUND_PAYMENT', 'There is no such payment.')

const asRecord = (body: unknown): Record<string, unknown> =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
