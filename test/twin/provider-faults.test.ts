import assert from 'node:assert/strict'
import { SystemClock } from '../../runtime/contract/clock.ts'
import type { Fault } from '../../runtime/twin/devices/fault-catalogue.ts'
import { Faults, providerName } from '../../runtime/twin/devices/faults.ts'
import type { Served } from '../../runtime/twin/devices/loopback.ts'
import { ProviderLedger } from '../../runtime/twin/provider/provider-ledger.ts'
import { serveProvider } from '../../runtime/twin/provider/provider-server.ts'
import { createToss } from '../../runtime/twin/provider/toss.ts'

describe('the payment provider of the twin, as a shop meets it when it breaks', () => {
  const clock = new SystemClock()
  let faults: Faults
  let ledger: ProviderLedger
  let served: Served

  beforeEach(async () => {
    faults = new Faults(clock)
    faults.declare(providerName, 'provider')
    ledger = new ProviderLedger(null)
    const toss = createToss({
      ledger,
      clock,
      newKey: () => String(ledger.charges.length),
      customerOf: () => 'ck-1',
      declines: () => faults.active(providerName, 'declines'),
      forgetsKeys: () => faults.active(providerName, 'forgets-keys'),
      changed: () => {},
    })
    served = await serveProvider({
      host: '127.0.0.1',
      port: 0,
      clock,
      faults,
      secretKey: 'test_sk',
      controlToken: 'control',
      toss,
      control: () => ({ status: 200, body: {} }),
    })
  })
  afterEach(() => served.stop())

  const charge = (idempotencyKey = 'visit-000001', signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${served.port}/v1/billing/bk-1`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('test_sk:').toString('base64')}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
      },
      body: JSON.stringify({ customerKey: 'ck-1', orderId: 'visit-000001', orderName: 'Visit', amount: 3700 }),
      signal: signal ?? null,
    })
  const breaks = (fault: Fault<'provider'>, value?: number) => faults.set(providerName, fault, 60, value)

  for (const [fault, status] of [
    ['too-many-requests', 429],
    ['server-errors', 500],
    ['declines', 403],
  ] as const) {
    it(`answers ${status} and charges nothing: ${fault}`, async () => {
      breaks(fault)
      const answer = await charge()
      assert.equal(answer.status, status)
      assert.equal(answer.headers.has('retry-after'), status === 429)
      assert.equal(ledger.charges.length, 0)
    })
  }

  it('is not there at all: offline', async () => {
    breaks('offline')
    await assert.rejects(charge())
    assert.equal(ledger.charges.length, 0)
  })

  for (const fault of ['lost-answers', 'errors-after'] as const) {
    it(`charges without saying so, and says it to the same key later: ${fault}`, async () => {
      breaks(fault)
      if (fault === 'lost-answers') await assert.rejects(charge())
      else assert.equal((await charge()).status, 500)
      assert.equal(ledger.charges.length, 1)
      faults.mend()
      assert.equal((await charge()).status, 200)
      assert.equal(ledger.charges.length, 1)
    })
  }

  it('charges slowly: whoever gives up waiting was charged', async () => {
    breaks('slow', 500)
    await assert.rejects(charge('visit-000001', AbortSignal.timeout(50)))
    assert.equal(ledger.charges.length, 1)
  })

  it('forgets keys, and still charges an order once', async () => {
    assert.equal((await charge()).status, 200)
    breaks('forgets-keys')
    const again = await charge()
    assert.deepEqual([again.status, ((await again.json()) as { code: string }).code], [400, 'DUPLICATED_ORDER_ID'])
    assert.equal(ledger.charges.length, 1)
  })
})
