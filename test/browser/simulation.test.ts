import assert from 'node:assert/strict'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../support/browser.ts'
import { type RunningStore, startStore, until } from '../support/running-store.ts'

/** The real programs: what one clicks here goes through the console to the simulation, and comes back by the devices. */
describe('the simulation in a browser', function () {
  this.timeout(90_000)
  let browser: Browser
  let running: RunningStore
  let page: Page
  const complaints: string[] = []

  before(async function () {
    browser = await openBrowser(this)
    running = await startStore({ visits: 0 })
    page = await browser.newPage({ locale: 'en-US', viewport: { width: 1380, height: 900 } })
    page.on('pageerror', ({ message }) => complaints.push(message))
    const url = running.lines.map((line) => /http\S+setup\S+/.exec(line)?.[0]).find(Boolean)
    await page.goto(url ?? '')
    await page.getByLabel('Name').fill('Mina')
    await page.getByLabel('Password', { exact: false }).fill('vier kleine Enten am See')
    await page.getByRole('button', { name: 'Open the store' }).click()
    await page.locator('aisle-floor-plan').waitFor()
  })
  after(async () => {
    await browser?.close()
    await running?.stop()
  })

  const simulation = () => page.locator('.simulation')
  const press = (name: string) => simulation().getByRole('button', { name, exact: true }).click()
  const choice = (name: string) => simulation().getByRole('combobox', { name, exact: true })
  const plate = (id: string) => page.locator(`aisle-floor-plan [data-thing="${id}"]`)
  const fillOf = (id: string) =>
    plate(id)
      .locator('polygon')
      .evaluate((polygon) => getComputedStyle(polygon).fill)

  it('breaks a plate that was clicked, so that its colour changes, and mends it', async () => {
    await page.locator('aisle-floor-plan .plate.online').nth(23).waitFor()
    const good = await fillOf('g1-s1-p2')
    await plate('g1-s1-p2').click()
    assert.equal(await choice('What').inputValue(), 'g1-s1-p2')
    await choice('What is wrong').selectOption('Cable is off')
    await press('Break it')
    await simulation().getByText('Cable is off', { exact: false }).last().waitFor()
    await page.locator('aisle-floor-plan .plate.offline.broken[data-thing="g1-s1-p2"]').waitFor()
    await until(
      () => fillOf('g1-s1-p2'),
      (fill) => fill !== good,
      { withinMs: 5000, what: 'another colour' },
    )
    await page.locator('.notices').getByText('g1-s1-p2').waitFor()
    await press('Mend: g1-s1-p2')
    await page.locator('aisle-floor-plan .plate.online[data-thing="g1-s1-p2"]:not(.broken)').waitFor()
    await simulation().getByText('Nothing is broken.').waitFor()
  })

  it('says what is wrong with a plan, and takes it once it is right', async () => {
    await press('Add a shopper')
    await simulation().getByText('does exactly this', { exact: false }).click()
    const plan = simulation().getByLabel('Plan (JSON)')
    await plan.fill('[{"act": "take"')
    await press('Send them in')
    await simulation().getByText('The plan is no valid JSON', { exact: false }).waitFor()
    await plan.fill('[{"act": "take", "plate": "nowhere", "item": "a"}]')
    await press('Send them in')
    await simulation().getByText('There is no plate "nowhere".', { exact: false }).waitFor()
    await plan.fill('')
    await choice('Step').selectOption('wait')
    await simulation().getByLabel('Duration').fill('600000')
    await press('Add this step')
    assert.deepEqual(JSON.parse(await plan.inputValue()), [{ act: 'wait', durationMs: 600_000 }])
    await plan.fill('[{"act": "go-to", "positionM": [4, 3]}, {"act": "wait", "durationMs": 600000}]')
    await press('Speed 5×')
    await press('Send them in')
    await page.locator('.shopper').waitFor()
    await page.locator('aisle-floor-plan .person:not(.unbound)').waitFor()
  })

  it('pauses: nobody moves until it goes on', async () => {
    // They have just come in and are on their way; with pause nobody comes through the gate either.
    await press('Pause')
    await simulation().getByText('Paused: nobody moves.').waitFor()
    const inside = async () => (await running.twin<{ shoppers: { positionM: number[] }[] }>('/twin/state')).shoppers
    const before = await inside()
    await simulation().getByRole('button', { name: 'buys a few things' }).click()
    await page.waitForTimeout(1000)
    assert.deepEqual(await inside(), before)
    await press('Go on')
    await page.locator('.shopper').nth(1).waitFor()
    assert.deepEqual(complaints, [])
  })
})
