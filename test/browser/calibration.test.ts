/** The cameras' dialog, on real sensing, which reaches a camera that hangs elsewhere than the profile says. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import type { Browser, Locator, Page } from 'playwright-core'
import { build } from '../../build/build.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { Point3DM } from '../../runtime/profile/layout.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import { type RunningSensing, startSensing } from '../../runtime/sensing/sensing.ts'
import { encodeJpeg } from '../../runtime/twin/devices/jpeg.ts'
import { storeRenderer } from '../../runtime/twin/render/store-renderer.ts'
import { cornersOf } from '../../runtime/vision/calibration/corners.ts'
import { CameraModel, type CameraPose } from '../../runtime/vision/camera-model/camera-model.ts'
import { flowsSecrets, startFlows, type TestFlows } from '../host/flows-program.ts'
import { openBrowser } from '../support/browser.ts'
import { freePorts } from '../support/free-ports.ts'
import { copyProfileToFreePorts, edit } from '../support/profile-folder.ts'
import { HttpCamera } from '../vision/support/http-camera.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pictureSizePx: [number, number] = [640, 480]
/** Where the camera hangs in truth. */
const real: CameraPose = {
  positionM: [2.7, 2.7, 2.75],
  lookAtM: [2.5, 4.7, 0],
  rollRad: 0.03,
  lens: { pictureSizePx, focalPx: 360 },
}
const shows = new CameraModel(real, pictureSizePx)

describe("the cameras' dialog", function () {
  this.timeout(120_000)
  const camera = new HttpCamera()
  let profileDirectory: string
  let dataDirectory: string
  let store: LoadedStore
  let sensing: RunningSensing
  let flows: TestFlows
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  before(async function () {
    browser = await openBrowser(this)
    await build(root, () => {})
    profileDirectory = await copyProfileToFreePorts()
    store = await loadStore(profileDirectory)
    const picture = await pictureOf(store)
    camera.picture = () => picture
    await camera.start()
    await edit(profileDirectory, 'profile.json', ({ devices }) => {
      const device = (devices as { id: string; address: object }[]).find(({ id }) => id === 'camera-1')
      Object.assign(device ?? {}, { address: { transport: 'http', url: `${camera.url}/snapshot` } })
    })
    dataDirectory = await mkdtemp(join(tmpdir(), 'aisle-calibration-'))
    const [broker = 0] = await freePorts(1)
    sensing = await startSensing({
      ...{ store: await loadStore(profileDirectory), dataDirectory, clock: new SystemClock(), host: '127.0.0.1' },
      catalogue: await loadDeviceDefinitions(join(root, 'hardware-profiles', 'devices')),
      ports: { sensing: 0, broker },
      secrets: flowsSecrets,
      log: pino({ level: 'silent' }),
    })
    flows = await startFlows({ profileDirectory, sensingPort: sensing.port })
    const context = await browser.newContext({ viewport: { width: 1700, height: 1300 } })
    const [name = ''] = flows.cookie.split('=')
    await context.addCookies([{ name, value: flows.cookie.slice(name.length + 1), url: flows.url }])
    context.setDefaultTimeout(30_000)
    page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (said) => said.type() === 'error' && complaints.push(said.text().slice(0, 200)))
    await page.goto(flows.url)
    await page.waitForSelector('.red-ui-flow-node')
    await page.evaluate(`RED.editor.edit(RED.nodes.filterNodes({ type: 'aisle-cameras' })[0])`)
    // A picture came, and with it the floor as the profile has the camera.
    await page.locator('.aisle-beside .grid.present').first().waitFor({ state: 'attached' })
  })
  after(async () => {
    await browser?.close()
    await flows?.stop()
    await sensing?.stop()
    camera.stop()
    for (const folder of [dataDirectory, profileDirectory && join(profileDirectory, '..')]) {
      if (folder) await rm(folder, { recursive: true, force: true })
    }
  })

  const picture = () => page.getByRole('group', { name: 'Picture of the camera, now' })
  const plan = () => page.getByRole('group', { name: 'Floor plan', exact: true })
  const outcome = async (text: RegExp) => {
    const told = page.locator('.aisle-cameras .aisle-outcome')
    await told
      .filter({ hasText: text })
      .first()
      .waitFor()
      .catch(async (cause: unknown) => {
        const values = await page
          .locator('.aisle-points input')
          .evaluateAll((inputs) => inputs.map((input) => (input as unknown as { value: string }).value))
        throw new Error(`${text} was not told, but: ${await told.allInnerTexts()} for ${values}`, { cause })
      })
  }
  const rowOf = (point: number) => page.locator('.aisle-points tbody tr').nth(point - 1)
  const placeOf = (point: number, axis: string) => page.getByLabel(`Point ${point}, in the store, ${axis}`)

  /** On the middle of what a unit of the drawing covers. */
  async function clickAt(drawing: Locator, [x, y]: readonly [number, number], viewBox: [number, number, number]) {
    const box = await drawing.boundingBox()
    assert.ok(box)
    const scale = box.width / viewBox[2]
    await drawing.click({ position: { x: (x - viewBox[0]) * scale, y: (y - viewBox[1]) * scale } })
  }
  const clickPicture = (storeM: Point3DM) => {
    const px = shows.project(storeM)
    assert.ok(px && shows.isInPicture(px), `${storeM} is not in the picture`)
    return clickAt(picture(), px, [0, 0, pictureSizePx[0]])
  }
  const clickPlan = ([x, y]: Point3DM) => {
    const [width, height] = store.profile.floor.sizeM
    return clickAt(plan(), [100 * x, 100 * (height - y)], [-30, -30, 100 * width + 60])
  }

  it('takes clicks on picture and plan, and fits them from four points on', async () => {
    const marks: Point3DM[] = [
      [1.2, 3.6, 0],
      [3.6, 3.4, 0],
      [3.9, 4.6, 0],
    ]
    for (const mark of marks) {
      await clickPicture(mark)
      await clickPlan(mark)
    }
    await outcome(/3 of at least 4 points/)
    const corner = cornersOf(store.layout).findIndex(
      ({ fixture, side, hand, at }) => fixture === 'g1' && side === 'front' && hand === 'left' && at === 'top',
    )
    await clickPicture(cornersOf(store.layout)[corner]?.storeM ?? [0, 0, 0])
    await page.getByLabel('Point 4, corner of a fixture').selectOption(String(corner))
    assert.equal(await placeOf(4, 'z').inputValue(), '1.5')
    await outcome(/The points fit together|uncertain|off/)
    await rowOf(4)
      .locator('.aisle-error-cm', { hasText: /\d\.\d cm/ })
      .waitFor()
  })

  it('takes points from the keyboard alone', async () => {
    const corners = cornersOf(store.layout)
    const wanted: [string, string, string][] = [
      ['g1', 'right', 'foot'],
      ['g2', 'left', 'foot'],
      ['g2', 'left', 'top'],
      ['g1', 'left', 'foot'],
    ]
    for (const [i, [fixture, hand, at]] of wanted.entries()) {
      const corner = corners.findIndex(
        (one) => one.fixture === fixture && one.hand === hand && one.at === at && one.side === 'front',
      )
      const px = shows.project(corners[corner]?.storeM ?? [0, 0, 0])
      assert.ok(px && shows.isInPicture(px), `${fixture} ${hand} ${at} is not in the picture`)
      await page.getByRole('button', { name: 'Add a point' }).press('Enter')
      for (const [axis, value] of [
        ['x', px[0]],
        ['y', px[1]],
      ] as const) {
        await page.getByLabel(`Point ${5 + i}, in the picture, ${axis}`).fill(value.toFixed(1))
      }
      await page.getByLabel(`Point ${5 + i}, corner of a fixture`).selectOption(String(corner))
    }
    await outcome(/The points fit together.*degrees across/)
    await page.locator('.aisle-beside .grid.fitted').first().waitFor({ state: 'attached' })
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, 'calibration.png') })
  })

  it('says which point is wrong, refuses to save, and lets it be put right with the arrows', async () => {
    const mark = picture().getByRole('button', { name: 'Point 2' })
    await mark.focus()
    for (let i = 0; i < 9; i++) await page.keyboard.press('Shift+ArrowRight')
    await outcome(/Point 2 does not fit the others|point 2 most/)
    await page.locator('.aisle-points tr.aisle-worst').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Save in the profile' }).isDisabled(), true)
    for (let i = 0; i < 9; i++) await page.keyboard.press('Shift+ArrowLeft')
    await outcome(/The points fit together/)
  })

  it('moves and removes points', async () => {
    const before = await placeOf(1, 'x').inputValue()
    const box = await plan().getByRole('button', { name: 'Point 1' }).boundingBox()
    assert.ok(box)
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 60, y, { steps: 3 })
    await page.mouse.up()
    assert.notEqual(await placeOf(1, 'x').inputValue(), before)
    await page.getByRole('button', { name: 'Remove point 1' }).click()
    assert.equal(await page.locator('.aisle-points tbody tr').count(), 7)
    await outcome(/The points fit together/)
  })

  it('saves the camera where it hangs, and says what has to start anew', async () => {
    await page.getByRole('button', { name: 'Save in the profile' }).click()
    await outcome(/cam-1 is calibrated/)
    await page.locator('.aisle-waiting', { hasText: 'programs start anew: flows, console.' }).waitFor()
    const saved = (await loadStore(profileDirectory)).profile.cameras[0]
    const offM = Math.hypot(...real.positionM.map((value, i) => (saved?.positionM[i] ?? 0) - value))
    assert.ok(offM < 0.15, `${saved?.positionM} is ${offM} m off`)
  })

  it('makes the browser complain of nothing', () => {
    assert.deepEqual(complaints, [])
  })
})

/** The empty shop as the real camera shows it. */
function pictureOf({ layout }: LoadedStore): Promise<Buffer> {
  const [widthPx, heightPx] = pictureSizePx
  const renderer = storeRenderer(layout, { ...real, widthPx, heightPx })
  return encodeJpeg(renderer.render({ figures: [], stock: new Map(), exposure: 1 }))
}
