import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SystemClock } from '../../../runtime/contract/clock.ts'
import { loadDeviceDefinitions } from '../../../runtime/devices/catalogue.ts'
import type { HealthReport } from '../../../runtime/devices/health-report.ts'
import { usualDecoder } from '../../../runtime/vision/sources/camera-capture.ts'
import type { Capture, CapturedPicture, Frame } from '../../../runtime/vision/sources/frame-source.ts'
import { pictureFolder } from '../../../runtime/vision/sources/picture-folder.ts'
import { profileCamera } from '../../../runtime/vision/sources/profile-camera.ts'
import { videoFile } from '../../../runtime/vision/sources/video-file.ts'
import { waitFor } from '../../till/support/wait.ts'
import { smallJpegs } from '../support/small-jpegs.ts'
import { hasFfmpeg } from '../support/video-clips.ts'

const wireClock = new SystemClock()
const startMs = 1_760_000_000_000
const definitions = loadDeviceDefinitions(join(import.meta.dirname, '../../../hardware-profiles/devices'))

async function captured(capture: Capture, end = new AbortController(), most = Number.POSITIVE_INFINITY) {
  const pictures: CapturedPicture[] = []
  const damaged: string[] = []
  let busy = false
  await capture(
    {
      async picture(picture) {
        assert.equal(busy, false, 'the file did not wait')
        busy = true
        pictures.push(picture)
        if (pictures.length >= most) end.abort()
        await new Promise((resolve) => setImmediate(resolve))
        busy = false
      },
      damaged: (reason) => void damaged.push(reason),
      cameraClock: () => {},
      clockJumped: () => {},
    },
    end.signal,
  )
  return { pictures, damaged }
}

describe('files in place of a camera', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pictures-'))
  })

  afterEach(() => rm(folder, { recursive: true }))

  it('are pictures of a folder in the order of their names, damaged ones told of', async () => {
    await writeFile(join(folder, 'b.jpg'), smallJpegs[1] as Buffer)
    await writeFile(join(folder, 'a.JPEG'), smallJpegs[0] as Buffer)
    await writeFile(join(folder, 'c.png'), 'none')
    await writeFile(join(folder, 'notes.txt'), 'none')
    const options = { path: folder, intervalMs: 100, startMs, wireClock }
    const { pictures, damaged } = await captured(pictureFolder({ ...options, play: 'once' }))
    assert.deepEqual(
      pictures.map(({ bytes, takenAtWireMs, widthPx }) => [bytes, takenAtWireMs, widthPx]),
      [
        [smallJpegs[0], startMs, 32],
        [smallJpegs[1], startMs + 100, 32],
      ],
    )
    assert.match(damaged.join(), /neither JPEG nor PNG/)
    const again = await captured(pictureFolder({ ...options, intervalMs: 1, play: 'live' }), new AbortController(), 5)
    assert.ok(again.pictures.length >= 5)
  })

  it('are refused where there are none', async () => {
    await assert.rejects(captured(pictureFolder({ path: folder, intervalMs: 100, play: 'once', wireClock })), {
      code: 'picture-unusable',
    })
  })

  it('are the pictures of a video, scaled, at its own times, waiting for whoever takes them', async function () {
    if (!hasFfmpeg) return this.skip()
    const path = join(folder, 'clip.mp4')
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10', '-frames:v', '20']
    execFileSync('ffmpeg', ['-v', 'error', ...source, '-c:v', 'mpeg4', path])
    const decoder = { ...usualDecoder, fitIn: { widthPx: 160, heightPx: 160 } }
    const options = { path, decoder, startMs, wireClock, play: 'once' } as const
    const { pictures } = await captured(videoFile({ ...options, intervalMs: 200 }))
    assert.deepEqual(
      pictures.map(({ takenAtWireMs }) => takenAtWireMs - startMs),
      Array.from({ length: 10 }, (_, i) => 200 * i),
    )
    assert.deepEqual([pictures[0]?.widthPx, pictures[0]?.heightPx], [160, 90])
    const stopped = await captured(videoFile({ ...options, intervalMs: 100 }), new AbortController(), 3)
    assert.ok(stopped.pictures.length < 20)
  })

  /** A device of a profile, until it has said something of which this is true. */
  async function watched<T>(
    definition: string,
    path: string,
    of: (said: { frames: Frame[]; health: HealthReport[] }) => T,
  ) {
    const said = { frames: [] as Frame[], health: [] as HealthReport[] }
    const source = profileCamera(
      { id: 'camera-1', definition, address: { transport: 'file', path } },
      {
        ...{ catalogue: await definitions, secrets: {}, clock: wireClock, wireClock },
        onFrame: (frame) => void said.frames.push(frame),
        onHealth: (report) => void said.health.push(report),
      },
    )
    source.start()
    try {
      await waitFor(`what ${definition} gives`, () => of(said))
    } finally {
      await source.stop()
    }
    return said
  }

  it('are cameras of a profile: a folder', async () => {
    await writeFile(join(folder, 'a.jpg'), smallJpegs[0] as Buffer)
    const { frames } = await watched('picture-folder', folder, (said) => said.frames.length > 0)
    assert.deepEqual(frames[0]?.bytes, smallJpegs[0])
  })

  it('are cameras of a profile: a video', async function () {
    if (!hasFfmpeg) return this.skip()
    const path = join(folder, 'a clip.mp4')
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10', '-frames:v', '5']
    execFileSync('ffmpeg', ['-v', 'error', ...source, '-c:v', 'mpeg4', path])
    // More than are in it: it is played again.
    const { frames } = await watched('video-file', path, (said) => said.frames.length > 6)
    assert.deepEqual([frames[0]?.widthPx, frames[0]?.heightPx], [320, 180])
  })

  it('are offline, with the reason, where there is none', async () => {
    const missing = join(folder, 'nowhere')
    const { health } = await watched('picture-folder', missing, (said) => said.health.length > 0)
    assert.equal(health[0]?.state, 'offline')
    assert.match(health[0]?.reason ?? '', /no such file/)
  })
})
