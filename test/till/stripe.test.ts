import assert from 'node:assert/strict'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { PaymentOrder } from '../../runtime/till/payments/payment-provider.ts'
import { ProviderLedger } from '../../runtime/twin/provider/provider-ledger.ts'
import { createStripe } from '../../runtime/twin/provider/stripe.ts'
import { TwinProvider } from './support/twin-provider.ts'

const hourMs = 3_600_000

describe('the Stripe of the twin', () => {
  let clock: VirtualClock
  let declines: boolean
  let post: (path: string, body: object, key?: string) => { status: number; body: Record<string, never> }
  let get: (path: string, body?: object) => { status: number; body: Record<string, never> }

  beforeEach(() => {
    clock = new VirtualClock(1_800_000_000_000)
    declines = false
    let keys = 0
    const stripe = createStripe({
      ...{ ledger: new ProviderLedger(null), clock, newKey: () => `key${++keys}`, declines: () => declines },
      customerOf: (method) => (method === 'pm_1' ? 'cus_1' : undefined),
    })
    post = (path, body, idempotencyKey) => stripe({ method: 'POST', path, body, idempotencyKey }) as never
    get = (path, body = {}) => stripe({ method: 'GET', path, body, idempotencyKey: undefined }) as never
  })

  const intent = { amount: '5000', currency: 'krw', customer: 'cus_1', payment_method: 'pm_1', confirm: 'true' }
  const held = { ...intent, off_session: 'true', capture_method: 'manual', 'metadata[order_id]': 'order-1' }
  const intents = '/v1/payment_intents'
  const errorOf = ({ status, body }: { status: number; body: { error?: { type: string; code?: string } } }) => [
    status,
    body.error?.code ?? body.error?.type,
  ]

  it('captures at most what it authorised, once, and cancels what is not captured', () => {
    const { id, status, amount_capturable: open } = post(intents, held).body
    assert.deepEqual([status, open], ['requires_capture', 5000])
    assert.deepEqual(errorOf(post(`${intents}/${id}/capture`, { amount_to_capture: '5001' })), [
      400,
      'amount_too_large',
    ])
    const captured = post(`${intents}/${id}/capture`, { amount_to_capture: '3000' }).body
    assert.deepEqual([captured.status, captured.amount_received], ['succeeded', 3000])
    const moved = [400, 'payment_intent_unexpected_state']
    assert.deepEqual(errorOf(post(`${intents}/${id}/capture`, {})), moved)
    assert.deepEqual(errorOf(post(`${intents}/${id}/cancel`, {})), moved)
    const other = post(intents, held).body
    assert.equal(post(`${intents}/${other.id}/cancel`, {}).body.status, 'canceled')
  })

  it('gives the first answer to a key for a day, a decline included, and refuses it for other parameters', () => {
    declines = true
    const declined = post(intents, held, 'key')
    assert.deepEqual(errorOf(declined), [402, 'card_declined'])
    declines = false
    assert.deepEqual(post(intents, held, 'key').body, declined.body)
    assert.deepEqual(errorOf(post(intents, { ...held, amount: '1' }, 'key')), [400, 'idempotency_error'])
    clock.advanceTo(clock.nowMs() + 24 * hourMs)
    assert.equal(post(intents, held, 'key').status, 200)
  })

  it('lets an authorisation run out after seven days', () => {
    const { id } = post(intents, held).body
    clock.advanceTo(clock.nowMs() + 7 * 24 * hourMs + 1)
    assert.equal(get(`${intents}/${id}`).body.status, 'canceled')
    assert.deepEqual(errorOf(post(`${intents}/${id}/capture`, {})), [400, 'payment_intent_unexpected_state'])
  })

  it('refunds at most what it took', () => {
    const { id } = post(intents, { ...held, capture_method: 'automatic' }).body
    assert.equal(post('/v1/refunds', { payment_intent: id, amount: '2000' }).status, 200)
    assert.deepEqual(errorOf(post('/v1/refunds', { payment_intent: id, amount: '3001' })), [
      400,
      'invalid_request_error',
    ])
    assert.equal(post('/v1/refunds', { payment_intent: id }).body.amount, 3000)
    assert.deepEqual(errorOf(post('/v1/refunds', { payment_intent: id })), [400, 'charge_already_refunded'])
  })
})

describe('asking Stripe what became of an order', () => {
  it('finds it among all that its customer bought, page by page, and knows when it is not there', async () => {
    const clock = new VirtualClock(1_800_000_000_000)
    const provider = await new TwinProvider('stripe', clock, seededRandom(1)).start()
    const client = provider.client()
    const order = (n: number): PaymentOrder => ({
      ...{ kind: 'charge', idempotencyKey: `key-${n}`, orderId: `order-${n}`, orderName: 'shop', amountMinor: 100 + n },
      ...{ taxFreeMinor: 0, currency: 'KRW', customerKey: 'customer-a', billingKey: 'billing-a', about: '' },
      begunAtMs: clock.nowMs(),
    })
    const { signal } = new AbortController()
    for (let n = 0; n < 120; n++) await client.send(order(n), signal)
    const asked = provider.requests.length
    assert.equal((await client.query(order(0), signal)).outcome, 'done')
    assert.equal(provider.requests.length - asked, 2, 'pages')
    assert.deepEqual(await client.query(order(500), signal), { outcome: 'not-found' })
    assert.equal((await client.query({ ...order(3), amountMinor: 7 }, signal)).outcome, 'mismatch')
    assert.equal((await client.query({ ...order(3), customerKey: 'customer-b' }, signal)).outcome, 'not-found')
    provider.faults.broken = 1
    assert.equal((await client.query(order(0), signal)).outcome, 'unknown')
    await provider.stop()
  })
})
