/** The load cells' dialog, on real sensing, whose plates are read from the twin's transmitters. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build } from '../../build/build.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { type RunningSensing, startSensing } from '../../runtime/sensing/sensing.ts'
import type { LoadCellPhysics, LoadCellSlave } from '../../runtime/twin/devices/load-cells/load-cell.ts'
import { loadCellSlaves } from '../../runtime/twin/devices/load-cells/registry.ts'
import { answerOf } from '../../runtime/twin/devices/modbus-unit.ts'
import { type Slave, startSlave } from '../devices/modbus-slave.ts'
import { flowsSecrets, startFlows, type TestFlows } from '../host/flows-program.ts'
import { openBrowser } from '../support/browser.ts'
import { freePorts } from '../support/free-ports.ts'
import { copyProfileToFreePorts, edit } from '../support/profile-folder.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const clock = new SystemClock()

/** A load cell that trembles as real ones do, in need of a calibration. */
class Cell implements LoadCellPhysics {
  ratingG = 10_000
  loadG = 0
  offsetG = 40
  gain = 1.1
  connected = () => true
  moving = () => false
  grams = () => this.offsetG + this.gain * this.loadG + (Math.random() - 0.5) * 0.4
}

describe("the load cells' dialog", function () {
  this.timeout(180_000)
  const cells = [new Cell(), new Cell()]
  let transmitters: LoadCellSlave[]
  let profileDirectory: string
  let dataDirectory: string
  let line: Slave
  let sensing: RunningSensing
  let flows: TestFlows
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const complaints: string[] = []

  before(async function () {
    browser = await openBrowser(this)
    await build(root, () => {})
    transmitters = cells.map((cell) => {
      const factory = loadCellSlaves['laumas-tlb4']
      assert.ok(factory)
      return factory({ cell: () => cell, clock })
    })
    line = await startSlave(({ unit, frame }) => {
      const transmitter = transmitters[unit - 1]
      return transmitter ? { raw: enveloped(frame, answerOf(transmitter, frame.subarray(7))) } : 'silent'
    })
    profileDirectory = await copyProfileToFreePorts()
    await edit(profileDirectory, 'profile.json', (profile) => {
      const { devices, plates } = profile as { devices: object[]; plates: { source: object }[] }
      const address = { transport: 'modbus-tcp', host: '127.0.0.1', port: line.port }
      devices.push({ id: 'bench', definition: 'laumas-tlb4', address, units: [1, 2, 3], pollHz: 20 })
      plates.slice(0, 2).forEach((plate, i) => {
        plate.source = { device: 'bench', unit: i + 1, channel: 1 }
      })
    })
    dataDirectory = await mkdtemp(join(tmpdir(), 'aisle-load-cells-'))
    const [broker = 0] = await freePorts(1)
    sensing = await startSensing({
      ...{ store: await loadStore(profileDirectory), dataDirectory, clock, host: '127.0.0.1' },
      catalogue: await loadDeviceDefinitions(join(root, 'hardware-profiles', 'devices')),
      ports: { sensing: 0, broker },
      secrets: flowsSecrets,
      log: pino({ level: 'silent' }),
    })
    flows = await startFlows({ profileDirectory, sensingPort: sensing.port })
    await openDialog('en-US')
  })
  after(async () => {
    await browser?.close()
    await flows?.stop()
    await sensing?.stop()
    await line?.close()
    for (const folder of [dataDirectory, profileDirectory && join(profileDirectory, '..')]) {
      if (folder) await rm(folder, { recursive: true, force: true })
    }
  })

  async function openDialog(locale: string) {
    await context?.close()
    context = await browser.newContext({ locale, viewport: { width: 1500, height: 1300 } })
    const [name = ''] = flows.cookie.split('=')
    await context.addCookies([{ name, value: flows.cookie.slice(name.length + 1), url: flows.url }])
    context.setDefaultTimeout(60_000)
    page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (said) => said.type() === 'error' && complaints.push(said.text().slice(0, 200)))
    await page.goto(flows.url)
    await page.waitForSelector('.red-ui-flow-node')
    await page.evaluate(`RED.editor.edit(RED.nodes.filterNodes({ type: 'aisle-load-cells' })[0])`)
    await page.waitForSelector('.aisle-plates [role="option"]')
  }

  const row = (plate: string) => page.locator(`[role="option"][data-plate="${plate}"]`)
  const choose = async (plate: string, section: string) => {
    await row(plate).click()
    await page.getByRole('tab', { name: section }).click()
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const outcome = (text: RegExp) => page.locator('.aisle-outcome', { hasText: text }).waitFor()
  /** What changes on a plate disables the buttons until it rests. */
  const rests = (text: RegExp) => page.locator('.aisle-big-weight', { hasText: text }).waitFor()
  const shot = async (name: string) => {
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) })
  }

  it('shows weight and health of each plate as they are, and finds plates by what one types', async () => {
    await row('g1-s1-p1')
      .filter({ hasText: /\D40 g/ })
      .waitFor()
    await row('g1-s1-p3').filter({ hasText: 'silent' }).waitFor()
    ;(cells[0] as Cell).loadG = 1000
    await row('g1-s1-p1').filter({ hasText: '1140 g' }).waitFor()
    assert.equal(await page.locator('[role="option"]').count(), 24)
    await page.getByRole('searchbox').fill('G2-s1')
    const shown = await page.locator('[role="option"]').evaluateAll((rows) => rows.map((one) => one.dataset.plate))
    assert.ok(shown.length > 0 && shown.every((plate) => plate?.startsWith('g2-s1')), String(shown))
    await page.getByRole('searchbox').fill('')
    await page.getByLabel('Not well only').check()
    assert.equal(await row('g1-s1-p1').count(), 0)
    await page.getByLabel('Not well only').uncheck()
  })

  it('is used with the keyboard alone, and shows where a plate is read and its raw registers', async () => {
    await page.getByRole('listbox').focus()
    await page.keyboard.press('Home')
    await page.locator('.aisle-facts', { hasText: 'Laumas TLB4' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.locator('.aisle-facts', { hasText: 'bench, unit 2, channel 1' }).waitFor()
    await page.locator('summary', { hasText: 'Raw registers' }).press('Enter')
    const registers = page.locator('.aisle-registers', { hasText: /^ +6 +0x[0-9a-f]{4} / })
    await registers.waitFor()
    assert.equal((await registers.innerText()).split('\n').length, 8)
    await shot('now')
  })

  it('calibrates: zero, known weight, and a check that refuses what is wrong', async () => {
    const [cell] = cells as [Cell]
    await choose('g1-s1-p1', 'Calibrate')
    await press('Set zero')
    await outcome(/shows 11\d\d\.\d g: is the plate really empty/)
    cell.loadG = 0
    await row('g1-s1-p1')
      .filter({ hasText: /\D40 g/ })
      .waitFor()
    await page.locator('.aisle-hint', { hasText: 'written 0 of 100000 times' }).waitFor()
    await press('Set zero')
    await outcome(/now shows -?0\.\d g/)
    await rests(/^-?0\.\d g at rest/)
    await page.getByLabel('Known weight').fill('20')
    await press('Set span')
    await outcome(/between 1000 g and 10000 g/)
    cell.loadG = 2000
    await rests(/^2[12]\d\d\.\d g at rest/)
    await page.getByLabel('Known weight').fill('2000')
    await press('Set span')
    await outcome(/now shows (2000\.\d|1999\.\d) g/)
    cell.loadG = 1990
    await rests(/^(1990|1989)\.\d g at rest/)
    await press('Check')
    await outcome(/Not good: it shows (1990|1989)\.\d g for 2000 g/)
    await shot('calibrate')
    cell.loadG = 2000
    await rests(/^(2000|1999)\.\d g at rest/)
    await press('Check')
    await outcome(/an error of .0\.\d g/)
    cell.loadG = 0
    await rests(/^-?0\.\d g at rest/)
    await press('Check')
    await outcome(/calibration is good/)
    await page.locator('.aisle-hint', { hasText: 'written 3 of 100000 times' }).waitFor()
    assert.equal(transmitters[0]?.flashWrites, 2)
  })

  it('says which plate somebody presses', async () => {
    await press('Which plate is this?')
    await page.waitForTimeout(1600)
    ;(cells[1] as Cell).loadG = 3000
    await page.locator('.aisle-lit[data-plate="g1-s1-p2"][aria-selected="true"]').waitFor()
    await page.getByText('g1-s1-p2 is being pressed.').waitFor()
    await shot('find')
    ;(cells[1] as Cell).loadG = 0
    await press('Stop looking')
  })

  it('says where a plate is, and which one it is that one points at on the floor plan', async () => {
    await row('g1-s1-p1').click()
    const plan = page.locator('.aisle-place aisle-floor-plan')
    await plan.locator('.plate.chosen').waitFor()
    assert.equal(await plan.locator('.plate.chosen').count(), 1)
    await plan.locator('.plate').nth(1).click()
    await page.locator('[data-plate="g1-s1-p2"][aria-selected="true"]').waitFor()
  })

  it('weighs a product in, corrects the catalogue, and offers to start anew what reads it', async () => {
    const [cell] = cells as [Cell]
    await choose('g1-s1-p1', 'Weigh a product in')
    await page.getByLabel('Product', { exact: true }).fill('Cola 500 ml · 8801001000016')
    await page.getByLabel('Product', { exact: true }).press('Tab')
    await press('Start weighing')
    await outcome(/Put 1 on the plate/)
    for (const [count, grams] of [530, 532, 534].entries()) {
      cell.loadG += grams
      await page.locator(`.aisle-weighings li:nth-child(${count + 1})`).waitFor()
    }
    await shot('weigh-in')
    await press('Correct the catalogue')
    await outcome(/Cola 500 ml weighed 527 g in the catalogue and now weighs 53[12](\.\d)? g/)
    const catalogue = JSON.parse(await readFile(join(profileDirectory, 'catalogue.json'), 'utf8'))
    const { weightG, weightSdG } = catalogue.products[0]
    assert.ok(Math.abs(weightG - 532) < 0.6 && Math.abs(weightSdG - 2) < 0.7, `${weightG} ± ${weightSdG}`)

    await page.locator('.aisle-waiting', { hasText: 'programs start anew: flows.' }).waitFor()
    await press('Start them anew now')
    await page.locator('.aisle-waiting').waitFor({ state: 'hidden' })
    assert.deepEqual(
      flows.told.filter(({ type }) => type === 'restart'),
      [{ type: 'restart', programs: ['flows'] }],
    )
  })

  it('re-plugs a plate in the profile, refuses what a start would refuse, and says what has to start anew', async () => {
    await choose('g1-s1-p2', 'Place and connection')
    await page.getByLabel('Unit', { exact: true }).fill('1')
    await press('Save in the profile')
    await outcome(/bench unit 1 channel 1, which g1-s1-p1 has too; a channel weighs one plate/)
    await page.getByLabel('Unit', { exact: true }).fill('3')
    await press('Save in the profile')
    await outcome(/g1-s1-p2 is saved/)
    await page.locator('.aisle-waiting', { hasText: 'programs start anew: sensing.' }).waitFor()
    await shot('connection')
    assert.equal((await loadStore(profileDirectory)).profile.plates[1]?.source.unit, 3)
  })

  it('speaks Korean', async () => {
    await openDialog('ko')
    await row('g1-s1-p1').click()
    await page.getByRole('tab', { name: '교정' }).click()
    await page.getByRole('button', { name: '영점 잡기' }).waitFor()
    await shot('korean')
    assert.equal(await page.getByText(/load-cells\./).count(), 0)
  })

  it('makes the browser complain of nothing but what it was refused', () => {
    assert.deepEqual(
      complaints.filter((text) => !/status of 400/.test(text)),
      [],
    )
  })
})

function enveloped(request: Buffer, pdu: Buffer): Buffer {
  const header = Buffer.from(request.subarray(0, 7))
  header.writeUInt16BE(pdu.length + 1, 4)
  return Buffer.concat([header, pdu])
}
