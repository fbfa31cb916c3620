import assert from 'node:assert/strict'
import sharp from 'sharp'
import { SystemClock } from '../../../runtime/contract/clock.ts'
import { serveCameras } from '../../../runtime/twin/devices/camera.ts'
import { Faults } from '../../../runtime/twin/devices/faults.ts'
import type { Served } from '../../../runtime/twin/devices/loopback.ts'

describe('a camera of the twin', () => {
  const clock = new SystemClock()
  const faults = new Faults(clock)
  let served: Served
  let shown = 0

  before(async () => {
    faults.declare('camera', 'camera')
    const picture = () => ({ width: 32, height: 24, pixels: new Uint8Array(32 * 24 * 3).fill(20 * ++shown) })
    const cameras = [{ device: 'camera', snapshotPath: '/snapshot', streamPath: '/stream', picture }]
    served = await serveCameras({ host: '127.0.0.1', port: 0, cameras, clock, wireClock: clock, faults })
  })
  after(() => served.stop())
  afterEach(() => faults.mend())

  const get = (path: string) => fetch(`http://127.0.0.1:${served.port}${path}`)

  it('gives a JPEG for each request of its snapshot', async () => {
    const response = await get('/snapshot')
    assert.equal(response.headers.get('content-type'), 'image/jpeg')
    const { format, width, height } = await sharp(await response.arrayBuffer()).metadata()
    assert.deepEqual([format, width, height], ['jpeg', 32, 24])
  })

  it('streams one picture after the other, each with its length', async () => {
    const response = await get('/stream?fps=30')
    assert.equal(response.headers.get('content-type'), 'multipart/x-mixed-replace; boundary=picture')
    const brightness: number[] = []
    let bytes = Buffer.alloc(0)
    for await (const chunk of response.body ?? []) {
      bytes = Buffer.concat([bytes, chunk])
      const head = bytes.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/.exec(bytes.toString('latin1', 0, head))?.[1])
      if (head < 0 || bytes.length < head + 4 + length + 2) continue
      assert.match(bytes.toString('latin1', 0, head), /^--picture\r\ncontent-type: image\/jpeg\r\n/)
      const { channels } = await sharp(bytes.subarray(head + 4, head + 4 + length)).stats()
      brightness.push(channels[0]?.mean ?? 0)
      bytes = bytes.subarray(head + 4 + length + 2)
      if (brightness.length === 3) break
    }
    assert.equal(brightness.length, 3)
    assert.ok(brightness.every((value, i) => i === 0 || value > (brightness[i - 1] as number) + 10))
  })

  it('ends its streams when it goes offline', async () => {
    const response = await get('/stream?fps=30')
    faults.set('camera', 'offline', 60)
    await assert.rejects(response.arrayBuffer())
  })
})
