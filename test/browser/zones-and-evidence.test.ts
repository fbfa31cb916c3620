/** What the store page shows of cameras: who is in which zone, and the pictures that a review rests on. */
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { build } from '../../build/build.ts'
import { EvidenceArchive } from '../../runtime/console/evidence/evidence-archive.ts'
import { startTestConsole, type TestConsole } from '../console/running-console.ts'
import { decisionOf, people, pricedLine, visit } from '../console/scene.ts'
import { openBrowser } from '../support/browser.ts'
import { smallJpegs } from '../vision/support/small-jpegs.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('the store page of a store that sees', function () {
  this.timeout(60_000)
  let browser: Browser
  let running: TestConsole
  let page: Page
  let walking: ReturnType<typeof setInterval>
  const complaints: string[] = []

  before(async function () {
    browser = await openBrowser(this)
    await build(root, () => {})
    running = await startTestConsole((store) => {
      store.profile.vision = { evidence: { keepHours: 24 } }
    })
    const line = pricedLine(running.store.layout, { lineId: 'l-1', product: 0, quantity: 1, probability: 0.7 })
    const kept = { visitId: 'v-1', keptAtMs: Date.now(), decidedAtMs: null, hadAccount: true }
    const picture = {
      eventId: 'event-1',
      camera: 'cam-1',
      takenAtMs: Date.now(),
      jpeg: smallJpegs[0]?.toString('base64') ?? '',
    }
    new EvidenceArchive(running.dataDirectory).put({ ...kept, pictures: [picture] })
    const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1380, height: 900 } })
    const [name = '', value = ''] = running.cookie.split('=')
    await context.addCookies([{ name, value, url: running.url }])
    page = await context.newPage()
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(running.url)
    await page.locator('aisle-floor-plan').waitFor()
    const waiting = visit('v-1', { state: 'review', lines: [line], decision: decisionOf([line]) })
    walking = setInterval(() => {
      void running.sensing.tell(people([{ visitId: 'v-1', headM: [1.5, 4.5, 1.6], handM: null }]))
      void running.till.tell({ type: 'visit-changed', data: waiting })
    }, 200)
  })
  after(async () => {
    clearInterval(walking)
    await browser?.close()
    await running?.stop()
  })

  it('says how many people are in each zone, on the plan and in words', async () => {
    await page.locator('aisle-floor-plan .zone.busy', { hasText: 'Drinks · 1' }).waitFor()
    assert.equal(await page.locator('aisle-floor-plan .zone.busy').count(), 1)
    await page.getByText('As a list').click()
    await page.locator('aisle-floor-plan tr', { hasText: /^Drinks1$/ }).waitFor()
  })

  it('shows the pictures of a line that waits, and says that others are blurred', async () => {
    const picture = page.locator('.review-item img')
    await picture.waitFor()
    assert.match((await picture.getAttribute('alt')) ?? '', /^Picture of cam-1 at /)
    await page.waitForFunction(
      () => (document.querySelector('.review-item img') as HTMLImageElement).naturalWidth === 32,
    )
    await page.getByText('Everybody but the shopper is blurred.').waitFor()
    assert.deepEqual(complaints, [])
  })
})
