import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GuardOptions } from '../support/digest-guard.ts'
import { RtspCamera } from '../support/rtsp-camera.ts'
import { type Clip, hasFfmpeg, makeClip } from '../support/video-clips.ts'
import { until, type WatchedCamera, WatchedSource } from '../support/watched-source.ts'

const quick = { intervalMs: 50, answerWithinMs: 600, offlineMs: 600, frozenMs: 1000 }
const login: GuardOptions = { user: 'viewer', password: 'se:same 7' }
const secret = `${login.user}:${login.password}`

describe('a camera over RTSP', () => {
  let folder: string
  let h264: Clip
  let camera: RtspCamera | undefined
  let watched: WatchedSource | undefined

  before(async function () {
    if (!hasFfmpeg) {
      console.log('      (skipped: this machine has no ffmpeg to make and to decode video)')
      this.skip()
    }
    folder = await mkdtemp(join(tmpdir(), 'clips-'))
    h264 = makeClip(folder, 'h264')
  })

  after(async () => {
    if (folder) await rm(folder, { recursive: true })
  })

  afterEach(async () => {
    await watched?.stop()
    camera?.stop()
  })

  async function start(options: Partial<WatchedCamera> = {}, clip = h264, guard?: GuardOptions) {
    camera = new RtspCamera(clip, guard)
    await camera.start()
    watched = new WatchedSource({
      ...{ model: 'hanwha-wisenet', url: camera.url, ...options },
      changes: { ...quick, ...options.changes },
    })
    return { camera, watched }
  }

  it('gives pixels of H.264, with when each picture was taken', async () => {
    const { watched } = await start()
    await watched.until('online')
    const frames = await watched.more(5)
    for (const { format, widthPx, heightPx, bytes } of frames) {
      assert.deepEqual([format, widthPx, heightPx, bytes.length], ['rgb24', 160, 120, 160 * 120 * 3])
    }
    const taken = frames.map(({ takenAtMs }) => takenAtMs)
    assert.deepEqual(
      taken,
      taken.toSorted((a, b) => a - b),
    )
    assert.ok((watched.source.figures.latencyMs ?? -1) >= 0)
    // The first picture of ffmpeg's test pattern has a dark and a bright half: it is not all of one colour.
    assert.ok(new Set(frames[0]?.bytes).size > 50)
  })

  it('gives pixels of H.265, behind a login', async () => {
    const guard = { ...login, algorithm: 'SHA-256', qop: 'auth' } as const
    const { watched, camera } = await start({ login: secret }, makeClip(folder, 'h265'), guard)
    await watched.until('online')
    await watched.more(3)
    assert.equal(camera.guard?.refused, 0)
    await until('the session kept alive', () => camera.methods.includes('GET_PARAMETER'))
  })

  it('keeps login and address out of the list of processes and the environment of the decoder', async () => {
    const { watched } = await start({ login: secret }, h264, login)
    await watched.until('online')
    const decoders = childrenOf(process.pid).filter((pid) => commandLine(pid).includes('image2pipe'))
    assert.notEqual(decoders.length, 0)
    for (const pid of decoders) {
      const shown = commandLine(pid) + readFileSync(`/proc/${pid}/environ`, 'utf8')
      for (const word of ['se:same 7', 'viewer', '127.0.0.1', encodeURIComponent(login.password)]) {
        assert.ok(!shown.includes(word), shown)
      }
    }
    await watched.stop()
    await until('the end of the decoder', () => childrenOf(process.pid).every((pid) => !decoders.includes(pid)))
  })

  it('tries a wrong password once, and keeps it to itself', async () => {
    const { watched, camera } = await start({ login: 'viewer:wrong-password-7' }, h264, login)
    const reason = await watched.until('offline')
    assert.match(reason, /refuses user name or password/)
    assert.doesNotMatch(JSON.stringify(watched.health), /wrong-password-7/)
    assert.equal(camera.guard?.refused, 1)
  })

  it('says that the stream was cut, and finds it again', async () => {
    const { watched, camera } = await start()
    await watched.until('online')
    camera.faults.mute = true
    camera.cut()
    assert.match(await watched.until('late'), /it ended the connection/)
    await watched.until('offline', /did not answer|ended the connection|sends nothing/)
    assert.equal(watched.source.newest, undefined)
    camera.faults.mute = false
    camera.cut()
    await watched.until('online')
  })

  it('reaches a camera anew that is connected and sends nothing', async () => {
    const { watched, camera } = await start()
    await watched.until('online')
    camera.faults.silent = true
    await watched.until('offline')
    await until('another try', () => camera.connections > 1)
    camera.faults.silent = false
    await watched.until('online')
  })

  it('says that the stream is damaged, and goes on', async () => {
    const { watched, camera } = await start()
    await watched.until('online')
    camera.faults.garbled = true
    assert.match(await watched.until('noisy'), /the decoder says/)
    camera.faults = { lossEvery: 7 }
    await until('a damaged picture', () => watched.source.figures.damaged > 2)
    camera.faults = {}
    await watched.more(5)
  })

  it('goes on with pictures of another size, and says so', async () => {
    const { watched, camera } = await start()
    await watched.until('online')
    camera.clip = makeClip(folder, 'h264', '192x144')
    assert.match(await watched.until('drifting'), /from 160 × 120 to 192 × 144 pixels: calibrate/)
    assert.equal(watched.source.newest?.widthPx, 192)
  })

  it('says that a clock jumped, the one on its wall or that of its stream', async () => {
    const { watched, camera } = await start()
    await watched.until('online')
    await until('its clock', () => watched.source.figures.clockOffsetMs !== undefined)
    assert.ok(Math.abs(watched.source.figures.clockOffsetMs ?? 0) < 1000)
    camera.faults = { clockAheadMs: -7_200_000 }
    assert.match(await watched.until('drifting'), /clock jumped back by (7200|7199|7201)/)
    camera.faults = { clockAheadMs: -7_200_000, streamAheadMs: 3_000_000 }
    await watched.until('drifting', /clock jumped forward by (2999|300\d)/)
    const [frame] = await watched.more(1)
    assert.ok(Math.abs((frame?.takenAtMs ?? 0) - Date.now()) < 10_000)
  })

  it('says what to do where there is no ffmpeg', async () => {
    const { watched } = await start({ ffmpeg: join(folder, 'no-such-program') })
    assert.match(await watched.until('offline'), /apt-get install ffmpeg/)
  })

  it('says that the address is that of something else', async () => {
    camera = new RtspCamera(h264)
    await camera.start()
    const changes = { ...quick, offlineMs: 200 }
    watched = new WatchedSource({ model: 'rtsp-camera', url: `${camera.url}/elsewhere`, changes })
    assert.match(await watched.until('offline'), /answered DESCRIBE with "RTSP\/1.0 404 Not Found"/)
  })
})

const commandLine = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  )
}
