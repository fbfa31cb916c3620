import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SeenPoint } from '../../nodes/editor/browser/cameras/views.ts'
import { CameraDesk } from '../../nodes/host/camera-desk.ts'
import { StoreDesk } from '../../nodes/host/store-desk.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { CameraModel, type CameraPose } from '../../runtime/vision/camera-model/camera-model.ts'
import { copyProfile } from '../support/profile-folder.ts'

const devices = await loadDeviceDefinitions(join(import.meta.dirname, '../../hardware-profiles/devices'))
const pictureSizePx: [number, number] = [640, 480]
/** Where camera cam-1 hangs in truth; the profile has it elsewhere. */
const real: CameraPose = {
  positionM: [2.7, 2.8, 2.9],
  lookAtM: [2.4, 4.7, 0],
  rollRad: 0.05,
  lens: { pictureSizePx, focalPx: 380 },
}

describe("the cameras' desk", () => {
  let profileDirectory: string
  let desk: CameraDesk
  let watchesItself: boolean
  let audited: { event: string; facts: Record<string, unknown> }[]

  beforeEach(async () => {
    profileDirectory = await copyProfile()
    watchesItself = true
    audited = []
    const audit = (event: string, facts: object) => audited.push({ event, facts: facts as Record<string, unknown> })
    const requestRestart = () => {}
    const store = new StoreDesk({
      profileDirectory,
      devices,
      audit,
      requestRestart,
      watchesItself: () => watchesItself,
    })
    desk = new CameraDesk({ store, audit, picture: async () => undefined })
  })
  afterEach(() => rm(join(profileDirectory, '..'), { recursive: true, force: true }))

  /** Corners of fixtures as the real camera shows them. */
  async function clicked(count: number): Promise<SeenPoint[]> {
    const model = new CameraModel(real, pictureSizePx)
    const { corners } = await desk.facts()
    const seen = corners.flatMap(({ storeM }) => {
      const atPx = model.project(storeM)
      return atPx && model.isInPicture(atPx) ? [{ atPx, storeM }] : []
    })
    assert.ok(seen.length >= count, `only ${seen.length} corners are in the picture`)
    // Spread over the picture.
    return Array.from({ length: count }, (_, i) => seen[Math.floor((i * seen.length) / count)] as SeenPoint)
  }

  it('draws the floor as the profile has the camera, until there are points enough', async () => {
    const { found, refusal, gridPx } = await desk.fit('cam-1', { pictureSizePx, points: [] })
    assert.equal(found, null)
    assert.equal(refusal?.code, 'too-few')
    assert.ok(gridPx.length > 4)
  })

  it('fits, saves the camera where it hangs, and says what has to start anew', async () => {
    const points = await clicked(7)
    const fit = await desk.fit('cam-1', { pictureSizePx, points })
    assert.equal(fit.refusal, null)
    assert.ok(fit.errorsCm.every((error) => error !== null && error < 1))
    const { revision } = await desk.facts()
    const saved = await desk.calibrate('olive', 'cam-1', { revision, pictureSizePx, points })
    assert.deepEqual(saved.waiting, ['flows', 'console', 'vision'])
    const [camera] = (await loadStore(profileDirectory)).profile.cameras
    assert.equal(camera?.device, 'camera-1')
    for (const [i, value] of real.positionM.entries()) {
      assert.ok(Math.abs((camera?.positionM[i] ?? 0) - value) < 0.02, `${camera?.positionM}`)
    }
    assert.ok(Math.abs((camera?.lens?.focalPx ?? 0) - 380) < 3)
    assert.equal(audited[0]?.event, 'camera calibrated')
    assert.equal(audited[0]?.facts.user, 'olive')
  })

  it('lets no vision program start anew where none runs', async () => {
    watchesItself = false
    const points = await clicked(7)
    const { revision } = await desk.facts()
    const { waiting } = await desk.calibrate('olive', 'cam-1', { revision, pictureSizePx, points })
    assert.deepEqual(waiting, ['flows', 'console'])
  })

  it('refuses a bad fit, names the worst point, and writes nothing', async () => {
    const points = await clicked(8)
    const [x, y] = (points[3] as SeenPoint).atPx
    points[3] = { ...(points[3] as SeenPoint), atPx: [x + 60, y - 50] }
    const before = await readFile(join(profileDirectory, 'profile.json'), 'utf8')
    const fit = await desk.fit('cam-1', { pictureSizePx, points })
    assert.equal(fit.refusal?.point, 3)
    assert.ok(fit.found && fit.gridPx.length > 0, 'also a refused fit is shown')
    const { revision } = await desk.facts()
    const change = desk.calibrate('olive', 'cam-1', { revision, pictureSizePx, points })
    await assert.rejects(change, { code: 'calibration-refused' })
    assert.equal(await readFile(join(profileDirectory, 'profile.json'), 'utf8'), before)
    assert.deepEqual(audited, [])
  })

  it('refuses what was fitted before somebody else changed the store', async () => {
    const points = await clicked(7)
    const { revision } = await desk.facts()
    await desk.calibrate('olive', 'cam-1', { revision, pictureSizePx, points })
    const late = desk.calibrate('oscar', 'cam-2', { revision, pictureSizePx, points })
    await assert.rejects(late, { code: 'store-changed' })
  })

  it('knows no other cameras', async () => {
    await assert.rejects(desk.fit('cam-9', { pictureSizePx, points: [] }), { code: 'camera-unknown' })
  })
})
