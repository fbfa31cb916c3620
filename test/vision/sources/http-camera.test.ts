import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import type { GuardOptions } from '../support/digest-guard.ts'
import { HttpCamera } from '../support/http-camera.ts'
import { smallJpegs } from '../support/small-jpegs.ts'
import { until, type WatchedCamera, WatchedSource } from '../support/watched-source.ts'

const quick = { intervalMs: 40, answerWithinMs: 150, offlineMs: 300, frozenMs: 300, maxBytes: 5000 }
const login: GuardOptions = { user: 'viewer', password: 'open: "sesame" é' }
const secret = `${login.user}:${login.password}`
const oneAndTheSame = () => smallJpegs[3] as Buffer

describe('a camera over HTTP', () => {
  let camera: HttpCamera
  let watched: WatchedSource

  async function start(options: Partial<WatchedCamera> = {}, guard?: GuardOptions) {
    camera = new HttpCamera(guard)
    await camera.start()
    watch(options)
  }

  function watch(options: Partial<WatchedCamera>) {
    watched = new WatchedSource({
      model: 'http-camera',
      url: camera.url,
      ...options,
      changes: { ...quick, ...options.changes },
    })
  }

  afterEach(async () => {
    await watched.stop()
    camera.stop()
  })

  for (const { model, name } of [
    { model: 'http-camera', name: 'snapshots' },
    { model: 'axis-mjpeg', name: 'MJPEG' },
  ]) {
    describe(`that gives ${name}`, () => {
      it('keeps the newest picture, with its size', async () => {
        await start({ model })
        await watched.until('online')
        const newest = watched.source.newest
        assert.equal(newest?.format, 'jpeg')
        assert.deepEqual([newest?.widthPx, newest?.heightPx], [32, 24])
        assert.ok(smallJpegs.some((picture) => picture.equals(newest?.bytes ?? Buffer.alloc(0))))
      })

      it('says that a picture is damaged, and goes on', async () => {
        await start({ model })
        await watched.until('online')
        const whole = camera.picture
        camera.picture = () => whole().subarray(0, 200)
        const told = model === 'axis-mjpeg' ? 'noisy' : 'late'
        assert.match(await watched.until(told), /damaged/)
        camera.picture = whole
        await watched.more(2)
      })

      for (const guard of [
        { ...login, algorithm: 'SHA-256', qop: 'auth', usesOfANonce: 2 },
        { ...login, algorithm: 'MD5', qop: 'auth' },
        { ...login },
      ] as const) {
        const kind = [guard.algorithm ?? 'RFC 2069', ...('usesOfANonce' in guard ? ['nonces that grow old'] : [])]
        it(`logs in by digest (${kind.join(', ')})`, async () => {
          await start({ model, login: secret }, guard)
          await watched.more(3)
          assert.equal(camera.guard?.refused, 0)
        })
      }

      it('tries a wrong password once, says so at once, and keeps it to itself', async () => {
        await start({ model, login: 'viewer:wrong-password-7' }, { ...login, qop: 'auth' })
        const reason = await watched.until('offline', /refuses user name or password/)
        assert.match(reason, /aisle secret set/)
        assert.doesNotMatch(JSON.stringify(watched.health), /wrong-password-7/)
        await new Promise((resolve) => setTimeout(resolve, 400))
        assert.equal(camera.guard?.refused, 1)
      })

      it('says that it needs a login', async () => {
        await start({ model }, login)
        assert.match(await watched.until('offline'), /asks for a login and the profile names none/)
      })
    })
  }

  it('says that a picture is frozen, and when it moves again', async () => {
    await start()
    const moving = camera.picture
    camera.picture = oneAndTheSame
    assert.match(await watched.until('stuck'), /has not changed/)
    camera.picture = moving
    await watched.until('online')
  })

  it('says that a camera is gone, shows no old picture, and finds it again', async () => {
    await start()
    await watched.until('online')
    camera.answer = (request) => void request.socket.destroy()
    camera.cut()
    await watched.until('late')
    await watched.until('offline')
    assert.equal(watched.source.newest, undefined)
    camera.answer = undefined
    await watched.until('online')
  })

  it('reaches a camera anew that is connected and sends nothing', async () => {
    await start()
    await watched.until('online')
    camera.answer = () => {}
    camera.cut()
    await watched.until('offline')
    const before = camera.requests
    await until('another try', () => camera.requests > before)
  })

  it('says what is wrong with what it got', async () => {
    const wrong: [RequestListener, RegExp][] = [
      [(_request, response) => void response.writeHead(404).end(), /status 404/],
      [(_request, response) => void response.end('<html>'), /neither JPEG nor PNG/],
      [
        (_request, response) => void response.end(Buffer.concat([oneAndTheSame(), Buffer.alloc(9000)])),
        /larger than 5000 bytes/,
      ],
      [(_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /no picture/],
      [() => {}, /aborted due to timeout/],
    ]
    camera = new HttpCamera()
    await camera.start()
    for (const [listener, reason] of wrong) {
      camera.answer = listener
      watch({})
      assert.match(await watched.until('offline'), reason)
      await watched.stop()
    }
  })

  it('sends a Basic login where the definition says so, and never elsewhere', async () => {
    const seen: (string | undefined)[] = []
    camera = new HttpCamera()
    await camera.start()
    camera.answer = (request, response) => {
      seen.push(request.headers.authorization)
      response.end(camera.picture())
    }
    for (const authentication of ['basic', 'digest-or-basic', 'digest', 'none'] as const) {
      watch({ changes: { authentication }, login: 'user:word' })
      await watched.until('online')
      await watched.stop()
      const expected = `Basic ${Buffer.from('user:word').toString('base64')}`
      assert.equal(seen.splice(0)[0], authentication === 'basic' ? expected : undefined)
    }
  })

  it('does not give a password in clear to whoever asks, where digest is demanded', async () => {
    await start({ login: 'user:word', changes: { authentication: 'digest' } })
    camera.answer = (_request, response) =>
      void response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end()
    assert.match(await watched.until('offline'), /another login than digest/)
  })

  it('says that its clock jumped', async () => {
    await start()
    let aheadMs = 0
    camera.answer = (_request, response) => {
      response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString())
      response.end(camera.picture())
    }
    await watched.until('online')
    aheadMs = 3_600_000
    assert.match(await watched.until('drifting'), /clock jumped forward by (3599|360\d)/)
    assert.ok(Math.abs((watched.source.figures.clockOffsetMs ?? 0) - aheadMs) < 5000)
  })

  it('reads MJPEG without lengths, up to the next boundary', async () => {
    camera = new HttpCamera()
    camera.withLength = false
    await camera.start()
    watch({ model: 'axis-mjpeg' })
    const frames = await watched.more(3)
    for (const frame of frames) assert.ok(smallJpegs.some((picture) => picture.equals(frame.bytes)))
  })
})
