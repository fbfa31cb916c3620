import assert from 'node:assert/strict'
import type { PhoneAccount } from '../../runtime/phone/pages/phone-view.ts'
import { publicPhoneRoutes } from '../../runtime/phone/phone-routes.ts'
import { phoneCookie } from '../../runtime/phone/phone-session.ts'
import { pathOf } from '../support/express-routes.ts'
import { request } from '../support/page-request.ts'
import { edit } from '../support/profile-folder.ts'
import { admit, checkOut, cola, lineOf, record, visitIn } from '../till/support/test-till.ts'
import { waitFor } from '../till/support/wait.ts'
import { newPhone } from '../till/tokens/phone-key.ts'
import { type JoinedPhone, join, type RunningTestPhone, startTestPhone } from './running-phone.ts'

const publicUrl = 'https://phone.shop.example'

describe("the shoppers' phones", function () {
  this.timeout(60_000)
  let running: RunningTestPhone

  before(async () => {
    running = await startTestPhone(async (store) => {
      await edit(store.profileDirectory, 'profile.json', (profile) => {
        const { payment } = profile as unknown as { payment: Record<string, unknown> }
        payment.disputes = { refundUpToMinor: 2500, mostAMonth: 1 }
        Object.assign(profile, { phone: { url: publicUrl } })
      })
    })
  })
  after(() => running?.stop())

  const account = async (phone: JoinedPhone) => (await (await phone.ask('/api/account')).json()) as PhoneAccount
  const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code

  /** Shows a code at the door, walks in, takes a cola and leaves; the card is one that the provider knows. */
  async function shop(phone: JoinedPhone): Promise<string> {
    const { till, store } = running
    const { accountId } = phone
    await till.client('accounts').send({
      ...{ type: 'register-account', commandId: `card-of-${accountId}`, accountId, role: 'shopper', party: 1 },
      ...{ credential: null, payment: { customerKey: `customer-${accountId}`, billingKey: `billing-${accountId}` } },
    })
    const { events, stop } = record(till.client('flows'))
    await waitFor('the reader', () => store.scanner.connected)
    store.scanner.show(await phone.code({ storeId: 'corner-shop', accountId, madeAtMs: Date.now(), party: 2 }))
    const scan = await waitFor('the scan', () =>
      events
        .flatMap((event) => (event.type === 'scan' && event.data.account.accountId === accountId ? event.data : []))
        .at(0),
    )
    stop()
    assert.deepEqual([scan.account.usable, scan.account.party], [true, 2])
    const visitId = await admit(till, scan.scanId, 2)
    const flows = till.client('flows')
    const line = lineOf(cola.sku, 1)
    const notes = [
      { kind: 'weight' as const, text: 'The shelf lost 350.0 g.', logOdds: 3 },
      { kind: 'hand' as const, text: 'The hand was near.', logOdds: -0.5 },
      { kind: 'prior' as const, text: '', logOdds: 0.01 },
    ]
    await flows.send({
      ...{ type: 'set-lines', commandId: `first-${visitId}`, visitId, revision: 0, final: false },
      lines: [
        { ...line, notes },
        { ...lineOf('8801001000023', 1), probability: 0.3 },
      ],
    })
    return visitId
  }

  it('join by an invitation, agree to the terms, and are known from then on', async () => {
    const phone = await join(running)
    const { visits, canPay } = await account(phone)
    assert.deepEqual([visits, canPay], [[], false])
    const all = (await (await phone.ask('/api/export')).json()) as { consents: { version: string }[] }
    assert.equal(all.consents.length, 1)
  })

  it('join once by an invitation: a second phone is refused, the same one gets the same answer', async () => {
    const invitation = running.invite()
    const phone = await join(running, invitation)
    await assert.rejects(join(running, invitation), /403 .*invitation-invalid/)
    const { deviceId, publicKey } = phone
    const store = (await (await request(running.url, '/api/store')).json()) as { terms: { version: string } }
    const again = { invitation, deviceId, publicKey, version: store.terms.version }
    assert.equal((await request(running.url, '/api/join', { body: again })).status, 200)
  })

  it('are not let in by an old invitation, or a made-up one', async () => {
    await assert.rejects(join(running, running.invite(Date.now() - 16 * 60_000)), /invitation-invalid/)
    const [body = ''] = running.invite().split('.')
    for (const text of ['', 'a.b', `${body}.AAAA`, body])
      await assert.rejects(join(running, text), /invitation-invalid/)
  })

  it('see only what is theirs: without a registered phone nothing is answered but the page and its terms', async () => {
    const asked = running.routes.filter((route) => !publicPhoneRoutes.includes(route) && !route.includes('/preact/'))
    assert.ok(asked.length >= 7, asked.join())
    for (const route of asked) {
      const [method = 'GET'] = route.split(' ')
      for (const cookie of ['', `${phoneCookie}=wrong.wrong`, 'open-aisle-session=a.b']) {
        const headers = { origin: running.url, cookie }
        const { status } = await fetch(running.url + pathOf(route), { method, headers, redirect: 'manual' })
        assert.equal(status, 401, `${route} with "${cookie}"`)
      }
    }
  })

  it("take nothing from another site's page, and answer under no other name but the shop's own", async () => {
    const phone = await join(running)
    const forget = { requestId: 'forget-1' }
    const foreign = await request(running.url, '/api/forget', {
      body: forget,
      cookie: phone.cookie,
      origin: 'https://evil.example',
    })
    assert.equal(foreign.status, 403)
    assert.equal((await request(running.url, '/api/store', { origin: publicUrl })).status, 403, 'at the wrong host')
  })

  it('show the basket as it fills, then the receipt with the reasons in short, and get a small dispute back at once', async () => {
    const phone = await join(running)
    const visitId = await shop(phone)
    const shopping = (await account(phone)).visits[0]
    assert.deepEqual([shopping?.lines[0]?.amountMinor, shopping?.receipt], [cola.priceMinor, null])
    assert.deepEqual(
      [shopping?.lines.length, shopping?.totalMinor],
      [1, cola.priceMinor],
      'what is unlikely is for staff',
    )
    const line = lineOf(cola.sku, 1)
    assert.deepEqual(shopping?.reasons[line.lineId], [
      { kind: 'weight', speaksFor: true },
      { kind: 'hand', speaksFor: false },
    ])
    await checkOut(running.till.client('flows'), visitId, [{ ...line, notes: [] }])
    await visitIn(running.till, visitId, 'paid')
    const bought = (await account(phone)).visits[0]
    assert.deepEqual([bought?.paid, bought?.receipt?.totalMinor], [true, cola.priceMinor])

    const wish = { visitId, lineId: line.lineId, reason: 'I put it back.' }
    const stranger = await join(running)
    assert.equal(await codeOf(await stranger.ask('/api/dispute', wish)), 'visit-unknown', "another's visit is none")
    assert.equal((await phone.ask('/api/dispute', wish)).status, 200)
    assert.equal((await account(phone)).visits[0]?.disputes[line.lineId], 'refunded')
    assert.ok(!JSON.stringify(running.logged).includes(wish.reason))
  })

  it('are forgotten when they ask for it, and known no more', async () => {
    const phone = await join(running)
    const answer = await phone.ask('/api/forget', { requestId: 'forget-me' })
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('set-cookie') ?? '', /Max-Age=0/)
    assert.equal(await codeOf(await phone.ask('/api/account')), 'phone-unknown')
  })

  it('that are lost open nothing once another phone is registered for the account', async () => {
    const phone = await join(running)
    const { accountId } = phone
    const other = await join(running)
    const { deviceId, publicKey } = await newPhone()
    await running.till.client('accounts').send({
      ...{ type: 'register-device', commandId: 'another-phone', accountId, deviceId, publicKey },
    })
    assert.equal(await codeOf(await phone.ask('/api/account')), 'phone-unknown')
    assert.equal((await other.ask('/api/account')).status, 200)
  })
})
