import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Point3DM } from '../../../runtime/profile/layout.ts'
import { CameraModel, type CameraPose } from '../../../runtime/vision/camera-model/camera-model.ts'

const size: [number, number] = [1280, 720]
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const lens = fc.oneof(
  fc.constant(undefined),
  fc.record({
    pictureSizePx: fc.constant(size),
    focalPx: between(400, 1200),
    distortion: fc.tuple(between(-0.3, 0.1), between(-0.02, 0.08), between(-0.003, 0.003), between(-0.003, 0.003)),
  }),
  fc.record({
    kind: fc.constant('fisheye' as const),
    pictureSizePx: fc.constant(size),
    focalPx: between(250, 600),
    distortion: fc.tuple(between(-0.05, 0.05), between(-0.01, 0.01)),
  }),
)
const pose = fc
  .record({
    positionM: fc.tuple(between(0, 8), between(0, 6), between(2.3, 4)),
    aside: fc.tuple(between(-3, 3), between(-3, 3)),
    rollRad: between(-3, 3),
    lens,
  })
  .map(({ positionM, aside, rollRad, lens: given }): CameraPose => {
    const lookAtM: Point3DM = [positionM[0] + aside[0], positionM[1] + aside[1], 0]
    return { positionM, lookAtM, rollRad, ...(given ? { lens: given } : {}) }
  })

describe('camera model', () => {
  it('finds a point again from its pixel and its height, whatever the lens', () => {
    fc.assert(
      fc.property(pose, between(0, 8), between(0, 6), between(0, 1.8), (camera, x, y, z) => {
        const model = new CameraModel(camera, size)
        const px = model.project([x, y, z])
        fc.pre(px !== null && model.isInPicture(px))
        const fix = model.onPlane(px, z)
        // Near the horizon a pixel is metres: there is nothing to find.
        fc.pre(fix !== null && fix.covarianceM2[0] + fix.covarianceM2[2] < 1)
        assert.ok(Math.hypot(fix.pointM[0] - x, fix.pointM[1] - y) < 1e-3)
      }),
    )
  })

  it('looks with its middle pixel where the profile says', () => {
    const model = new CameraModel({ positionM: [1, 1, 2.8], lookAtM: [3, 2, 0] }, size)
    const [x = 0, y = 0] = model.project([3, 2, 0]) ?? []
    assert.ok(Math.abs(x - 640) < 1e-6 && Math.abs(y - 360) < 1e-6)
  })

  it('shows what is higher above, and what is to the right on the right', () => {
    const model = new CameraModel({ positionM: [2, 0, 2.8], lookAtM: [2, 3, 0] }, size)
    const [[x = 0, y = 0], [rightX = 0], [, highY = 0]] = [
      model.project([2, 3, 0]) ?? [],
      model.project([2.5, 3, 0]) ?? [],
      model.project([2, 3, 1]) ?? [],
    ]
    assert.ok(rightX > x)
    assert.ok(highY < y)
  })

  it('sees 90 degrees across where nobody measured the lens', () => {
    const model = new CameraModel({ positionM: [4, 0, 1], lookAtM: [4, 3, 1] }, size)
    const [x = 0] = model.project([7, 3, 1]) ?? []
    assert.ok(Math.abs(x - 1280) < 1e-6)
  })

  it('scales a lens that was measured in a picture of another size', () => {
    const camera: CameraPose = {
      positionM: [1, 1, 2.8],
      lookAtM: [3, 2, 0],
      lens: { pictureSizePx: [1280, 720], focalPx: 700, centrePx: [650, 350], distortion: [-0.1, 0.01] },
    }
    const [x = 0, y = 0] = new CameraModel(camera, [1280, 720]).project([2.5, 2.5, 0.5]) ?? []
    const [u = 0, v = 0] = new CameraModel(camera, [640, 360]).project([2.5, 2.5, 0.5]) ?? []
    assert.ok(Math.abs(u - x / 2) < 1e-6 && Math.abs(v - y / 2) < 1e-6)
  })

  it('does not fold what is far outside back into the picture, as a bare polynomial would', () => {
    const camera: CameraPose = {
      positionM: [0, 0, 2.8],
      lookAtM: [3, 0, 2.8],
      lens: { pictureSizePx: size, focalPx: 600, distortion: [-0.35] },
    }
    assert.equal(new CameraModel(camera, size).project([1, 4, 2.8]), null)
  })

  it('says how uncertain a pixel is on the floor: more, the farther away', () => {
    const model = new CameraModel({ positionM: [0, 0, 2.8], lookAtM: [0, 3, 0] }, size)
    const varianceAt = (y: number) => {
      const px = model.project([0, y, 0])
      assert.ok(px)
      return model.onPlane(px, 0, 2)?.covarianceM2[2] ?? 0
    }
    assert.ok(varianceAt(6) > 4 * varianceAt(3))
  })

  it('knows that a pixel above the horizon is not on the floor, and what is behind is not in the picture', () => {
    const model = new CameraModel({ positionM: [0, 0, 2.8], lookAtM: [0, 3, 2.8] }, size)
    assert.equal(model.onPlane([640, 100], 0), null)
    assert.equal(model.project([0, -1, 2.8]), null)
  })
})
