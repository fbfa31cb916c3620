import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { Faults, providerName } from '../../runtime/twin/devices/faults.ts'
import { Webhooks } from '../../runtime/twin/provider/webhooks.ts'
import { pause, waitFor } from './devices-support.ts'

describe('webhooks of the payment provider', () => {
  let clock: VirtualClock
  let faults: Faults
  let webhooks: Webhooks
  let status = 200
  let events: { payment: string; id: string; retried: string }[] = []
  const shop = createServer((request: IncomingMessage, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const { headers } = request
      events.push({
        payment: JSON.parse(text).data.paymentKey,
        id: String(headers['tosspayments-webhook-transmission-id']),
        retried: String(headers['tosspayments-webhook-transmission-retried-count']),
      })
      response.writeHead(status).end()
    })
  })

  before(async () => {
    shop.listen(0, '127.0.0.1')
    await once(shop, 'listening')
  })

  beforeEach(() => {
    clock = new VirtualClock(0)
    faults = new Faults(clock)
    faults.declare(providerName, 'provider')
    let ids = 0
    webhooks = new Webhooks({ clock, faults, newId: () => `event-${++ids}` })
    webhooks.subscribe(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/hooks`)
    events = []
    status = 200
  })
  afterEach(() => webhooks.stop())
  after(() => {
    shop.closeAllConnections()
    shop.close()
  })

  const tell = (...keys: string[]) => {
    for (const paymentKey of keys) webhooks.changed({ paymentKey })
    clock.advanceTo(clock.nowMs())
  }
  const told = (count: number) => waitFor(`${count} events`, () => events.length === count)

  it('come once each to whoever answers with 200', async () => {
    tell('a')
    await told(1)
    clock.advanceTo(10 * 86_400_000)
    await pause(20)
    assert.deepEqual(events, [{ payment: 'a', id: 'event-1', retried: '0' }])
  })

  it('come again after 1, 4 and 16 minutes while nobody takes them', async () => {
    status = 500
    tell('a')
    await told(1)
    for (const [count, minutes] of [
      [2, 1],
      [3, 4],
      [4, 16],
    ] as const) {
      await waitFor('another try', () => clock.nextDueMs() !== undefined)
      clock.advanceTo(clock.nowMs() + minutes * 60_000 - 1)
      assert.equal(events.length, count - 1)
      clock.advanceTo(clock.nowMs() + 1)
      await told(count)
    }
    assert.deepEqual(events.at(-1), { payment: 'a', id: 'event-1', retried: '3' })
  })

  it('come late, several times, and out of order on demand', async () => {
    faults.set(providerName, 'webhooks-late', 600, 30_000)
    tell('a')
    assert.equal(events.length, 0)
    clock.advanceTo(30_000)
    await told(1)
    faults.mend()
    faults.set(providerName, 'webhooks-repeated', 600)
    tell('b')
    await told(4)
    faults.mend()
    faults.set(providerName, 'webhooks-shuffled', 600)
    events = []
    tell('c', 'd')
    assert.equal(events.length, 0)
    tell('e')
    await told(3)
    assert.deepEqual(new Set(events.map(({ payment }) => payment)), new Set(['c', 'd', 'e']))
  })

  it('go to nobody but this machine', () => {
    assert.throws(() => webhooks.subscribe('http://192.168.0.9/hooks'), { code: 'twin-not-loopback' })
  })
})
