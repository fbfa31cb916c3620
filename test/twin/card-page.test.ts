import assert from 'node:assert/strict'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { cardPageUrl } from '../../runtime/phone/card-page.ts'
import { createTossProvider } from '../../runtime/till/payments/toss.ts'
import { Faults, providerName } from '../../runtime/twin/devices/faults.ts'
import { CardPage } from '../../runtime/twin/provider/card-page.ts'
import { ProviderLedger } from '../../runtime/twin/provider/provider-ledger.ts'
import { cardPagePath, serveProvider } from '../../runtime/twin/provider/provider-server.ts'
import { createToss } from '../../runtime/twin/provider/toss.ts'

const secretKey = 'test_sk_of_the_tests'
const never = new AbortController().signal

describe("the simulated provider's page for cards", () => {
  const clock = new SystemClock()
  let served: Awaited<ReturnType<typeof serveProvider>>
  let url: string

  before(async () => {
    const cardPage = new CardPage()
    const faults = new Faults(clock)
    faults.declare(providerName, 'provider')
    served = await serveProvider({
      ...{ host: '127.0.0.1', port: 0, clock, faults, secretKey, controlToken: 'control', cardPage },
      toss: createToss({
        ...{ ledger: new ProviderLedger(null), clock, newKey: () => 'key', customerOf: () => undefined },
        ...{ declines: () => false, forgetsKeys: () => false, changed: () => {} },
        customerOfPermission: (authKey) => cardPage.customerOf(authKey),
      }),
      control: () => ({ status: 404, body: {} }),
    })
    url = `http://127.0.0.1:${served.port}`
  })
  after(() => served.stop())

  const pageOf = async (customerKey: string, origin: string) =>
    (await fetch(cardPageUrl(`${url}${cardPagePath}`, customerKey, origin))).text()
  /** Where the shopper comes back to who takes the card. */
  const backWith = async (customerKey: string) => {
    const link = /href="([^"]*authKey[^"]*)"/.exec(await pageOf(customerKey, 'http://127.0.0.1:8083'))?.[1] ?? ''
    return new URL(link.replaceAll('&amp;', '&'))
  }
  const issue = (customerKey: string, authKey: string, idempotencyKey = `${customerKey} ${authKey}`) =>
    createTossProvider({ url, secretKey }).issueKey?.({ idempotencyKey, customerKey, authKey }, never)

  it('sends a shopper back with a permission, which the till exchanges for a key that can be charged', async () => {
    const back = await backWith('customer-1')
    assert.deepEqual([back.origin, back.pathname], ['http://127.0.0.1:8083', '/card'])
    const authKey = back.searchParams.get('authKey') ?? ''
    const issued = await issue('customer-1', authKey)
    assert.equal(issued?.outcome, 'issued')
    assert.deepEqual(await issue('customer-1', authKey), issued, 'asked for again it is the same')
    const billingKey = issued?.outcome === 'issued' ? issued.billingKey : ''
    const order = {
      ...{
        kind: 'charge' as const,
        idempotencyKey: 'charge-1',
        orderId: 'order-1',
        orderName: 'Tea',
        amountMinor: 1500,
      },
      ...{ taxFreeMinor: 0, currency: 'KRW', customerKey: 'customer-1', billingKey, about: '', begunAtMs: 0 },
    }
    assert.equal((await createTossProvider({ url, secretKey }).send(order, never)).outcome, 'done')
  })

  it("gives nothing for a made-up permission, or for another customer's", async () => {
    assert.equal((await issue('customer-1', 'made-up'))?.outcome, 'declined')
    const authKey = (await backWith('customer-2')).searchParams.get('authKey') ?? ''
    assert.equal((await issue('customer-1', authKey))?.outcome, 'declined')
  })

  it('leads nowhere but to a shop on this machine, and shows what it was given only as text', async () => {
    assert.doesNotMatch(await pageOf('customer-1', 'https://evil.example'), /href/)
    assert.doesNotMatch(await pageOf('customer-1', 'javascript:alert(1)//'), /href/)
    assert.doesNotMatch(await pageOf('"><script>x()</script>', 'http://localhost:1'), /<script>/)
  })
})
