import assert from 'node:assert/strict'
import type { Point3DM, PointM } from '../../../runtime/profile/layout.ts'
import type { Detection } from '../../../runtime/vision/detection.ts'
import { FloorTracker } from '../../../runtime/vision/tracking/floor-tracker.ts'
import { cameras, frameOf, layout, type Standing, type TestCamera } from './camera-scene.ts'

class Floor {
  readonly tracker: FloorTracker
  readonly #cameras: readonly TestCamera[]
  atMs = 1_800_000_000_000
  #named = 0

  constructor(of: readonly TestCamera[] = cameras) {
    this.#cameras = of
    this.tracker = new FloorTracker({ layout, cameras: of, newName: () => `p${++this.#named}` })
  }

  /** Ten frames a second from each camera. `at` is told the seconds since the beginning of this. */
  watch(seconds: number, at: (t: number) => readonly Standing[]): this {
    for (let frame = 0; frame < seconds * 10; frame++) {
      for (const [i, camera] of this.#cameras.entries()) {
        const offsetMs = (i * 100) / this.#cameras.length
        this.tracker.take(frameOf(camera, at(frame / 10 + offsetMs / 1000), this.atMs + offsetMs))
      }
      this.atMs += 100
    }
    return this
  }

  get names(): string[] {
    return this.tracker.people.map(({ name }) => name).sort()
  }

  nameAt([x, y]: PointM): string | undefined {
    return this.tracker.people.find(({ track: { positionM: p } }) => Math.hypot(p[0] - x, p[1] - y) < 0.3)?.name
  }
}

const standing = (at: PointM, more: Partial<Standing> = {}): Standing => ({ at, ...more })

describe('floor tracker', () => {
  it('makes one track of what all cameras see of one person, where that person stands', () => {
    const floor = new Floor().watch(1, () => [standing([4.2, 2.9])])
    assert.deepEqual(floor.names, ['p1'])
    const [x = 0, y = 0] = floor.tracker.people[0]?.track.positionM ?? []
    assert.ok(Math.hypot(x - 4.2, y - 2.9) < 0.06, `${x} ${y}`)
  })

  it('knows how tall somebody is', () => {
    const floor = new Floor().watch(2, () => [standing([4, 3], { heightM: 1.2 }), standing([6, 3], { heightM: 1.85 })])
    const heights = floor.tracker.people.map(({ track }) => track.heightM).sort()
    assert.ok(Math.abs((heights[0] ?? 0) - 1.2) < 0.1 && Math.abs((heights[1] ?? 0) - 1.85) < 0.1, `${heights}`)
  })

  it('keeps two apart who cross', () => {
    const floor = new Floor()
    const crossing = (t: number) => [standing([2 + t, 2.75]), standing([6 - t, 3.25])]
    floor.watch(0.6, crossing)
    const [left, right] = [floor.nameAt([2.5, 2.75]), floor.nameAt([5.5, 3.25])]
    assert.ok(left && right && left !== right)
    floor.watch(3.4, (t) => crossing(t + 0.6))
    assert.deepEqual([floor.nameAt([6, 2.75]), floor.nameAt([2, 3.25])], [left, right])
  })

  it('holds whom only one of the cameras still sees', () => {
    const floor = new Floor().watch(1, () => [standing([4, 3])])
    const hiddenFrom = ['cam-1', 'cam-2', 'cam-3']
    floor.watch(4, (t) => [standing([4, 3 + 0.3 * t], { hiddenFrom })])
    assert.deepEqual(floor.names, ['p1'])
    const [x = 0, y = 0] = floor.tracker.people[0]?.track.positionM ?? []
    assert.ok(Math.hypot(x - 4, y - 4.2) < 0.2, `${x} ${y}`)
  })

  it('knows somebody again who comes out of a gap between cameras', () => {
    const floor = new Floor().watch(1, () => [standing([4, 3])])
    floor.watch(5, () => [])
    assert.deepEqual(floor.names, [])
    floor.watch(1, () => [standing([6, 4])])
    assert.deepEqual(floor.names, ['p1'])
  })

  it('gives a new name to who walks on through a gap near which somebody else was lost', () => {
    const floor = new Floor()
    floor.watch(1, () => [standing([5, 3])])
    floor.watch(2, (t) => [standing([1.5 + t, 3])])
    floor.watch(2, () => [])
    floor.watch(1, (t) => [standing([5.5 + t, 3])])
    assert.equal(floor.nameAt([6.4, 3]), 'p3')
  })

  it('does not take who comes in for who went out by the gate', () => {
    const floor = new Floor().watch(1, () => [standing([0.8, 0.6])])
    floor.watch(4, () => [])
    floor.watch(1, () => [standing([0.8, 0.6])])
    assert.deepEqual(floor.names, ['p2'])
  })

  it('tells two who were lost apart by how they look', () => {
    const [red, blue] = [Float32Array.of(1, 0, 0), Float32Array.of(0, 0, 1)]
    const floor = new Floor()
    floor.watch(1, () => [standing([3, 3], { appearance: red }), standing([5, 3], { appearance: blue })])
    const [redName, blueName] = [floor.nameAt([3, 3]), floor.nameAt([5, 3])]
    floor.watch(4, () => [])
    floor.watch(1, () => [standing([3.4, 3.4], { appearance: blue }), standing([4.6, 3.4], { appearance: red })])
    assert.equal(floor.nameAt([3.4, 3.4]), blueName)
    assert.equal(floor.nameAt([4.6, 3.4]), redName)
  })

  it('does not guess which of two who were lost somebody is', () => {
    const floor = new Floor().watch(1, () => [standing([3, 3]), standing([5, 3])])
    floor.watch(4, () => [])
    floor.watch(1, () => [standing([4, 3.2])])
    assert.deepEqual(floor.names, ['p3'])
  })

  it('does not believe one camera in somebody whom all others would see', () => {
    const hiddenFrom = ['cam-2', 'cam-3', 'cam-4']
    const floor = new Floor().watch(3, () => [standing([4, 3], { hiddenFrom })])
    assert.deepEqual(floor.names, [])
  })

  it('makes one person of two tracks when cameras place somebody differently, and keeps the name', () => {
    const floor = new Floor().watch(1, () => [standing([4, 3])])
    // As if one camera had been pushed: what it shows stands 0.7 m beside.
    const others = cameras.slice(0, 3).map(({ id }) => id)
    floor.watch(4, () => [standing([4, 3], { hiddenFrom: ['cam-4'] }), standing([4.5, 2.5], { hiddenFrom: others })])
    assert.deepEqual(floor.names, ['p1'])
  })

  it('leaves two persons two who stand close together', () => {
    const floor = new Floor().watch(4, () => [standing([4, 3]), standing([4.6, 3])])
    assert.deepEqual(floor.names, ['p1', 'p2'])
  })

  it('begins no track with weak detections, but goes on with them', () => {
    const floor = new Floor().watch(2, () => [standing([4, 3], { score: 0.3 })])
    assert.deepEqual(floor.names, [])
    floor.watch(1, () => [standing([4, 3])])
    floor.watch(4, () => [standing([4, 3], { score: 0.3 })])
    assert.deepEqual(floor.names, ['p1'])
  })

  it('forgets who is seen no more', () => {
    const floor = new Floor().watch(1, () => [standing([4, 3])]).watch(3, () => [])
    assert.deepEqual(floor.names, [])
  })

  it('goes on when a camera changes the size of its pictures, and leaves out one that nobody placed', () => {
    const floor = new Floor().watch(1, () => [standing([4, 3])])
    for (let i = 0; i < 20; i++) {
      for (const camera of cameras) {
        const { detections, ...frame } = frameOf(camera, [standing([4, 3])], floor.atMs)
        const half = detections.map((one) => ({
          ...one,
          boxPx: one.boxPx.map((v) => v / 2) as [number, number, number, number],
        }))
        floor.tracker.take({ ...frame, widthPx: 640, heightPx: 360, detections: half })
        floor.tracker.take({ ...frame, camera: 'unknown', detections })
      }
      floor.atMs += 100
    }
    assert.deepEqual(floor.names, ['p1'])
    assert.equal(floor.nameAt([4, 3]), 'p1')
  })

  it('trusts the head and the place on the floor more than a box, where a model gives them', () => {
    const floor = new Floor()
    const seen = (camera: TestCamera) =>
      frameOf(camera, [standing([4.2, 2.9], { points: true })], floor.atMs).detections.map((one): Detection => {
        // Whatever is below the chest is hidden, and something else makes the box broader.
        const [left, top, width, height] = one.boxPx
        return { ...one, boxPx: [left - width, top, 3 * width, 0.4 * height] }
      })
    for (let i = 0; i < 20; i++) {
      for (const camera of cameras) {
        floor.tracker.take({ ...frameOf(camera, [], floor.atMs), detections: seen(camera) })
      }
      floor.atMs += 100
    }
    const [x = 0, y = 0] = floor.tracker.people[0]?.track.positionM ?? []
    assert.deepEqual(floor.names, ['p1'])
    assert.ok(Math.hypot(x - 4.2, y - 2.9) < 0.06, `${x} ${y}`)
  })

  describe('of one camera', () => {
    const [camera] = cameras
    const alone = () => new Floor(camera ? [camera] : [])

    it('learns what it always takes for somebody, and forgets it when it has gone', () => {
      const post = standing([3, 3], { points: true })
      const floor = alone().watch(40, () => [post])
      assert.deepEqual(floor.names, [])
      floor.watch(3, (t) => [post, standing([4, 2 + t / 3], { points: true })])
      assert.equal(floor.names.length, 1)
      floor.watch(60, () => []).watch(2, (t) => [standing([2 + t / 2, 3], { points: true })])
      assert.equal(floor.names.length, 1)
    })

    it('is not believed later in somebody who appears in the midst of the store and never walks', () => {
      const floor = alone().watch(11, () => [])
      floor.watch(5, () => [standing([3, 3], { points: true })])
      assert.deepEqual(floor.names, [])
      floor.watch(2, (t) => [standing([3 + t / 2, 3], { points: true })])
      assert.deepEqual(floor.names, ['p1'])
    })

    it('makes nobody of a bag at the feet of somebody, nor of what is as low alone', () => {
      const bagOf = (one: Standing): Standing => ({ ...one, heightM: 1, score: 0.7 })
      const walker = (t: number) => standing([2 + t / 2, 3], { points: true })
      const floor = alone().watch(4, (t) => [walker(t), bagOf(walker(t))])
      assert.deepEqual(floor.names, ['p1'])
      const low = alone().watch(4, (t) => [bagOf(walker(t))])
      assert.deepEqual(low.names, [])
    })

    it('goes on following who came there and stands still', () => {
      const floor = alone().watch(2, (t) => [standing([2 + t / 2, 3], { points: true })])
      const names = floor.names
      floor.watch(40, () => [standing([3, 3], { points: true })])
      assert.deepEqual([floor.names, names.length], [names, 1])
    })
  })

  describe('hands', () => {
    const hand: Point3DM = [4.3, 3.45, 1.25]
    const other: Point3DM = [3.75, 2.9, 0.9]
    const person = standing([4, 3], { handsM: [hand, other] })
    const nearest = (floor: Floor, to: Point3DM) => {
      const hands = floor.tracker.people.flatMap(({ hands: seen }) => seen).filter((one) => one !== null)
      const apartM = (p: Point3DM) => Math.hypot(p[0] - to[0], p[1] - to[1], p[2] - to[2])
      return hands
        .map(({ positionM, sigmaM }) => ({ errorM: apartM(positionM), sigmaM }))
        .reduce((a, b) => (b.errorM < a.errorM ? b : a))
    }

    it('are where the lines of several cameras meet', () => {
      const floor = new Floor().watch(2, () => [person])
      for (const real of [hand, other]) {
        const { errorM, sigmaM } = nearest(floor, real)
        assert.ok(errorM < 0.08, `${errorM}`)
        assert.ok(sigmaM < 0.2, `${sigmaM}`)
      }
    })

    it('of one camera are at a likely height, and less certain', () => {
      const [camera] = cameras
      const one = new Floor(camera ? [camera] : []).watch(2, () => [person])
      const { errorM, sigmaM } = nearest(one, hand)
      assert.ok(
        sigmaM >
          nearest(
            new Floor().watch(2, () => [person]),
            hand,
          ).sigmaM,
      )
      assert.ok(errorM < 3 * sigmaM, `${errorM} ${sigmaM}`)
    })

    it('are not told when no camera has seen them for a while', () => {
      const floor = new Floor().watch(1, () => [person]).watch(1, () => [standing([4, 3])])
      assert.deepEqual(floor.tracker.people[0]?.hands, [null, null])
    })

    it('belong to the person who can reach there', () => {
      const [left, right]: [Point3DM, Point3DM] = [
        [3.1, 3.3, 1.1],
        [4.9, 3.3, 1.1],
      ]
      const floor = new Floor().watch(2, () => [
        standing([3, 3], { handsM: [left] }),
        standing([5, 3], { handsM: [right] }),
      ])
      for (const { track, hands } of floor.tracker.people) {
        const [seen] = hands.filter((one) => one !== null)
        assert.ok(seen && Math.abs(seen.positionM[0] - track.positionM[0]) < 0.3)
      }
    })
  })
})
