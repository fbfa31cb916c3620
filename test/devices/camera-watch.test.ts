import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { join } from 'node:path'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import { CameraWatch } from '../../runtime/devices/camera-watch.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { Camera } from '../../runtime/devices/definition-schema.ts'
import type { HealthReport } from '../../runtime/devices/health-report.ts'
import { listen } from '../../runtime/program/listen.ts'

const clock = new SystemClock()
const catalogue = await loadDeviceDefinitions(join(import.meta.dirname, '../../hardware-profiles/devices'))
const definition: Camera = {
  ...(catalogue.get('http-camera') as Camera),
  intervalMs: 100,
  answerWithinMs: 200,
  offlineMs: 400,
  frozenMs: 500,
  maxBytes: 5000,
}
const jpeg = (content: number) => Buffer.from([0xff, 0xd8, 0xff, 0xe0, content >> 8, content & 255])

describe('watching a camera', () => {
  let server: Server
  let watch: CameraWatch
  let health: HealthReport[]
  let answer: RequestListener
  let frame = 0
  const living: RequestListener = (_request, response) => void response.end(jpeg(++frame))

  async function start(changes: Partial<Camera> = {}, login?: string) {
    server = createServer((request, response) => answer(request, response))
    const port = await listen(server, { host: '127.0.0.1', port: 0, what: 'the test' })
    health = []
    watch = new CameraWatch({
      device: 'camera-1',
      definition: { ...definition, ...changes },
      url: `http://127.0.0.1:${port}/snap.jpg`,
      login,
      clock,
      wireClock: clock,
      onHealth: (report) => health.push(report),
    })
    watch.start()
  }

  async function until(state: string) {
    for (let waitedMs = 0; waitedMs < 5000; waitedMs += 10) {
      if (health.at(-1)?.state === state) return health.at(-1)?.reason ?? ''
      await sleep(clock, 10)
    }
    return assert.fail(`it never was ${state}, but ${health.map((report) => report.state).join(', ')}`)
  }

  afterEach(async () => {
    await watch.stop()
    server.closeAllConnections()
    server.close()
  })

  it('keeps the newest picture', async () => {
    answer = living
    await start()
    await until('online')
    assert.equal(watch.picture?.contentType, 'image/jpeg')
    assert.deepEqual(watch.picture?.bytes, jpeg(frame))
  })

  it('says that a picture is frozen, and when it moves again', async () => {
    answer = (_request, response) => void response.end(jpeg(7))
    await start()
    assert.match(await until('stuck'), /has not changed/)
    answer = living
    await until('online')
  })

  it('says that a camera is gone, shows no old picture, and finds it again', async () => {
    answer = living
    await start()
    await until('online')
    answer = (request) => void request.socket.destroy()
    await until('late')
    await until('offline')
    assert.equal(watch.picture, undefined)
    answer = living
    await until('online')
  })

  it('says what is wrong with what it got', async () => {
    const wrong: [RequestListener, RegExp][] = [
      [(_request, response) => void response.writeHead(404).end(), /status 404/],
      [(_request, response) => void response.end('<html>'), /neither JPEG nor PNG/],
      [
        (_request, response) => void response.end(Buffer.concat([jpeg(1), Buffer.alloc(9000)])),
        /larger than 5000 bytes/,
      ],
      [(_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /no picture/],
      [() => {}, /aborted due to timeout/],
    ]
    for (const [listener, reason] of wrong) {
      answer = listener
      await start()
      assert.match(await until('offline'), reason)
      await watch.stop()
      server.closeAllConnections()
      server.close()
    }
  })

  it('logs in where the definition says so, and never elsewhere', async () => {
    const seen: (string | undefined)[] = []
    answer = (request, response) => {
      seen.push(request.headers.authorization)
      response.end(jpeg(++frame))
    }
    await start({ authentication: 'basic' }, 'user:word')
    await until('online')
    assert.equal(seen[0], `Basic ${Buffer.from('user:word').toString('base64')}`)
    await watch.stop()
    seen.length = 0
    server.close()
    await start({ authentication: 'none' }, 'user:word')
    await until('online')
    assert.equal(seen[0], undefined)
  })
})
