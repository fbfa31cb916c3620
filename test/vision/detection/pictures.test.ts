import assert from 'node:assert/strict'
import sharp from 'sharp'
import { cropPicture } from '../../../runtime/vision/detection/crop.ts'
import { InputWriter } from '../../../runtime/vision/detection/input-writer.ts'
import type { Pixels } from '../../../runtime/vision/detection/picture-decoder.ts'
import { boxInFrame, fitPicture, pointInFrame } from '../../../runtime/vision/detection/picture-fit.ts'
import { prepareFrame } from '../../../runtime/vision/detection/prepare-frame.ts'
import type { ModelInput } from '../../../runtime/vision/models/model-definition.ts'
import { jpegOf, redAndBlue } from './pictures.ts'

const input: ModelInput = {
  ...{ widthPx: 8, heightPx: 8, layout: 'nchw', channels: 'rgb', type: 'float32', fit: 'centred', padding: 114 },
}
const hd = { widthPx: 1280, heightPx: 720 }

describe("a picture in a model's input", () => {
  it('keeps its shape, in the middle or in the corner, or is stretched', () => {
    const yolo = { ...input, widthPx: 640, heightPx: 640 }
    const place = (fit: ModelInput['fit']) => {
      const { leftPx, topPx, widthPx, heightPx } = fitPicture({ ...yolo, fit }, hd)
      return [leftPx, topPx, widthPx, heightPx]
    }
    assert.deepEqual(place('centred'), [0, 140, 640, 360])
    assert.deepEqual(place('top-left'), [0, 0, 640, 360])
    assert.deepEqual(place('stretched'), [0, 0, 640, 640])
  })

  it('has a row even when it is a thousand times wider than high', () => {
    assert.equal(fitPicture(input, { widthPx: 5000, heightPx: 1 }).heightPx, 1)
  })

  it('leads back to the frame', () => {
    const fit = fitPicture({ ...input, widthPx: 640, heightPx: 640 }, hd)
    assert.deepEqual(pointInFrame(fit, 320, 320), [640, 360])
    assert.deepEqual(boxInFrame(fit, -10, 140, 100, 700), [0, 0, 200, 720])
    assert.equal(boxInFrame(fit, 0, 0, 640, 139), undefined)
  })

  it('is decoded to the place that it has there', async () => {
    const { fit, pixels, whole } = await prepareFrame(await jpegOf(redAndBlue(64, 32)), input, true)
    assert.deepEqual([fit.widthPx, fit.heightPx, fit.topPx], [8, 4, 2])
    assert.deepEqual(fit.frame, { widthPx: 64, heightPx: 32 })
    assert.equal(pixels.bytes.length, 8 * 4 * 3)
    assert.deepEqual([whole?.widthPx, whole?.heightPx], [64, 32])
    const [left, right] = [pixels.bytes.subarray(0, 3), pixels.bytes.subarray(21, 24)]
    assert.ok((left[0] ?? 0) > 200 && (left[2] ?? 0) < 50, `${left}`)
    assert.ok((right[0] ?? 0) < 50 && (right[2] ?? 0) > 200, `${right}`)
  })

  it('may be grey, or PNG, or come decoded already', async () => {
    const raw = redAndBlue(64, 32)
    const grey = await sharp(raw.bytes, { raw: { width: 64, height: 32, channels: 3 } })
      .greyscale()
      .jpeg()
      .toBuffer()
    const png = await sharp(raw.bytes, { raw: { width: 64, height: 32, channels: 3 } })
      .ensureAlpha()
      .png()
      .toBuffer()
    const size = { widthPx: 64, heightPx: 32 }
    for (const picture of [
      { format: 'jpeg', bytes: grey, ...size },
      { format: 'png', bytes: png, ...size },
      { format: 'rgb24', bytes: raw.bytes, ...size },
    ] as const) {
      assert.equal((await prepareFrame(picture, input, false)).pixels.bytes.length, 8 * 4 * 3)
    }
  })

  it('is refused when it is cut off, too large, or of another length than it should be', async () => {
    const jpeg = await jpegOf(redAndBlue(640, 320))
    const broken = { code: 'picture-broken' }
    await assert.rejects(prepareFrame({ ...jpeg, bytes: jpeg.bytes.subarray(0, 900) }, input, false), broken)
    await assert.rejects(prepareFrame({ ...jpeg, widthPx: 60_000, heightPx: 60_000 }, input, false), broken)
    await assert.rejects(prepareFrame({ ...jpeg, format: 'rgb24' }, input, false), broken)
  })
})

describe('the numbers that a model takes', () => {
  const two: Pixels = { widthPx: 2, heightPx: 1, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) }
  const small: ModelInput = { ...input, widthPx: 2, heightPx: 2, padding: 9 }
  const place = { leftPx: 0, topPx: 1, widthPx: 2, heightPx: 1 }
  const written = (of: Partial<ModelInput>, target: Float32Array | Uint8Array = new Float32Array(12)) => {
    new InputWriter({ ...small, ...of }, target).write(two, place)
    return [...target]
  }

  it('lie colour by colour, with padding around', () => {
    assert.deepEqual(written({}), [9, 9, 1, 4, 9, 9, 2, 5, 9, 9, 3, 6])
    assert.deepEqual(written({ channels: 'bgr' }), [9, 9, 3, 6, 9, 9, 2, 5, 9, 9, 1, 4])
  })

  it('or pixel by pixel', () => {
    assert.deepEqual(written({ layout: 'nhwc', channels: 'bgr' }), [9, 9, 9, 9, 9, 9, 3, 2, 1, 6, 5, 4])
    assert.deepEqual(
      written({ layout: 'nhwc', type: 'uint8' }, new Uint8Array(12)),
      [9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6],
    )
  })

  it('are normalised in the order of the channels, padding too', () => {
    const normalise = { mean: [9, 5, 1], deviation: [2, 1, 4] }
    assert.deepEqual(written({ channels: 'bgr', normalise }), [0, 0, -3, -1.5, 4, 4, -3, 0, 2, 2, 0, 0.75])
  })

  it('keep nothing of a picture of another shape', () => {
    const target = new Float32Array(12)
    const writer = new InputWriter(small, target)
    writer.write(two, place)
    writer.write(two, { ...place, topPx: 0 })
    assert.deepEqual([...target], [1, 4, 9, 9, 2, 5, 9, 9, 3, 6, 9, 9])
  })
})

describe('a box cut out of a picture', () => {
  it('is scaled to the size that is asked for', () => {
    const picture = redAndBlue(64, 32)
    const whole: Pixels = { ...picture, bytes: new Uint8Array(picture.bytes) }
    const { bytes } = cropPicture(whole, [28, 4, 8, 8], { widthPx: 4, heightPx: 2 })
    const row = [255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255]
    assert.deepEqual([...bytes], [...row, ...row])
  })

  it('stays within the picture at its edges', () => {
    const one: Pixels = { widthPx: 1, heightPx: 1, bytes: Uint8Array.of(7, 8, 9) }
    assert.deepEqual([...cropPicture(one, [0, 0, 1, 1], { widthPx: 2, heightPx: 1 }).bytes], [7, 8, 9, 7, 8, 9])
  })
})
