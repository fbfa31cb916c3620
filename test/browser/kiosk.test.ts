import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { build } from '../../build/build.ts'
import { type RunningKiosk, startTestKiosk } from '../kiosk/running-kiosk.ts'
import { openBrowser } from '../support/browser.ts'
import { cola, gum, lineOf } from '../till/support/test-till.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe("a kiosk's screen", function () {
  this.timeout(60_000)
  let browser: Browser
  let kiosk: RunningKiosk

  before(async function () {
    browser = await openBrowser(this)
    await build(root, () => {})
    kiosk = await startTestKiosk()
  })
  after(async () => {
    await browser?.close()
    await kiosk?.stop()
  })

  it('becomes a kiosk by a link, shows lists, asks whose it is, and goes from the card to the receipt', async () => {
    const page = await (await browser.newContext({ locale: 'en-US' })).newPage()
    const complaints: string[] = []
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('console', (said) => {
      if (/Content Security|Trusted/i.test(said.text())) complaints.push(said.text())
    })
    const says = (text: string | RegExp) => page.getByText(text).first().waitFor()
    const press = (name: string | RegExp) => page.getByRole('button', { name }).click()

    await page.goto(kiosk.url)
    await says('This screen is no kiosk yet.')
    await page.goto(`${kiosk.url}/pair#${kiosk.pairing()}`)
    await says('This kiosk cannot see who stands here.')
    await press('Something is wrong: call staff')
    await says('Somebody is on the way.')

    const [anna, ben] = [await kiosk.walkIn('anna'), await kiosk.walkIn('ben')]
    await kiosk.holds(anna, 1, [lineOf(cola.sku, 2)])
    await kiosk.holds(ben, 1, [lineOf(gum.sku, 1)])
    await kiosk.stands({})
    await says('Stand here with what you took')
    await kiosk.stands({ visitIds: [anna, ben] })
    await says('Whose list is yours?')
    await press(/2 × .*₩4,200/)
    await press('Another list')
    await press(/2 × .*₩4,200/)
    await press('Yes, pay ₩4,200')
    await says('Hold your card to the terminal: ₩4,200')
    kiosk.terminal.show('token-of-a-card')
    await says('Paid. Thank you, and goodbye.')
    assert.equal(kiosk.store.toss.charges.length, 1)
    await press('한국어')
    await says('결제되었습니다.')
    await kiosk.stands({ visitIds: [ben] })
    await says('집으신 상품이 맞나요?')
    assert.deepEqual(complaints, [])
  })
})
