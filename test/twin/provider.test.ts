import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { ProviderLedger } from '../../runtime/twin/provider/provider-ledger.ts'
import { createToss, type TossAnswer } from '../../runtime/twin/provider/toss.ts'

describe('the payment provider of the twin', () => {
  let directory: string
  let file: string
  let clock: VirtualClock
  let ledger: ProviderLedger
  let declines = false
  let forgetsKeys = false
  let changes: unknown[] = []

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'open-aisle-provider-'))
    file = join(directory, 'books.jsonl')
    clock = new VirtualClock(1_800_000_000_000)
    ledger = new ProviderLedger(file)
    declines = false
    forgetsKeys = false
    changes = []
  })

  afterEach(() => rm(directory, { recursive: true }))

  function toss() {
    let keys = ledger.charges.length
    const customerOf = (billingKey: string) => (billingKey === 'bk-1' ? 'ck-1' : undefined)
    return createToss({
      ledger,
      clock,
      newKey: () => `key${++keys}`,
      customerOf,
      declines: () => declines,
      forgetsKeys: () => forgetsKeys,
      changed: (payment) => void changes.push(payment),
    })
  }

  const order = { customerKey: 'ck-1', orderId: 'visit-000001', orderName: 'Cola and 1 more', amount: 3700 }
  const charge = (body: object = order, idempotencyKey: string | undefined = 'k-1', billingKey = 'bk-1'): TossAnswer =>
    toss()({ method: 'POST', path: `/v1/billing/${billingKey}`, idempotencyKey, body })
  const get = (path: string): TossAnswer => toss()({ method: 'GET', path, idempotencyKey: undefined, body: undefined })
  const codeOf = ({ body }: TossAnswer) => (body as { code?: string }).code
  const paymentOf = ({ body }: TossAnswer) => body as Record<string, unknown>

  it('charges a billing key and finds the payment by order and by key', () => {
    const paid = paymentOf(charge())
    assert.equal(paid.status, 'DONE')
    assert.equal(paid.totalAmount, 3700)
    assert.equal(paid.vat, 336)
    assert.deepEqual(paymentOf(get('/v1/payments/orders/visit-000001')), paid)
    assert.deepEqual(paymentOf(get(`/v1/payments/${paid.paymentKey}`)), paid)
    assert.equal(codeOf(get('/v1/payments/orders/visit-000002')), 'NOT_FOUND_PAYMENT')
    assert.equal(get('/v1/payments/orders/visit-000002').status, 404)
  })

  it('gives the first answer again under the same key, whatever is asked, and charges once', () => {
    const first = charge()
    assert.deepEqual(charge(), first)
    assert.deepEqual(charge({ ...order, orderId: 'visit-000009', amount: 1 }), first)
    assert.equal(ledger.charges.length, 1)
  })

  it('forgets a key after 15 days, and then still refuses the same order', () => {
    charge()
    clock.advanceTo(clock.nowMs() + 15 * 86_400_000)
    assert.equal(codeOf(charge()), 'DUPLICATED_ORDER_ID')
    assert.equal(ledger.charges.length, 1)
  })

  it('carries a charge out anew when it has lost its keys, and refuses the order that it has', () => {
    charge()
    forgetsKeys = true
    assert.equal(codeOf(charge()), 'DUPLICATED_ORDER_ID')
    charge({ ...order, orderId: 'visit-000002' })
    assert.equal(ledger.charges.length, 2)
  })

  it('tells of each change of a payment once, and of no refusal', () => {
    const { paymentKey } = paymentOf(charge())
    charge()
    charge(order, 'other-key')
    const path = `/v1/payments/${paymentKey}/cancel`
    toss()({ method: 'POST', path, idempotencyKey: 'c-1', body: { cancelReason: 'returned' } })
    assert.deepEqual(
      changes.map((payment) => (payment as { status: string }).status),
      ['DONE', 'CANCELED'],
    )
  })

  it('has the same books after it was started again', () => {
    const first = charge()
    ledger = new ProviderLedger(file)
    assert.deepEqual(charge(), first)
    assert.equal(ledger.charges.length, 1)
  })

  it('refuses in its own words', () => {
    assert.equal(codeOf(charge(order, 'a', 'bk-2')), 'INVALID_BILL_KEY_REQUEST')
    assert.equal(codeOf(charge({ ...order, customerKey: 'ck-2' }, 'b')), 'NOT_MATCHES_CUSTOMER_KEY')
    assert.equal(codeOf(charge({ ...order, amount: 10.5 }, 'c')), 'INVALID_REQUEST')
    assert.equal(codeOf(charge({ ...order, orderId: 'x' }, 'd')), 'INVALID_ORDER_ID')
    assert.equal(codeOf(charge(order, 'k'.repeat(301))), 'INVALID_IDEMPOTENCY_KEY')
    declines = true
    assert.equal(codeOf(charge(order, 'e')), 'REJECT_CARD_PAYMENT')
    declines = false
    assert.equal(codeOf(charge(order, 'e')), 'REJECT_CARD_PAYMENT')
    assert.equal(ledger.charges.length, 0)
  })

  it('cancels in part and in whole, and never more than was paid', () => {
    const { paymentKey } = paymentOf(charge())
    const cancel = (body: object, idempotencyKey?: string) =>
      toss()({ method: 'POST', path: `/v1/payments/${paymentKey}/cancel`, idempotencyKey, body })
    assert.equal(codeOf(cancel({})), 'INVALID_REQUEST')
    const part = paymentOf(cancel({ cancelReason: 'one item was not taken', cancelAmount: 700 }, 'c-1'))
    assert.deepEqual([part.status, part.balanceAmount], ['PARTIAL_CANCELED', 3000])
    assert.equal(paymentOf(cancel({ cancelReason: 'again', cancelAmount: 700 }, 'c-1')).balanceAmount, 3000)
    assert.equal(codeOf(cancel({ cancelReason: 'too much', cancelAmount: 3001 })), 'NOT_CANCELABLE_AMOUNT')
    assert.equal(paymentOf(cancel({ cancelReason: 'all of it' })).status, 'CANCELED')
    assert.equal(codeOf(cancel({ cancelReason: 'more' })), 'ALREADY_CANCELED_PAYMENT')
  })
})
