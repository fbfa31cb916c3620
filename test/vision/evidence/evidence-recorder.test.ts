/** Which pictures a review gets, and that nobody but the shopper can be told by them. */
import assert from 'node:assert/strict'
import sharp from 'sharp'
import { VirtualClock } from '../../../runtime/contract/clock.ts'
import { envelope, type WeightEvent } from '../../../runtime/contract/messages.ts'
import type { PointM, StoreLayout } from '../../../runtime/profile/layout.ts'
import { encodeJpeg } from '../../../runtime/twin/devices/jpeg.ts'
import type { Picture } from '../../../runtime/twin/render/canvas.ts'
import { type Figure, ownerOf } from '../../../runtime/twin/render/figure.ts'
import type { CameraView } from '../../../runtime/twin/render/pinhole.ts'
import type { BoxPx, Detection } from '../../../runtime/vision/detection.ts'
import { EvidenceRecorder } from '../../../runtime/vision/evidence/evidence-recorder.ts'
import { emptyRoom, rendererOf, standing } from '../../twin/render/stage.ts'

const widthPx = 640
const heightPx = 480
const view: CameraView = { positionM: [3, 1, 2.8], lookAtM: [3, 3.4, 0], widthPx, heightPx }
const layout: StoreLayout = {
  ...emptyRoom,
  fixtures: [{ id: 'f', positionM: [2.4, 4.2, 0], yawRad: 0, sizeM: [1.2, 0.45, 1.5] }],
  plates: [
    {
      ...{ id: 'p', fixture: 'f', shelf: 1, index: 1, positionM: [3, 4.4, 0.7], sizeM: [0.3, 0.4] },
      ...{ yawRad: 0, ratingG: 1e4 },
    },
  ],
}
const takenAtMs = 50_000
const places: Record<string, PointM> = { shopper: [3, 3.6], other: [4.1, 3.3], beside: [3.7, 3.5], close: [3.45, 3.2] }

/** Of each figure the pixels that are theirs. */
interface Scene {
  picture: Picture
  pixelsOf: Map<string, number[]>
  boxOf(name: string): BoxPx
}

function sceneWith(names: string[]): Scene {
  const renderer = rendererOf(view, layout)
  const figures = names.map((name): Figure => standing(name, places[name] as PointM))
  const { pixels } = renderer.render({ figures, stock: new Map(), exposure: 1 })
  const picture = { width: widthPx, height: heightPx, pixels: pixels.slice() }
  const parts = ['head', 'left hand', 'right hand', 'body'] as const
  const pixelsOf = new Map(
    names.map((name, i) => {
      const owners = new Set(parts.map((part) => ownerOf(i, part)))
      return [name, [...renderer.canvas.owner.entries()].filter(([, owner]) => owners.has(owner)).map(([at]) => at)]
    }),
  )
  const boxOf = (name: string): BoxPx => {
    const [xs, ys] = [(at: number) => at % widthPx, (at: number) => Math.floor(at / widthPx)].map((axis) =>
      (pixelsOf.get(name) ?? []).map(axis),
    ) as [number[], number[]]
    const [left, top] = [Math.min(...xs), Math.min(...ys)]
    return [left, top, Math.max(...xs) - left, Math.max(...ys) - top]
  }
  return { picture, pixelsOf, boxOf }
}

const weightEvent = (fields: Partial<WeightEvent> = {}): WeightEvent => ({
  ...{ type: 'weight-event', ...envelope('room', 1, takenAtMs), eventId: 'e-1', revision: 0, fixture: 'f' },
  ...{ plates: [{ plate: 'p', deltaG: -500 }], startedAtMs: takenAtMs - 300, settledAtMs: takenAtMs + 300 },
  ...{ deltaG: -500, sigmaG: 1, kind: 'removed', evidence: { noiseG: 1, swingG: 0, samples: 20 } },
  ...fields,
})

interface Seen {
  /** Whom tracking follows; null: it told of nobody at that time. */
  tracked: string[] | null
  detected: string[]
}

async function recorderOf(scene: Scene, { tracked, detected }: Seen): Promise<EvidenceRecorder> {
  const recorder = new EvidenceRecorder({
    layout,
    cameras: [{ id: 'cam', ...view }],
    clock: new VirtualClock(takenAtMs),
  })
  const bytes = await encodeJpeg(scene.picture)
  const frame = { ...{ id: 7, camera: 'cam', format: 'jpeg' as const, bytes, widthPx, heightPx, takenAtMs } }
  const detections = detected.map((name): Detection => {
    return { kind: 'person', label: 'person', score: 0.9, boxPx: scene.boxOf(name) }
  })
  recorder.looked(frame, { ...{ camera: 'cam', frameId: 7, takenAtMs, widthPx, heightPx }, detections })
  const people = (tracked ?? []).map((name) => {
    const [x, y] = places[name] as PointM
    return { trackId: name, headM: [x, y, 1.7] as [number, number, number], handsM: [], score: 0.9 }
  })
  const seenAtMs = tracked ? takenAtMs : takenAtMs - 5000
  recorder.people({ type: 'people', source: 'ceiling', seenAtMs, receivedAtMs: seenAtMs, people })
  return recorder
}

async function shownOf(scene: Scene, seen: Seen): Promise<Uint8Array | null> {
  const recorder = await recorderOf(scene, seen)
  recorder.weightEvent(weightEvent())
  const [picture] = await recorder.pictures({ eventIds: ['e-1'], personIds: ['shopper'] })
  if (!picture) return null
  return new Uint8Array(await sharp(Buffer.from(picture.jpeg, 'base64')).raw().toBuffer())
}

/** How much detail there is at somebody's pixels: mean difference between neighbours. */
function detailAt(pixels: Uint8Array, scene: Scene, name: string): number {
  const own = new Set(scene.pixelsOf.get(name))
  let [sum, count] = [0, 0]
  for (const at of own) {
    if (!own.has(at + 1)) continue
    for (let channel = 0; channel < 3; channel++) {
      sum += Math.abs((pixels[3 * at + channel] as number) - (pixels[3 * (at + 1) + channel] as number))
    }
    count += 3
  }
  assert.ok(count > 500, `${name} is hardly in the picture`)
  return sum / count
}

/** Mean difference of somebody's pixels from those of the camera. */
function changeAt(pixels: Uint8Array, scene: Scene, name: string): number {
  const own = scene.pixelsOf.get(name) ?? []
  const off = own.map((at) => Math.abs((pixels[3 * at] as number) - (scene.picture.pixels[3 * at] as number)))
  return off.reduce((sum, one) => sum + one, 0) / off.length
}

function assertBlurred(pixels: Uint8Array, scene: Scene, name: string): void {
  const [before, after] = [detailAt(scene.picture.pixels, scene, name), detailAt(pixels, scene, name)]
  assert.ok(after < 0.45 * before, `${name} has ${after} of ${before} detail left`)
  assert.ok(changeAt(pixels, scene, name) > 8, `${name} looks as in the camera's picture`)
}

const assertShown = (pixels: Uint8Array, scene: Scene, name: string) =>
  assert.ok(changeAt(pixels, scene, name) < 8, `${name} is changed by ${changeAt(pixels, scene, name)}`)

describe('a picture for a review', () => {
  let scene: Scene
  before(() => {
    scene = sceneWith(['shopper', 'other'])
  })

  it('shows the shopper, and blurs everybody else', async () => {
    const pixels = await shownOf(scene, { tracked: ['shopper', 'other'], detected: ['shopper', 'other'] })
    assert.ok(pixels)
    assertShown(pixels, scene, 'shopper')
    assertBlurred(pixels, scene, 'other')
  })

  it('blurs whom only the detector noticed, whom only tracking knows of, and whom nobody noticed', async () => {
    const ways: Seen[] = [
      { tracked: ['shopper'], detected: ['shopper', 'other'] },
      { tracked: ['shopper', 'other'], detected: ['shopper'] },
      { tracked: ['shopper'], detected: ['shopper'] },
    ]
    for (const seen of ways) {
      const pixels = await shownOf(scene, seen)
      assert.ok(pixels)
      assertBlurred(pixels, scene, 'other')
    }
  })

  it('blurs who stands beside the shopper, also where their places in the picture overlap', async () => {
    const scene = sceneWith(['shopper', 'beside'])
    const pixels = await shownOf(scene, { tracked: ['shopper', 'beside'], detected: ['shopper', 'beside'] })
    assert.ok(pixels)
    assertBlurred(pixels, scene, 'beside')
  })

  it('is none where somebody stands before the shopper', async () => {
    const scene = sceneWith(['shopper', 'close'])
    assert.equal(await shownOf(scene, { tracked: ['shopper', 'close'], detected: ['shopper', 'close'] }), null)
  })

  it('is none where the shopper was not followed at that time', async () => {
    assert.equal(await shownOf(scene, { tracked: null, detected: ['shopper', 'other'] }), null)
    assert.equal(await shownOf(scene, { tracked: ['other'], detected: ['shopper', 'other'] }), null)
  })

  it('is none of an event that was taken back, of a gap, or of another event', async () => {
    const recorder = await recorderOf(scene, { tracked: ['shopper'], detected: ['shopper'] })
    recorder.weightEvent(weightEvent({ eventId: 'e-gap', kind: 'gap' }))
    recorder.weightEvent(weightEvent())
    const ask = (eventId: string) => recorder.pictures({ eventIds: [eventId], personIds: ['shopper'] })
    assert.equal((await ask('e-1')).length, 1)
    assert.deepEqual(await Promise.all(['e-gap', 'e-2'].map(ask)), [[], []])
    recorder.weightEvent(weightEvent({ revision: 1, kind: 'withdrawn' }))
    assert.deepEqual(await ask('e-1'), [])
  })

  it('is none of what happened where no picture was taken', async () => {
    const recorder = await recorderOf(scene, { tracked: ['shopper'], detected: ['shopper'] })
    recorder.weightEvent(weightEvent({ startedAtMs: takenAtMs - 9000, settledAtMs: takenAtMs - 8000 }))
    assert.deepEqual(await recorder.pictures({ eventIds: ['e-1'], personIds: ['shopper'] }), [])
  })
})
