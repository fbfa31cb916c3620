/** Real models on real pictures, which the platform does not ship: where this machine has none, this is skipped. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { FrameDetector } from '../../../runtime/vision/detection/frame-detector.ts'
import type { Picture } from '../../../runtime/vision/detection/picture-decoder.ts'
import { prepareFrame } from '../../../runtime/vision/detection/prepare-frame.ts'
import type { Detection } from '../../../runtime/vision/detection.ts'
import type { Detector } from '../../../runtime/vision/models/model-definition.ts'
import { readModel } from '../../../runtime/vision/models/model-file.ts'
import { loadModelDefinitions } from '../../../runtime/vision/models/model-library.ts'
import { hasFfmpeg } from '../support/video-clips.ts'

const models = process.env.VISION_MODELS ?? fileURLToPath(new URL('../../../../shared/models', import.meta.url))
const media = (name: string) => join(models, 'media', name)
const definitions = fileURLToPath(new URL('../../../hardware-profiles/models', import.meta.url))

describe('real models', function () {
  // An inference takes 50 ms, and on a loaded machine a second.
  this.timeout(60_000)
  let open: FrameDetector[] = []

  before(function () {
    if (existsSync(models)) return
    console.log(`      skipped: there are no models in ${models} (VISION_MODELS names another folder)`)
    this.skip()
  })
  afterEach(async () => {
    await Promise.all(open.map((detector) => detector.close()))
    open = []
  })

  async function detector(id: string, file: string, withLooks = false) {
    const library = await loadModelDefinitions(definitions)
    const loaded = async <D extends Detector | ReturnType<typeof library.of>>(definition: D, name: string) => {
      const use = { definition, file: join(models, name) }
      return { ...use, bytes: await readModel(use) }
    }
    const looks = withLooks && library.of('person-reid-retail-0287', 'embed')
    const found = await FrameDetector.open(
      {
        detector: await loaded(library.of(id, 'detect'), file),
        ...(looks && { embedder: await loaded(looks, 'person-reid-retail-0287.onnx') }),
      },
      { providers: ['cpu'], threads: 1 },
    )
    open.push(found)
    const { input } = library.of(id, 'detect')
    return async (picture: Picture) => {
      const detections = await found.detect(await prepareFrame(picture, input, withLooks))
      return detections.filter(({ score }) => score >= 0.5)
    }
  }

  const yolox = (withLooks = false) => detector('yolox-nano-416', 'yolox_nano_416.onnx', withLooks)

  async function jpeg(name: string): Promise<Picture> {
    return pictureOf(await readFile(media(name)))
  }

  async function pictureOf(bytes: Buffer): Promise<Picture> {
    const { width, height, format } = await sharp(bytes).metadata()
    return { format: format === 'png' ? 'png' : 'jpeg', bytes, widthPx: width, heightPx: height }
  }

  const middles = (detections: readonly Detection[], kind: Detection['kind'] = 'person') =>
    detections.filter((each) => each.kind === kind).map(({ boxPx: [left, , width] }) => Math.round(left + width / 2))

  it('YOLOX-nano finds the two people of each picture, where they are', async () => {
    const detect = await yolox()
    const near = (found: number[], wanted: number[]) => {
      assert.equal(found.length, wanted.length, `${found}`)
      for (const [i, at] of found.sort((a, b) => a - b).entries())
        assert.ok(Math.abs(at - (wanted[i] ?? 0)) < 25, `${found}`)
    }
    near(middles(await detect(await jpeg('jetson_humans_0.jpg'))), [161, 277])
    near(middles(await detect(await jpeg('jetson_peds_2.jpg'))), [17, 404])
  })

  it('the light person detector finds them, too', async () => {
    const detect = await detector('light-person-192', 'light_person_detector.onnx')
    assert.equal((await detect(await jpeg('jetson_humans_0.jpg'))).length, 2)
  })

  it('YOLOX-nano finds two or three shoppers in the clip of an aisle, who look like themselves', async () => {
    const detect = await yolox(true)
    const { pages = 1 } = await sharp(media('store-aisle-detection.gif')).metadata()
    let last: Detection[] = []
    for (let page = 0; page < pages; page += Math.ceil(pages / 8)) {
      const found = await detect(
        await pictureOf(await sharp(media('store-aisle-detection.gif'), { page }).png().toBuffer()),
      )
      const people = found.filter(({ kind }) => kind === 'person')
      assert.ok(people.length >= 2 && people.length <= 4, `${people.length} on page ${page}`)
      for (const { appearance } of people) {
        assert.equal(appearance?.length, 256)
        assert.ok(Math.abs(Math.hypot(...(appearance ?? [])) - 1) < 1e-4)
      }
      last = people
    }
    const [one, other] = last
    assert.ok(alike(one, one) > 0.99)
    assert.ok(alike(one, other) < 0.6, `${alike(one, other)}`)
  })

  it('YOLOX-nano finds the bottles', async function () {
    if (!hasFfmpeg) {
      console.log('      skipped: there is no ffmpeg here, which takes the clip apart')
      this.skip()
    }
    const folder = await mkdtemp(join(tmpdir(), 'bottles-'))
    try {
      const frames = ['-vf', 'fps=1/2', '-frames:v', '6', join(folder, '%02d.jpg')]
      execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-i', media('bottle-detection.mp4'), ...frames])
      const detect = await yolox()
      const scores: number[] = []
      for (const name of (await readdir(folder)).sort()) {
        const found = await detect(await pictureOf(await readFile(join(folder, name))))
        scores.push(Math.max(0, ...found.filter(({ label }) => label === 'bottle').map(({ score }) => score)))
      }
      assert.ok(scores.filter((score) => score > 0.8).length >= scores.length / 2, `${scores}`)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

/** Cosine of two vectors of length 1. */
function alike(a: Detection | undefined, b: Detection | undefined): number {
  const [one, other] = [a, b].map((each) => Array.from(each?.appearance ?? [])) as [number[], number[]]
  return one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0)
}
