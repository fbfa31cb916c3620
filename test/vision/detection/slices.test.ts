import assert from 'node:assert/strict'
import { FrameDetector } from '../../../runtime/vision/detection/frame-detector.ts'
import { boxInFrame, fitPicture, pointInFrame } from '../../../runtime/vision/detection/picture-fit.ts'
import { prepareFrame } from '../../../runtime/vision/detection/prepare-frame.ts'
import { SlicePlan } from '../../../runtime/vision/detection/slice-plan.ts'
import { isCut, mergeLooks, originOf, sliceFits } from '../../../runtime/vision/detection/slices.ts'
import type { BoxPx, Detection } from '../../../runtime/vision/detection.ts'
import { jpegOf, redAndBlue } from './pictures.ts'
import { personAnswer, tinyModel, tinyYolox } from './tiny-models.ts'

const input = { ...tinyYolox.input, widthPx: 320, heightPx: 240 }
const hd = { widthPx: 1280, heightPx: 720 }
const [quarter] = sliceFits(fitPicture(input, hd), [[0.5, 0.25]])
const person = (score: number, boxPx: BoxPx): Detection => ({ kind: 'person', label: 'person', score, boxPx })

describe('a slice of a picture', () => {
  it('lies in the input as the whole does, and leads back to its part of the frame', () => {
    assert.ok(quarter)
    assert.deepEqual([quarter.widthPx, quarter.heightPx], [320, 180])
    assert.deepEqual(pointInFrame(quarter, 0, 0), [640, 180])
    assert.deepEqual(pointInFrame(quarter, 320, 180), [1280, 540])
    assert.deepEqual(boxInFrame(quarter, -5, 90, 160, 300), [640, 360, 320, 180])
  })

  it('is a part of the pixels that all slices are cut from', () => {
    assert.ok(quarter)
    assert.deepEqual(originOf(quarter, { widthPx: 640, heightPx: 360, bytes: new Uint8Array() }), [320, 90])
  })

  it('does not tell of what goes on beyond its edge, unless that is the picture’s own', () => {
    assert.ok(quarter)
    assert.equal(isCut([700, 200, 50, 100], quarter), false)
    assert.equal(isCut([641, 200, 50, 100], quarter), true)
    assert.equal(isCut([700, 200, 50, 340], quarter), true)
    assert.equal(isCut([1200, 200, 80, 100], quarter), false)
  })
})

describe('what several looks at one picture found', () => {
  it('is told once, as the surest saw it', () => {
    const [weak, sure, other] = [
      person(0.3, [100, 100, 40, 90]),
      person(0.8, [104, 98, 40, 95]),
      person(0.4, [300, 100, 40, 90]),
    ]
    assert.deepEqual(mergeLooks([[weak, other], [sure]]), [other, sure])
    assert.deepEqual(mergeLooks([[sure, other], [weak]]), [sure, other])
  })

  it('may be two who one look saw over each other', () => {
    const [front, behind] = [person(0.9, [100, 100, 40, 90]), person(0.6, [110, 95, 40, 90])]
    assert.deepEqual(mergeLooks([[front, behind], []]), [front, behind])
  })

  it('comes from the whole and from each slice', async () => {
    const models = { detector: { definition: tinyYolox, file: 'tiny.onnx', bytes: tinyModel(personAnswer) } }
    const detector = await FrameDetector.open(models, { providers: ['cpu'], threads: 1 })
    const prepared = await prepareFrame(await jpegOf(redAndBlue(128, 128)), tinyYolox.input, false, [
      [0, 0],
      [0.5, 0],
      [0, 0.25],
    ])
    const found = await detector.detect(prepared)
    await detector.close()
    // The third slice has cut off what it shows at its upper edge.
    assert.deepEqual(
      found.filter(({ kind }) => kind === 'person').map(({ boxPx }) => boxPx.map(Math.round)),
      [
        [80, 0, 32, 64],
        [40, 0, 16, 32],
        [104, 0, 16, 32],
      ],
    )
  })
})

describe('where slices are worth their inference', () => {
  const lens = { pictureSizePx: [1280, 720] as [number, number], focalPx: 490 }
  type Camera = ConstructorParameters<typeof SlicePlan>[0]['cameras'][number]
  const corner = (id: string, x: number, y: number): Camera => ({
    id,
    positionM: [x, y, 2.8],
    lookAtM: [5, 4, 0.6],
    lens,
  })
  const corners = [corner('a', 0.3, 0.3), corner('b', 9.7, 7.7)]
  /** Looking down, each place in the pictures of several. */
  const above = [1, 2.5, 4, 5.5, 7, 8.5].flatMap((x) =>
    [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5].map(
      (y): Camera => ({ id: `${x} ${y}`, positionM: [x, y, 3], lookAtM: [x, y + 0.1, 0], lens }),
    ),
  )
  const planOf = (cameras: readonly Camera[], fixtures: Wall[] = []) =>
    new SlicePlan({ cameras, layout: { floorM: [10, 8], fixtures }, input })
  type Wall = { id: string; positionM: [number, number, number]; yawRad: number; sizeM: [number, number, number] }

  it('is far from a camera in a corner, where no two others are nearer', () => {
    const slices = planOf(corners).slicesOf('a', hd)
    assert.ok(slices.length > 0 && slices.length <= 3, JSON.stringify(slices))
    assert.deepEqual(planOf([...corners, ...above]).slicesOf('a', hd), [])
  })

  it('is nowhere below cameras that look down', () => {
    for (const { id } of above) assert.deepEqual(planOf(above).slicesOf(id, hd), [])
  })

  it('is nowhere in pictures that have no more to show', () => {
    assert.deepEqual(planOf(corners).slicesOf('a', { widthPx: 320, heightPx: 180 }), [])
  })

  it('is not behind a wall', () => {
    const wall: Wall = { id: 'wall', positionM: [1.2, 0, 0], yawRad: Math.PI / 2, sizeM: [10, 0.1, 2.8] }
    const around: Wall = { id: 'around', positionM: [0, 1.2, 0], yawRad: 0, sizeM: [10, 0.1, 2.8] }
    assert.deepEqual(planOf(corners, [wall, around]).slicesOf('a', hd), [])
  })
})
