import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build } from '../../build/build.ts'
import { nodeFolderNames } from '../../build/node-folders.ts'
import { startFlows, type TestFlows } from '../host/flows-program.ts'
import { openBrowser } from '../support/browser.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface SavedNode {
  id: string
  type: string
  [setting: string]: unknown
}

describe('the editor in a browser', function () {
  this.timeout(180_000)
  let browser: Browser
  let flows: TestFlows
  /** One for each language: what a browser has loaded once it need not load again. */
  const contexts = new Map<string, BrowserContext>()
  /** Loading the editor takes longer than most of what is tried in it: whoever has changed it puts it back. */
  let shared: Page | undefined
  let page: Page
  let complaints: string[]

  before(async function () {
    browser = await openBrowser(this)
    await build(root, () => {})
    flows = await startFlows()
  })
  after(async () => {
    await browser?.close()
    await flows?.stop()
  })

  const contextOf = async (locale: string) => {
    const known = contexts.get(locale)
    if (known) return known
    const context = await browser.newContext({ locale, viewport: { width: 1500, height: 900 } })
    const [name = ''] = flows.cookie.split('=')
    await context.addCookies([{ name, value: flows.cookie.slice(name.length + 1), url: flows.url }])
    context.setDefaultTimeout(60_000)
    contexts.set(locale, context)
    return context
  }
  const openEditor = async (locale: string) => {
    const opened = await (await contextOf(locale)).newPage()
    opened.on(
      'console',
      (line) => line.type() === 'error' && complaints.push(`${line.text().slice(0, 200)} ${line.location().url}`),
    )
    opened.on('pageerror', (error) => complaints.push(error.message))
    await opened.goto(flows.url)
    await opened.waitForSelector('.red-ui-palette-node[data-palette-type="aisle-gate"]')
    await opened.waitForSelector('.red-ui-flow-node')
    return opened
  }
  beforeEach(async () => {
    complaints = []
    shared ??= await openEditor('en-US')
    page = shared
  })
  afterEach(async function () {
    if (page !== shared) await page.close()
    if (this.currentTest?.state !== 'failed') return
    // Nobody knows how the editor was left.
    await shared?.close()
    shared = undefined
  })

  const openDialog = async (type: string) => {
    await page.evaluate(`RED.editor.edit(RED.nodes.filterNodes({ type: '${type}' })[0])`)
    await page.waitForSelector('.aisle-form .form-row:nth-of-type(3)')
  }
  const cancelDialog = async () => {
    await page.click('#node-dialog-cancel')
    await page.locator('.red-ui-tray').waitFor({ state: 'detached' })
  }
  const savedNode = async (type: string) => {
    const answer = await flows.ask('/flows', { headers: { accept: 'application/json' } })
    return ((await answer.json()) as SavedNode[]).find((node) => node.type === type) as SavedNode
  }
  const deploy = async () => {
    const deployed = page.waitForResponse(
      (response) => response.url().endsWith('/flows') && response.request().method() === 'POST',
    )
    await page.click('#red-ui-header-button-deploy')
    return await deployed
  }

  it('shows the nodes and the running flow, and complains of nothing', async () => {
    const shown = await page.$$eval('[data-palette-type^="aisle-"]', (nodes) =>
      nodes.map((node) => (node as HTMLElement).dataset.paletteType),
    )
    const expected = nodeFolderNames(root).filter((name) => name !== 'store')
    assert.deepEqual(shown.sort(), expected.map((name) => `aisle-${name}`).sort())
    assert.ok(Number(await page.evaluate("RED.nodes.filterNodes({ type: 'aisle-payment' }).length")) > 0)
    await page.waitForTimeout(1000)
    assert.deepEqual(complaints, [])
  })

  it('finds every node of the shipped flow valid', async () => {
    const invalid = await page.evaluate(`(() => {
      const found = []
      RED.nodes.eachNode((node) => node.valid || found.push([node.id, node.validationErrors]))
      return found
    })()`)
    assert.deepEqual(invalid, [])
    assert.equal(await page.locator('.red-ui-flow-node-error:not(.hide)').count(), 0)
  })

  for (const [language, locale] of [
    ['English', 'en-US'],
    ['Korean', 'ko'],
  ] as const) {
    it(`opens every dialog of ours in ${language}, with all of its fields named`, async () => {
      if (locale !== 'en-US') page = await openEditor(locale)
      for (const type of nodeFolderNames(root)
        .filter((name) => name !== 'store')
        .map((name) => `aisle-${name}`)) {
        await page.evaluate(`RED.editor.edit({ ...RED.nodes.filterNodes({ type: '${type}' })[0] })`)
        const labels = page.locator('.aisle-form .form-row > label')
        await labels.first().waitFor()
        for (const label of await labels.allInnerTexts()) assert.ok(label.trim(), `${type} has a field without a name`)
        assert.equal(await page.locator('.aisle-problem:not(:empty)').count(), 0, `${type} starts with a problem`)
        await cancelDialog()
      }
      assert.deepEqual(complaints, [])
    })
  }

  it('saves what a dialog is given with its type: a number, a choice, a list of rows', async () => {
    await openDialog('aisle-entry-rules')
    await page.fill('#node-input-occupancyLimit', '-3')
    assert.match(await page.locator('.aisle-problem:not(:empty)').innerText(), /lowest is 0/)
    await page.fill('#node-input-occupancyLimit', '12')
    assert.equal(await page.locator('.aisle-problem:not(:empty)').count(), 0)
    await page.selectOption('#node-input-unknownAccount', 'admit')
    await page.click('#aisle-hours > button')
    await page.click('#node-dialog-ok')
    assert.equal((await deploy()).status(), 200)

    const saved = await savedNode('aisle-entry-rules')
    assert.equal(saved.occupancyLimit, 12)
    assert.equal(saved.unknownAccount, 'admit')
    assert.equal((saved.hours as { mode: string }[]).at(-1)?.mode, 'open')
    assert.deepEqual(complaints, [])
  })

  it("offers the profile's names", async () => {
    await openDialog('aisle-load-cells')
    const options = page.locator('#node-input-group option')
    await options.filter({ hasText: 'Drinks' }).waitFor({ state: 'attached' })
    await page.selectOption('#node-input-group', 'drinks-shelves')
    await page.click('#node-dialog-ok')
    assert.equal((await deploy()).status(), 200)
    assert.equal((await savedNode('aisle-load-cells')).group, 'drinks-shelves')
  })

  it('shows a wire that does not fit before anybody deploys it', async () => {
    await page.evaluate("RED.sidebar.show('open-aisle')")
    await page.locator('.aisle-none', { hasText: 'Nothing' }).waitFor()
    await page.evaluate(`RED.nodes.addLink(window.wrongWire = {
      source: RED.nodes.filterNodes({ type: 'aisle-entry' })[0], sourcePort: 0,
      target: RED.nodes.filterNodes({ type: 'aisle-payment' })[0],
    })`)
    const problem = page.locator('.aisle-problem-item')
    await problem.waitFor()
    assert.match(await problem.innerText(), /sends scan, but "payment" takes decision/)
    await page.locator('.aisle-badge:not(.hide) .aisle-warning').first().waitFor()
    await page.evaluate('RED.nodes.removeLink(window.wrongWire)')
    await problem.waitFor({ state: 'detached' })
  })

  it('opens an imported old node upgraded, and leaves one of today alone', async () => {
    await page.evaluate(`(() => {
      // As a later version would have it, whose dwell time was once in seconds and whose zone was once an area.
      const type = RED.nodes.getType('aisle-zones')
      window.realMigrations = type.settingsMigrations
      type.settingsMigrations = [
        { version: 1, up: ({ area, dwellS, ...saved }) => ({ ...saved, zone: area, dwellMs: dwellS * 1000 }) },
      ]
      const common = { type: 'aisle-zones', z: 'walk-out', store: 'walk-out-store', x: 100, y: 900, wires: [[]] }
      RED.nodes.import([
        { ...common, id: 'old', area: 'drinks', dwellS: 3 },
        { ...common, id: 'today', version: 1, zone: '', dwellMs: 700, approachM: 1, touchM: 0.2 },
      ])
      RED.editor.edit(RED.nodes.node('old'))
    })()`)
    await page.waitForSelector('.aisle-form .form-row:nth-of-type(3)')
    assert.equal(await page.inputValue('#node-input-dwellMs'), '3000')
    assert.equal(await page.inputValue('#node-input-zone'), 'drinks')
    const settings = (id: string) =>
      page.evaluate(`(({ version, zone, dwellMs, approachM, valid }) => [version, zone, dwellMs, approachM, valid])(
        RED.nodes.node('${id}'))`)
    assert.deepEqual(await settings('old'), [1, 'drinks', 3000, 0.5, true])
    assert.deepEqual(await settings('today'), [1, '', 700, 1, true])
    await cancelDialog()
    await page.evaluate(`(() => {
      for (const id of ['old', 'today']) RED.nodes.remove(id)
      RED.nodes.getType('aisle-zones').settingsMigrations = window.realMigrations
    })()`)
    assert.deepEqual(complaints, [])
  })

  it('shows the store in its sidebar', async () => {
    await page.evaluate("RED.sidebar.show('open-aisle')")
    await page.locator('aisle-floor-plan svg text', { hasText: 'Drinks' }).first().waitFor()
  })

  it('lists the shipped flow in the import dialog', async () => {
    await page.evaluate("RED.actions.invoke('core:show-import-dialog')")
    await page.locator('.red-ui-tab-label', { hasText: 'Open Aisle' }).click()
    await page.locator('.red-ui-treeList-label', { hasText: 'walk-out.json' }).waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.red-ui-clipboard-dialog').waitFor({ state: 'hidden' })
  })
})
