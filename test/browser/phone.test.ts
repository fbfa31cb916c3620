import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build } from '../../build/build.ts'
import type { Dispute } from '../../runtime/till-api/events.ts'
import { startTestConsole, type TestConsole } from '../console/running-console.ts'
import { pricedLine, receiptOf, visit } from '../console/scene.ts'
import { type RunningTestPhone, startTestPhone } from '../phone/running-phone.ts'
import { openBrowser } from '../support/browser.ts'
import { edit } from '../support/profile-folder.ts'
import { admit, checkOut, cola, gum, lineOf, record, visitIn } from '../till/support/test-till.ts'
import { waitFor } from '../till/support/wait.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe("the shoppers' page in a phone's browser", function () {
  this.timeout(60_000)
  let browser: Browser
  let running: RunningTestPhone
  let context: BrowserContext
  let page: Page
  let complaints: string[]

  before(async function () {
    browser = await openBrowser(this)
    await build(root, () => {})
    running = await startTestPhone(async ({ profileDirectory }) => {
      await edit(profileDirectory, 'profile.json', (profile) => {
        const { payment } = profile as unknown as { payment: Record<string, unknown> }
        payment.disputes = { refundUpToMinor: 2500, mostAMonth: 1 }
      })
    })
  })
  after(async () => {
    await browser?.close()
    await running?.stop()
  })

  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en-US', viewport: { width: 360, height: 740 } })
    page = await context.newPage()
    await page.clock.install()
    complaints = []
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('console', (said) => {
      if (/Content Security|Trusted/i.test(said.text())) complaints.push(said.text())
    })
  })
  afterEach(async () => {
    assert.deepEqual(complaints, [])
    await context.close()
  })

  /** The page's own time passes, without a wait: it looks again, and makes a new code. */
  const later = () => page.clock.fastForward(5000)
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  async function join(): Promise<string> {
    await page.goto(`${running.url}/join#${running.invite()}`)
    await button('I agree, set up this phone').click()
    await page.getByText('Register a card first.').waitFor()
    return page.evaluate(async () => ((await (await fetch('/api/account')).json()) as { accountId: string }).accountId)
  }
  async function giveCard(accountId: string) {
    await running.till.client('accounts').send({
      ...{ type: 'register-account', commandId: `card-of-${accountId}`, accountId, role: 'shopper', party: 1 },
      ...{ credential: null, payment: { customerKey: `customer-${accountId}`, billingKey: `billing-${accountId}` } },
    })
    await later()
    await page.locator('svg.qr').waitFor()
  }
  /** The code that the page would show next, made by its own code with the key that the browser keeps. */
  const nextCode = () =>
    page.evaluate(async () => {
      const { Phone } = await import('/web/phone/pages/device-key.js' as string)
      return (await (await Phone.open()).makeCode(1)) as string
    })

  it('shops: joins, shows a code that opens the door, sees basket and receipt, asks why, and disputes', async () => {
    const accountId = await join()
    assert.equal(new URL(page.url()).hash, '', 'the invitation is taken out of the address')
    assert.equal(
      await page.getByRole('img', { name: 'QR code for the door' }).count(),
      0,
      'without a card there is none',
    )
    await giveCard(accountId)
    const drawn = () => page.locator('svg.qr path').getAttribute('d')
    const first = await drawn()
    await later()
    await page.waitForFunction((before) => document.querySelector('svg.qr path')?.getAttribute('d') !== before, first)

    const { till, store } = running
    const { events, stop } = record(till.client('flows'))
    await waitFor('the reader', () => store.scanner.connected)
    store.scanner.show(await nextCode())
    const scan = await waitFor('the scan', () =>
      events.flatMap((event) => (event.type === 'scan' ? event.data : [])).at(0),
    )
    stop()
    assert.deepEqual([scan.account.accountId, scan.account.usable], [accountId, true])

    const visitId = await admit(till, scan.scanId)
    const notes = [{ kind: 'weight' as const, text: 'The shelf lost 350.0 g.', logOdds: 3 }]
    const lines = [{ ...lineOf(cola.sku, 1), notes }, lineOf(gum.sku, 1)]
    const flows = till.client('flows')
    await flows.send({ type: 'set-lines', commandId: `v-${visitId}`, visitId, revision: 0, final: false, lines })
    await later()
    await page.getByText('₩3,100').waitFor()
    assert.equal(await page.locator('svg.qr').count(), 0, 'whoever is inside needs no code')
    await checkOut(flows, visitId, lines)
    await visitIn(till, visitId, 'paid')

    await later()
    const receipt = page.locator('.receipt')
    await receipt.getByText('₩3,100').waitFor()
    await receipt
      .getByRole('button', { name: /^Why\?/ })
      .first()
      .click()
    await receipt.getByText('The shelf became lighter by what this weighs.').waitFor()
    await receipt
      .getByRole('button', { name: /^I did not take this/ })
      .first()
      .press('Enter')
    await page.getByLabel('What was it?').fill('I put it back.')
    await button('Send').click()
    await receipt
      .getByRole('status')
      .getByText(/given back/)
      .waitFor()
  })

  it('keeps the key where nobody reads it, fits a small phone, and speaks Korean', async () => {
    const accountId = await join()
    await giveCard(accountId)
    await button('One person more').click()
    await page.getByText('2 people').waitFor()
    const exported = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const opened = indexedDB.open('open-aisle', 1)
          opened.onsuccess = () => {
            const asked = opened.result.transaction('phones').objectStore('phones').get('phone')
            asked.onsuccess = () =>
              crypto.subtle.exportKey('pkcs8', asked.result.privateKey).then(
                () => resolve('the key came out'),
                (error: Error) => resolve(error.name),
              )
          }
        }),
    )
    assert.equal(exported, 'InvalidAccessError')
    await button('한국어').click()
    await page.getByRole('heading', { name: '입장 코드' }).waitFor()
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(tooWide <= 0, `${tooWide} px too wide`)
    const unnamed = await page
      .locator('button, input, a')
      .evaluateAll((all) => all.filter((one) => !one.textContent?.trim() && !one.getAttribute('aria-label')).length)
    assert.equal(unnamed - (await page.locator('input').count()), 0)
    await context.setOffline(true)
    const before = await page.locator('svg.qr path').getAttribute('d')
    await later()
    await page.getByText('연결이 끊겼습니다').waitFor()
    await button('한 명 줄이기').click()
    await page.waitForFunction((old) => document.querySelector('svg.qr path')?.getAttribute('d') !== old, before)
  })
})

describe("the staff's side of it on the store page", function () {
  this.timeout(60_000)
  let browser: Browser
  let running: TestConsole
  let page: Page

  before(async function () {
    browser = await openBrowser(this)
    await build(root, () => {})
    running = await startTestConsole()
    const lines = [pricedLine(running.store.layout, { lineId: 'l0', product: 0, quantity: 1, probability: 0.99 })]
    const reason = 'I put it back. <img src=x onerror=alert(1)>'
    const dispute: Dispute = { lineId: 'l0', reason, state: 'open', decidedBy: null, atMs: 1 }
    const bought = visit('v-7', { state: 'paid', lines })
    const disputed = { ...bought, receipt: receiptOf(bought), disputes: [dispute] }
    const context = await browser.newContext({ locale: 'en-US' })
    const [name = '', value = ''] = running.cookie.split(/=(.*)/s)
    await context.addCookies([{ name, value, url: running.url }])
    page = await context.newPage()
    await page.goto(running.url)
    await section('Receipts').waitFor()
    for (const data of [disputed, visit('v-8', { state: 'debt', lines })]) {
      await running.till.tell({ type: 'visit-changed', data })
    }
  })
  after(async () => {
    await browser?.close()
    await running?.stop()
  })

  const section = (name: string) => page.getByRole('region', { name })
  const sent = () => running.till.commands.map(({ type, ...rest }) => [type, 'outcome' in rest ? rest.outcome : ''])

  it('decides a dispute with what the shopper wrote, and a debt', async () => {
    const disputes = section('Disputes')
    await disputes.getByText('I put it back. <img src=x onerror=alert(1)>').waitFor()
    await disputes.getByRole('button', { name: 'Give back' }).click()
    await disputes.getByText('Decided').waitFor()
    const debts = section('Unpaid visits')
    await debts.getByRole('button', { name: 'Ask the card again' }).click()
    await debts.getByText('The card is being asked.').waitFor()
    assert.ok(await debts.getByRole('button', { name: 'Forgive' }).isEnabled())
    assert.deepEqual(sent(), [
      ['resolve-dispute', 'refund'],
      ['collect-debt', ''],
    ])
  })

  it('invites a phone by a QR code', async () => {
    const invitation = section('Shoppers’ phones')
    await invitation.getByRole('button', { name: 'Invite a phone' }).click()
    await invitation.getByRole('img', { name: 'QR code of the invitation' }).waitFor()
    const link = await invitation.getByRole('link').getAttribute('href')
    assert.match(link ?? '', /^http:\/\/127\.0\.0\.1:8083\/join#./)
  })
})
