/** A kiosk, with the real till between its page's program, a card terminal and a provider. */
import assert from 'node:assert/strict'
import { publicKioskRoutes } from '../../runtime/kiosk/kiosk-routes.ts'
import { kioskCookie } from '../../runtime/kiosk/kiosk-session.ts'
import { pageLayers, pathOf, routesOf } from '../support/express-routes.ts'
import { cola, get, gum, lineOf, visitIn } from '../till/support/test-till.ts'
import { waitFor } from '../till/support/wait.ts'
import { kioskId, type RunningKiosk, startTestKiosk } from './running-kiosk.ts'

const card = 'token-of-a-card'

describe('a kiosk', function () {
  this.timeout(60_000)
  let kiosk: RunningKiosk
  let people = 0
  before(async () => {
    kiosk = await startTestKiosk()
  })
  after(() => kiosk.stop())
  beforeEach(async () => {
    await kiosk.stands({})
    await kiosk.ask('/api/cancel', {})
  })

  const cart = [lineOf(cola.sku, 2), lineOf(gum.sku, 1)]
  const total = 2 * cola.priceMinor + gum.priceMinor
  /** Somebody with this who stands there, alone. */
  const shopper = async (lines = cart) => {
    const visitId = await kiosk.walkIn(`person-${++people}`)
    if (lines.length > 0) await kiosk.holds(visitId, 1, lines)
    await kiosk.stands({ visitIds: [visitId] })
    return visitId
  }
  const confirm = (visitId: string, basketRevision = 1) => kiosk.ask('/api/confirm', { visitId, basketRevision })
  const refusal = async (answer: Promise<Response>) => ((await (await answer).json()) as { code: string }).code
  const chargesOf = (visitId: string) =>
    kiosk.store.toss.charges.filter(({ customerKey }) => customerKey === `kiosk-${visitId}`)
  const alarms = async () => {
    const { sequence } = await kiosk.till.client('flows').state()
    const told: string[] = []
    await new Promise<void>((resolve) => {
      const stop = kiosk.till.client('flows').follow(0, (event) => {
        if (event.type === 'gate-alarm') told.push(`${event.data.gate} ${event.data.alarm}`)
        if (event.sequence < sequence) return
        stop()
        resolve()
      })
    })
    return told
  }

  it("shows the list of whoever stands there as it changes, and nobody's when nobody does", async () => {
    const visitId = await shopper([])
    assert.deepEqual((await kiosk.view()).visits[0]?.lines, [])
    await kiosk.holds(visitId, 1, [lineOf(cola.sku, 1)])
    await kiosk.holds(visitId, 2, cart)
    const { visits, strangers, watched } = await kiosk.view()
    assert.deepEqual({ strangers, watched }, { strangers: 0, watched: true })
    assert.deepEqual(
      visits.map(({ totalMinor, lines }) => [totalMinor, ...lines.map(({ quantity }) => quantity)]),
      [[total, 2, 1]],
    )
    await kiosk.stands({})
    assert.deepEqual((await kiosk.view()).visits, [])
  })

  it('charges the card what was confirmed, once however often it is shown, and shows the receipt at once', async () => {
    const visitId = await shopper()
    assert.equal((await confirm(visitId)).status, 200)
    assert.deepEqual((await kiosk.view()).confirmed, { visitId, totalMinor: total, paying: false })
    for (let times = 0; times < 3; times++) kiosk.terminal.show(`${card}-${times}`)
    const { visits } = await kiosk.shows('the receipt', (view) => view.visits[0]?.paid === 'paid')
    assert.equal(visits[0]?.receipt?.totalMinor, total)
    assert.deepEqual(
      chargesOf(visitId).map(({ totalAmount }) => totalAmount),
      [total],
    )
    await kiosk.holds(visitId, 2, [...cart, lineOf('8801001000023', 1)])
    assert.equal((await kiosk.view()).visits[0]?.since, 1)
  })

  it('asks nobody to pay for what they probably do not have', async () => {
    const visitId = await shopper([...cart, { ...lineOf('8801001000023', 1), probability: 0.4 }])
    const [shown] = (await kiosk.view()).visits
    assert.deepEqual([shown?.lines.length, shown?.totalMinor], [cart.length, total])
    await confirm(visitId)
    kiosk.terminal.show(`${card}-unlikely`)
    await kiosk.shows('the receipt', (view) => view.visits[0]?.paid === 'paid')
    assert.deepEqual(
      chargesOf(visitId).map(({ totalAmount }) => totalAmount),
      [total],
    )
  })

  it('charges no card before somebody confirmed a list, and says so', async () => {
    const visitId = await shopper()
    kiosk.terminal.show(`${card}-early`)
    await kiosk.shows('that the list comes first', ({ trouble }) => trouble === 'confirm-first')
    assert.deepEqual(chargesOf(visitId), [])
  })

  it('takes no list that is not the one that was shown, and asks again when it changes before the card', async () => {
    const visitId = await shopper()
    await kiosk.holds(visitId, 2, [lineOf(cola.sku, 3)])
    assert.equal(await refusal(confirm(visitId)), 'basket-changed')
    await confirm(visitId, 2)
    await kiosk.holds(visitId, 3, [lineOf(cola.sku, 4)])
    const { confirmed, trouble } = await kiosk.view()
    assert.deepEqual({ confirmed, trouble }, { confirmed: null, trouble: 'basket-changed' })
  })

  it("never takes the next one's card for the list of somebody who walked off", async () => {
    const visitId = await shopper()
    await confirm(visitId)
    const next = await shopper()
    kiosk.terminal.show(`${card}-next`)
    await kiosk.shows('that the list comes first', ({ trouble }) => trouble === 'confirm-first')
    assert.deepEqual([...chargesOf(visitId), ...chargesOf(next)], [])
  })

  it('offers the lists of all who stand there, and to a stranger those whose people nobody sees', async () => {
    const [first, second, lost] = [await shopper(), await shopper(), await shopper()]
    await kiosk.stands({ visitIds: [first, second], strangers: 0, lostVisitIds: [lost] })
    const ids = (visits: { visitId: string }[]) => visits.map(({ visitId }) => visitId)
    const both = await kiosk.view()
    assert.deepEqual([ids(both.visits), ids(both.lost)], [[first, second], []])
    assert.equal(await refusal(confirm(lost)), 'not-here')
    await kiosk.stands({ strangers: 1, lostVisitIds: [lost] })
    assert.deepEqual(ids((await kiosk.view()).lost), [lost])
    assert.equal((await confirm(lost)).status, 200)
  })

  it('tries another card after one that was refused or declined', async () => {
    const visitId = await shopper()
    kiosk.store.toss.refusedCards.add('strange')
    kiosk.store.toss.declined.add('billing-of-empty')
    await confirm(visitId)
    kiosk.terminal.show('strange')
    await kiosk.shows('that the card was refused', ({ trouble }) => trouble === 'card-refused')
    await confirm(visitId)
    kiosk.terminal.show('empty')
    await kiosk.shows('that the card was declined', ({ visits }) => visits[0]?.paid === 'declined')
    await confirm(visitId)
    kiosk.terminal.show(`${card}-good`)
    await kiosk.shows('the receipt', ({ visits }) => visits[0]?.paid === 'paid')
    assert.equal(chargesOf(visitId).length, 1)
  })

  it('charges nothing for a list that was confirmed before the till started again', async () => {
    const visitId = await shopper()
    await confirm(visitId)
    await kiosk.restartTill()
    await waitFor('the till to be at the terminal', () => kiosk.terminal.connected)
    await kiosk.stands({ visitIds: [visitId] })
    kiosk.terminal.show(`${card}-late`)
    await kiosk.shows('that the list comes first', ({ trouble }) => trouble === 'confirm-first')
    assert.deepEqual(chargesOf(visitId), [])
  })

  it('goes on after a restart of the till with a card that was being charged, and charges it once', async () => {
    const visitId = await shopper()
    await confirm(visitId)
    kiosk.store.toss.faults.lostAnswers = 1
    kiosk.terminal.show(`${card}-lost`)
    // Its billing key comes in an answer, too.
    await kiosk.shows('that the provider is away', ({ trouble }) => trouble === 'provider-away')
    kiosk.store.toss.faults.lostAnswers = 0
    await confirm(visitId)
    kiosk.store.toss.onStep = (step) => {
      if (step === 'charged' && chargesOf(visitId).length > 0) kiosk.store.toss.faults.lostAnswers = 1
    }
    kiosk.terminal.show(`${card}-again`)
    await waitFor('the card to be charged', () => chargesOf(visitId).length === 1)
    kiosk.store.toss.onStep = () => {}
    await kiosk.restartTill()
    kiosk.store.toss.faults.lostAnswers = 0
    await kiosk.stands({ visitIds: [visitId] })
    await kiosk.shows('the receipt', ({ visits }) => visits[0]?.paid === 'paid')
    assert.equal(chargesOf(visitId).length, 1)
  })

  it('has a person come, once however often that is pressed', async () => {
    for (let times = 0; times < 3; times++) assert.equal((await kiosk.ask('/api/call', {})).status, 200)
    assert.deepEqual(
      (await alarms()).filter((alarm) => alarm === `${kioskId} call`),
      [`${kioskId} call`],
    )
  })

  it('ends the visit of whoever paid and left as paid', async () => {
    const visitId = await shopper()
    await confirm(visitId)
    kiosk.terminal.show(`${card}-and-goodbye`)
    await kiosk.shows('the receipt', ({ visits }) => visits[0]?.paid === 'paid')
    const flows = kiosk.till.client('flows')
    await flows.send({ type: 'end-visit', commandId: `end-${visitId}`, visitId, exitedAtMs: 1, gate: 'gate-1' })
    await kiosk.holds(visitId, 2, cart, true)
    const lines = cart.map(({ lineId, sku, quantity }) => ({
      ...{ lineId, sku, quantity, probability: 0.98, outcome: 'charge' as const, rule: 'sure' },
    }))
    const decision = { visitId, basketRevision: 2, lines, policyHash: 'policy', profileHash: 'profile' }
    await flows.send({ type: 'decide', commandId: `decide-${visitId}`, ...decision })
    assert.equal((await visitIn(kiosk.till, visitId, 'paid')).payment?.amountMinor, total)
    assert.equal(chargesOf(visitId).length, 1)
  })

  it('answers nobody but the screen that was paired as it', async () => {
    const routes = routesOf(kiosk.kiosks.app, pageLayers)
    const closed = routes.filter((route) => !publicKioskRoutes.includes(route) && !route.startsWith('GET /preact/'))
    assert.ok(closed.length > 3)
    for (const route of closed) {
      const [method, path] = [route.split(' ')[0], pathOf(route)]
      for (const cookie of ['', `${kioskCookie}=wrong.wrong`]) {
        const answer = await kiosk.ask(path, method === 'POST' ? {} : undefined, cookie)
        assert.equal(answer.status, 401, route)
      }
    }
    const old = kiosk.pairing(kioskId, Date.now() - 3_600_000)
    assert.equal((await kiosk.ask('/api/pair', { pairing: old })).status, 401)
  })

  it('has a token for looking and confirming alone', async () => {
    assert.equal((await get(kiosk.till.url, `/v1/kiosks/${kioskId}`, 'kiosk')).status, 200)
    for (const path of ['/v1/state', '/v1/visits', '/v1/events', '/v1/stock']) {
      assert.equal((await get(kiosk.till.url, path, 'kiosk')).status, 403, path)
    }
  })
})
