import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { SystemClock } from '../../../runtime/contract/clock.ts'
import type { LoadedStore } from '../../../runtime/profile/load-store.ts'
import { Faults } from '../../../runtime/twin/devices/faults.ts'
import type { Served } from '../../../runtime/twin/devices/loopback.ts'
import { serveCamerasOf } from '../../../runtime/twin/served-cameras.ts'
import { hasFfmpeg } from '../../vision/support/video-clips.ts'
import { WatchedSource } from '../../vision/support/watched-source.ts'
import { cornerShop } from '../corner-shop.ts'
import { ShopFloor } from '../shop-floor.ts'

describe('cameras of the twin, with the platform as their viewer', () => {
  const clock = new SystemClock()
  const faults = new Faults(clock)
  let store: LoadedStore
  let served: Pick<Served, 'stop'>[]
  let watched: WatchedSource | undefined

  before(async () => {
    store = await cornerShop()
  })
  afterEach(async () => {
    await watched?.stop()
    await Promise.all(served.map((one) => one.stop()))
  })

  /** @returns the camera's address */
  async function serve(definition: string, scheme: 'http' | 'rtsp'): Promise<string> {
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port } = free.address() as { port: number }
    free.close()
    await once(free, 'close')
    const url = `${scheme}://127.0.0.1:${port}`
    const devices = [{ id: 'camera-1', definition, address: { transport: scheme, url } }]
    served = []
    faults.declare('camera-1', 'camera')
    const { world } = new ShopFloor(store, 1)
    await serveCamerasOf({ profile: { ...store.profile, devices }, world, clock, faults, advance() {} }, served)
    return url
  }

  it('stream MJPEG', async () => {
    watched = new WatchedSource({ model: 'axis-mjpeg', url: await serve('mjpeg-camera', 'http') })
    const frames = await watched.more(3).catch(() => assert.fail(JSON.stringify(watched?.health)))
    for (const { format, widthPx, heightPx } of frames) {
      assert.deepEqual([format, widthPx, heightPx], ['jpeg', 320, 240])
    }
  })

  it('stream H.264 over RTSP', async function () {
    if (!hasFfmpeg) this.skip()
    watched = new WatchedSource({ model: 'hanwha-wisenet', url: await serve('hanwha-wisenet', 'rtsp') })
    const [frame] = await watched.more(3)
    assert.deepEqual([frame?.format, frame?.widthPx, frame?.heightPx], ['rgb24', 320, 240])
    // A store, and not one colour.
    const greens = new Set(frame?.bytes.filter((_, i) => i % 3 === 1))
    assert.ok(greens.size > 30)
    assert.ok(Math.abs((frame?.takenAtMs ?? 0) - clock.nowMs()) < 30_000)
  })
})
