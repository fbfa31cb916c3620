import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build } from '../../build/build.ts'
import { envelope } from '../../runtime/contract/messages.ts'
import { startTestConsole, type TestConsole } from '../console/running-console.ts'
import { decisionOf, eventWithCourses, people, pricedLine, receiptOf, visit } from '../console/scene.ts'
import { openBrowser } from '../support/browser.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const password = 'vier kleine Enten am See'

/** Spellings that have become script somewhere; as names of products they are only text. */
const payloads = [
  '<script>pwned()</script>',
  '<img src=x onerror=pwned()>',
  '<svg onload=pwned()>',
  '"><script>pwned()</script>',
  "'-pwned()-'",
  'javascript:pwned()',
  '<a href="javascript:pwned()">x</a>',
  '<iframe srcdoc="<script>parent.pwned()</script>">',
  '{{constructor.constructor("pwned()")()}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a payload, not a template
  '${pwned()}',
  '</title><script>pwned()</script>',
  '<math><mtext><table><mglyph><style><img src=x onerror=pwned()>',
  '<body onload=pwned()>',
  '<details open ontoggle=pwned()>',
  '&lt;script&gt;pwned()&lt;/script&gt;',
  '\u202egnp.exe<script>pwned()</script>',
]

describe('the store page in a browser', function () {
  this.timeout(60_000)
  let browser: Browser
  let running: TestConsole
  let context: BrowserContext
  let page: Page
  let complaints: string[]

  before(async function () {
    browser = await openBrowser(this)
    await build(root, () => {})
    assert.ok(existsSync(join(root, 'dist/web/runtime/console/pages/store-page.js')))
  })
  after(() => browser?.close())

  beforeEach(async () => {
    running = await startTestConsole(({ layout }) => {
      layout.products.forEach((product, i) => {
        if (i < payloads.length) product.name = payloads[i] ?? ''
      })
    })
    running.till.gates = [{ gate: 'gate-1', state: 'idle', online: true }]
    running.sensing.readings = running.store.layout.plates.map(({ id }, i) => {
      return { plate: id, weightG: 800 + i, stable: true, atMs: 0, health: i === 3 ? 'offline' : 'online' }
    })
    context = await browser.newContext({ locale: 'en-US', viewport: { width: 1380, height: 900 } })
    page = await context.newPage()
    complaints = []
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error' || /Content Security|Trusted/i.test(message.text()))
        complaints.push(message.text())
    })
    await page.exposeFunction('pwned', () => complaints.push('a payload ran'))
  })
  afterEach(async () => {
    await context.close()
    await running.stop()
  })

  async function enter() {
    await page.goto(`${running.url}/setup?code=${running.setupCode()}`)
    await page.getByLabel('Name').fill('Mina')
    await page.getByLabel('Password', { exact: false }).fill(password)
    await page.getByRole('button', { name: 'Open the store' }).click()
    await page.locator('aisle-floor-plan').waitFor()
  }

  const lines = (...probabilities: number[]) =>
    probabilities.map((probability, i) =>
      pricedLine(running.store.layout, { lineId: `l${i}`, product: i, quantity: 1, probability }),
    )

  it('lets a newcomer in with one click and a password, out again, and in by that password', async () => {
    await enter()
    assert.equal(new URL(page.url()).pathname, '/')
    await page.getByText('Mina').click()
    await page.getByRole('button', { name: 'Log out', exact: true }).click()
    await page.waitForURL('**/login')
    await page.goto(running.url)
    assert.equal(new URL(page.url()).pathname, '/login', 'the store is closed again')
    await page.getByLabel('Name').fill('Mina')
    await page.getByLabel('Password', { exact: false }).fill('not the password')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('Name or password is wrong.').waitFor()
    await page.getByLabel('Password', { exact: false }).fill(password)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.locator('aisle-floor-plan').waitFor()
    assert.deepEqual(
      complaints.filter((text) => !text.includes('401')),
      [],
    )
  })

  it('takes the setup code out of the address bar', async () => {
    await page.goto(`${running.url}/setup?code=${running.setupCode()}`)
    await page.getByLabel('Name').waitFor()
    assert.equal(new URL(page.url()).search, '')
  })

  it('shows shoppers where they are, and their baskets as they change', async () => {
    await enter()
    const walking = setInterval(() => {
      void running.sensing.tell(people([{ visitId: 'v-104', headM: [4, 3, 1.6], handM: [4, 4, 1.1] }]))
    }, 100)
    await running.till.tell({ type: 'visit-changed', data: visit('v-104', { lines: lines(0.99) }) })
    const basket = page.locator('.shopper')
    await basket.getByText('₩2,100').first().waitFor()
    await running.till.tell({ type: 'visit-changed', data: visit('v-104', { lines: lines(0.99, 0.7) }) })
    await basket.locator('.line').nth(1).waitFor()
    assert.equal(await basket.locator('.certainty').nth(1).textContent(), 'probably')
    const head = page.locator('aisle-floor-plan .person .head')
    await head.waitFor()
    // The middle of the corner shop's floor, 8 m by 6 m, seen with the door below.
    await page.waitForFunction(() => {
      const person = document.querySelector('aisle-floor-plan')?.shadowRoot?.querySelector('.person > g')
      return person?.getAttribute('transform') === 'translate(400 300)'
    })
    clearInterval(walking)
    assert.equal(await page.locator('aisle-floor-plan .person-label').textContent(), '104')
    assert.deepEqual(complaints, [])
  })

  it('says the floor plan in words too', async () => {
    await enter()
    await page.getByText('As a list').click()
    await page.getByRole('cell', { name: 'g1-s1-p4' }).waitFor()
    const row = page.locator('aisle-floor-plan tr', { hasText: 'g1-s1-p4' })
    await row.getByText('silent').waitFor()
  })

  it('shows each state of a load cell by a colour, a sign and a word of its own', async () => {
    const states = ['late', 'offline', 'stuck', 'drifting', 'noisy', 'saturated', 'sign-flipped', 'online'] as const
    running.sensing.readings = running.store.layout.plates.slice(0, states.length).map(({ id }, i) => {
      return { plate: id, weightG: 800, stable: true, atMs: 0, health: states[i] ?? 'online' }
    })
    await enter()
    await page.locator('aisle-floor-plan .ground .plate.sign-flipped').waitFor()
    await page.waitForTimeout(500)
    const looks = await page.evaluate((wanted) => {
      const plan = document.querySelector('aisle-floor-plan')?.shadowRoot
      return wanted.map((state) => {
        const plate = plan?.querySelector(`.ground .plate.${state}`)
        const word = plan?.querySelector(`.legend .plate.${state}`)?.closest('li')?.textContent
        const fill = getComputedStyle(plate?.querySelector('polygon') as Element).fill
        return { fill, sign: plate?.querySelector('.glyph')?.getAttribute('d'), word }
      })
    }, states)
    for (const look of ['fill', 'sign', 'word'] as const) {
      assert.equal(new Set(looks.map((one) => one[look])).size, states.length, look)
    }
    assert.equal(looks[0]?.word, 'late 1')
  })

  it('looks closer by the keyboard, until the weights can be read, and at the whole store again', async () => {
    await enter()
    const ground = page.locator('aisle-floor-plan .ground')
    const reading = page.locator('aisle-floor-plan [data-thing="g1-s1-p1"] .reading')
    await page.locator('aisle-floor-plan .ground .plate.online').first().waitFor()
    const whole = await ground.getAttribute('viewBox')
    assert.equal(await reading.isVisible(), false)
    await ground.focus()
    for (const key of ['+', '+', '+', 'ArrowUp', 'ArrowLeft']) await page.keyboard.press(key)
    assert.equal(await reading.isVisible(), true)
    assert.equal(await reading.textContent(), '800 g')
    await page.keyboard.press('0')
    assert.equal(await ground.getAttribute('viewBox'), whole)
    await page.getByRole('button', { name: 'Closer' }).click()
    assert.notEqual(await ground.getAttribute('viewBox'), whole)
  })

  it('answers "why?" on a receipt, and takes one of two choices for an uncertain line', async () => {
    await enter()
    const paid = visit('v-101', { state: 'paid', lines: lines(0.99) })
    running.till.journalled = [eventWithCourses('person-v-101')]
    await running.till.tell({ type: 'visit-changed', data: { ...paid, receipt: receiptOf(paid) } })
    await page.getByRole('button', { name: 'Why?' }).click()
    await page.getByText(/The shelf lost .* pieces fit/).waitFor()
    const plot = page.getByRole('img', { name: /^The shelf lost 515 g within 0.9 s. This shopper’s hand .* 2 cm/ })
    await plot.waitFor()
    assert.equal(await plot.locator('polyline').count(), 4, 'weight and hands, broken where nothing was seen')
    const waiting = lines(0.99, 0.7)
    await running.till.tell({
      type: 'visit-changed',
      data: visit('v-102', { state: 'review', lines: waiting, decision: decisionOf(waiting) }),
    })
    const item = page.locator('.review-item')
    await item.getByText('Another hand was 11 cm from the plate.').waitFor()
    await item.getByRole('button', { name: 'Let go' }).click()
    await item.getByText('Decided').waitFor()
    assert.deepEqual(
      running.till.commands.map(
        (command) => command.type === 'resolve-review' && [command.lineId, command.outcome, command.decidedBy],
      ),
      [['l1', 'let-go', 'Mina']],
    )
  })

  it('asks which of two readings of one event it was, and charges one or none', async () => {
    await enter()
    const readings = lines(0.52, 0.4)
    const decision = decisionOf(readings)
    const decided = decision?.lines.map((line, i) => (i === 1 ? { ...line, readingOf: ['l0'] } : line)) ?? []
    const tellOf = (visitId: string) =>
      running.till.tell({
        type: 'visit-changed',
        data: visit(visitId, {
          ...{ state: 'review', lines: readings },
          decision: { outcome: 'review', policyHash: '', lines: decided },
        }),
      })
    const decisions = () =>
      running.till.commands.map(
        (command) => command.type === 'resolve-review' && [command.visitId, command.lineId, command.outcome],
      )
    await tellOf('v-102')
    const item = page.locator('.review-item')
    await item.getByText('Which of them did this shopper take?').waitFor()
    assert.equal(await item.count(), 1)
    await item
      .getByRole('button', { name: /^Charge:/ })
      .nth(1)
      .click()
    await item.getByText('Decided').waitFor()
    assert.deepEqual(decisions(), [['v-102', 'l1', 'charge']])
    await tellOf('v-103')
    await item.nth(1).waitFor()
    await page.getByRole('button', { name: 'None of them', disabled: false }).click()
    await item.getByText('Decided').nth(1).waitFor()
    assert.deepEqual(decisions().slice(1), [
      ['v-103', 'l0', 'let-go'],
      ['v-103', 'l1', 'let-go'],
    ])
  })

  it('asks of a second line of one product whether there was more of it', async () => {
    await enter()
    const [one] = lines(0.99)
    assert.ok(one)
    const waiting = [one, { ...one, lineId: 'l0:more', probability: 0.7 }]
    await running.till.tell({
      type: 'visit-changed',
      data: visit('v-102', { state: 'review', lines: waiting, decision: decisionOf(waiting) }),
    })
    await page.locator('.review-item h3', { hasText: `1 more of ${one.name}` }).waitFor()
  })

  it('offers to reset a gate whose alarm stays, and no other', async () => {
    await enter()
    const reset = page.getByRole('button', { name: 'Looked at it: reset' })
    await page.getByRole('button', { name: 'Open exit' }).waitFor()
    assert.equal(await reset.count(), 0)
    running.till.gates = [{ gate: 'gate-1', state: 'tailgate', online: true, latched: true }]
    await reset.click()
    await page.getByText('Reset', { exact: true }).waitFor()
    assert.deepEqual(
      running.till.commands.map((command) => command.type === 'reset-gate' && command.gate),
      ['gate-1'],
    )
  })

  it('keeps every name as text, whatever is in it', async () => {
    await enter()
    const all = lines(...payloads.map(() => 0.99))
    const done = visit('v-101', { state: 'paid', lines: all })
    await running.till.tell({ type: 'visit-changed', data: { ...done, receipt: receiptOf(done) } })
    const uncertain = lines(...payloads.map(() => 0.7))
    await running.till.tell({ type: 'visit-changed', data: visit('v-102', { lines: uncertain }) })
    await running.till.tell({
      type: 'visit-changed',
      data: visit('v-103', { state: 'review', lines: uncertain, decision: decisionOf(uncertain) }),
    })
    for (const text of payloads) {
      await running.till.tell({ type: 'refused', data: { scanId: 's', gate: 'gate-1', reason: text } })
    }
    await page.getByText('As a list').click()
    await page.getByRole('button', { name: 'Why?' }).first().click()
    const shown = await page.locator('.receipt .name').allTextContents()
    assert.deepEqual(shown, payloads)
    assert.equal(await page.locator('.notices li').count(), payloads.length)
    assert.equal(await page.locator('#page script, #page iframe, #page img').count(), 0)
    await page.waitForTimeout(500)
    assert.deepEqual(complaints, [])
  })

  it('runs no script but its own, even one that stands in the page', async () => {
    await enter()
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      try {
        script.text = 'window.ranInline = true'
        document.body.append(script)
      } catch {
        // Trusted Types refuse the text itself.
      }
      return 'ranInline' in window
    })
    assert.equal(ran, false)
  })

  it('speaks Korean to a Korean browser, and changes when asked', async () => {
    const korean = await browser.newContext({ locale: 'ko-KR' })
    const koreanPage = await korean.newPage()
    await koreanPage.goto(`${running.url}/setup?code=${running.setupCode()}`)
    await koreanPage.getByLabel('이름').fill('미나')
    await koreanPage.getByLabel('비밀번호').fill('가게 문은 아홉시에 연다')
    await koreanPage.getByRole('button', { name: '매장 열기' }).click()
    await koreanPage.getByText('매장에 아무도 없습니다.').waitFor()
    await koreanPage.getByRole('button', { name: 'English' }).click()
    await koreanPage.getByText('Nobody is in the store.').waitFor()
    await korean.close()
  })

  it('says that the till is away, and goes on', async () => {
    await enter()
    running.till.away = true
    await page.getByText(/The till does not answer/).waitFor()
    running.till.away = false
    await page.getByText(/The till does not answer/).waitFor({ state: 'detached' })
    await running.sensing.tell({
      ...{ type: 'weight-event', ...envelope('corner-shop', 1, Date.now()), eventId: 'e', revision: 0, fixture: 'g1' },
      ...{ plates: [{ plate: 'g1-s1-p3', deltaG: -355 }], startedAtMs: 0, settledAtMs: 0, deltaG: -355, sigmaG: 2 },
      ...{ kind: 'removed', evidence: { noiseG: 1, swingG: 1, samples: 10 } },
    })
    await page.getByText('−355 g').waitFor()
  })

  it('fits a phone: nothing is wider than the screen', async () => {
    await enter()
    await running.till.tell({ type: 'visit-changed', data: visit('v-1', { lines: lines(0.99, 0.7) }) })
    await page.locator('.shopper').waitFor()
    await page.setViewportSize({ width: 360, height: 740 })
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360)
  })
})
