import assert from 'node:assert/strict'
import { gaussian, type Random, seededRandom, uniform } from '../../../runtime/contract/random.ts'
import type { Point3DM, PointM } from '../../../runtime/profile/layout.ts'
import { type ClickedPoint, calibrate } from '../../../runtime/vision/calibration/calibrate.ts'
import { floorGrid } from '../../../runtime/vision/calibration/floor-grid.ts'
import { CameraModel, type CameraPose } from '../../../runtime/vision/camera-model/camera-model.ts'

const pictureSizePx: [number, number] = [1280, 720]

/** A ceiling camera in a corner that looks into the store; each seed another one. */
function someCamera(random: Random): CameraPose {
  const positionM: Point3DM = [uniform(random, 0.2, 2), uniform(random, 0.2, 2), uniform(random, 2.4, 3.4)]
  return {
    positionM,
    lookAtM: [positionM[0] + uniform(random, 1.5, 3), positionM[1] + uniform(random, 1, 3), 0],
    rollRad: uniform(random, -0.15, 0.15),
    lens: { pictureSizePx, focalPx: uniform(random, 450, 900) },
  }
}

/** Marks on the floor that the camera shows, clicked with this many pixels of error. */
function clicks(camera: CameraPose, count: number, sdPx: number, random: Random): ClickedPoint[] {
  const model = new CameraModel(camera, pictureSizePx)
  const points: ClickedPoint[] = []
  for (let tries = 0; points.length < count && tries < 10_000; tries++) {
    const place: PointM = [uniform(random, 0, 7), uniform(random, 0, 7)]
    const px = model.project([...place, 0])
    const isApart = points.every(({ storeM }) => Math.hypot(storeM[0] - place[0], storeM[1] - place[1]) > 0.8)
    if (!px || !model.isInPicture(px) || !isApart) continue
    const atPx = [px[0] + sdPx * gaussian(random), px[1] + sdPx * gaussian(random)] as const
    points.push({ atPx, storeM: [...place, 0] })
  }
  assert.equal(points.length, count)
  return points
}

/** What a profile has before anybody calibrated: a place under the ceiling and no more. */
const nominal: CameraPose = { positionM: [1, 1, 2.8], lookAtM: [2, 2, 0] }

function floorErrorCm(found: CameraPose, real: CameraPose): number {
  const [a, b] = [new CameraModel(found, pictureSizePx), new CameraModel(real, pictureSizePx)]
  let worst = 0
  for (let x = 0; x <= 6; x += 0.5) {
    for (let y = 0; y <= 6; y += 0.5) {
      const px = b.project([x, y, 0])
      if (!px || !b.isInPicture(px) || Math.hypot(x - real.positionM[0], y - real.positionM[1]) > 6) continue
      const fix = a.onPlane(px, 0)
      worst = Math.max(worst, fix ? 100 * Math.hypot(fix.pointM[0] - x, fix.pointM[1] - y) : 1000)
    }
  }
  return worst
}

describe('calibration of a camera', () => {
  it('finds pose and focal length from exact clicks, whatever the profile said before', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed)
      const camera = someCamera(random)
      const result = calibrate({ pictureSizePx, points: clicks(camera, 6, 0, random), camera: nominal })
      assert.equal(result.refusal, null, `seed ${seed}`)
      assert.ok(result.camera && floorErrorCm(result.camera, camera) < 0.5, `seed ${seed}`)
    }
  })

  it('says of each point how far it is off on the floor', () => {
    const random = seededRandom(5)
    const camera = someCamera(random)
    const {
      errorsCm,
      refusal,
      camera: found,
    } = calibrate({
      pictureSizePx,
      points: clicks(camera, 8, 1.5, random),
      camera: nominal,
    })
    assert.equal(refusal, null)
    assert.equal(errorsCm.length, 8)
    for (const error of errorsCm) assert.ok(error !== null && error > 0 && error < 10)
    assert.ok(found && floorErrorCm(found, camera) < 20)
  })

  it('measures the distortion when there are points enough', () => {
    const random = seededRandom(9)
    const camera = someCamera(random)
    const bent: CameraPose = { ...camera, lens: { pictureSizePx, focalPx: 620, distortion: [-0.18] } }
    const few = calibrate({ pictureSizePx, points: clicks(bent, 12, 0, random), camera: nominal })
    assert.equal(few.refusal, null)
    assert.deepEqual(few.measured, { focal: true, distortion: true })
    const [k1] = few.camera?.lens?.distortion ?? []
    assert.ok(Math.abs((k1 ?? 0) + 0.18) < 0.02, `k1 ${k1}`)
  })

  it('takes marks of any height', () => {
    const random = seededRandom(21)
    const camera = someCamera(random)
    const model = new CameraModel(camera, pictureSizePx)
    const points = clicks(camera, 8, 0, random)
    for (const [i, point] of points.entries()) {
      if (i % 2 === 0) continue
      const storeM: Point3DM = [point.storeM[0], point.storeM[1], 0.9]
      const atPx = model.project(storeM)
      assert.ok(atPx)
      points[i] = { storeM, atPx }
    }
    const result = calibrate({ pictureSizePx, points, camera: nominal })
    assert.equal(result.refusal, null)
    assert.ok(result.camera && floorErrorCm(result.camera, camera) < 1)
  })

  it('refuses too few points, and points in one line', () => {
    const random = seededRandom(2)
    const camera = someCamera(random)
    const points = clicks(camera, 6, 0, random)
    assert.equal(calibrate({ pictureSizePx, points: points.slice(0, 3), camera: nominal }).refusal?.code, 'too-few')
    const model = new CameraModel(camera, pictureSizePx)
    const inLine = [1, 1.5, 2, 2.5, 3].map((x): ClickedPoint => {
      const storeM: Point3DM = [x, 2, 0]
      return { storeM, atPx: model.project(storeM) ?? [0, 0] }
    })
    assert.equal(calibrate({ pictureSizePx, points: inLine, camera: nominal }).refusal?.code, 'in-line')
  })

  it('names the point that was clicked in the wrong place', () => {
    for (let seed = 30; seed < 36; seed++) {
      const random = seededRandom(seed)
      const camera = someCamera(random)
      const points = clicks(camera, 9, 0.7, random)
      const [x = 0, y = 0] = points[4]?.atPx ?? []
      points[4] = { ...(points[4] as ClickedPoint), atPx: [x + 90, y - 70] }
      const { refusal, camera: found, errorsCm } = calibrate({ pictureSizePx, points, camera: nominal })
      assert.equal(found, null, `seed ${seed}`)
      assert.equal(refusal?.code, 'wrong-point', `seed ${seed}`)
      assert.equal(refusal?.point, 4, `seed ${seed}`)
      assert.equal(errorsCm.length, 9)
    }
  })

  it('refuses points that are all somewhat wrong', () => {
    const random = seededRandom(40)
    const camera = someCamera(random)
    const { refusal } = calibrate({ pictureSizePx, points: clicks(camera, 9, 40, random), camera: nominal })
    assert.ok(refusal && ['too-far-off', 'wrong-point'].includes(refusal.code), refusal?.code)
  })

  it('refuses a plan whose left is the right of the picture', () => {
    const random = seededRandom(50)
    const camera = someCamera(random)
    const mirrored = clicks(camera, 7, 0.5, random).map(
      ({ atPx, storeM }): ClickedPoint => ({
        atPx: [pictureSizePx[0] - atPx[0], atPx[1]],
        storeM,
      }),
    )
    assert.notEqual(calibrate({ pictureSizePx, points: mirrored, camera: nominal }).refusal, null)
  })

  it('refuses points so near each other that the rest of the floor stays uncertain', () => {
    const random = seededRandom(60)
    const camera: CameraPose = { ...nominal, lens: { pictureSizePx, focalPx: 640 } }
    const model = new CameraModel(camera, pictureSizePx)
    const corners: PointM[] = [
      [1.7, 1.7],
      [2.3, 1.7],
      [2.3, 2.3],
      [1.7, 2.3],
      [2, 2],
    ]
    const points = corners.map(([x, y]): ClickedPoint => {
      const [px = 0, py = 0] = model.project([x, y, 0]) ?? []
      return { storeM: [x, y, 0], atPx: [px + gaussian(random), py + gaussian(random)] }
    })
    assert.equal(calibrate({ pictureSizePx, points, camera }).refusal?.code, 'uncertain')
  })

  it('draws the metre grid where the floor is', () => {
    const camera = someCamera(seededRandom(3))
    const model = new CameraModel(camera, pictureSizePx)
    const lines = floorGrid(model, [8, 6])
    assert.ok(lines.length >= 6)
    for (const px of lines.flat()) {
      assert.ok(model.isInPicture(px))
      const place = model.onPlane(px, 0)?.pointM
      const off = (value: number) => Math.abs(value - Math.round(value))
      assert.ok(place && Math.min(off(place[0]), off(place[1])) < 1e-6)
    }
  })
})
