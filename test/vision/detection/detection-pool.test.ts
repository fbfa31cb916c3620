import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { SystemClock, VirtualClock } from '../../../runtime/contract/clock.ts'
import type { HealthNote } from '../../../runtime/vision/detection/detection-health.ts'
import { DetectionPool, type DetectionPoolOptions } from '../../../runtime/vision/detection/detection-pool.ts'
import type { Picture } from '../../../runtime/vision/detection/picture-decoder.ts'
import type { DetectedFrame } from '../../../runtime/vision/detection.ts'
import { jpegOf, redAndBlue } from './pictures.ts'
import { behaviours } from './stubborn-worker.ts'
import { looping, modelFolder, personAnswer, tinyModel } from './tiny-models.ts'

const hangAfterMs = 1e6
const stubborn = new URL('./stubborn-worker.ts', import.meta.url)

describe('the detection pool', () => {
  const folder = modelFolder()
  let pool: DetectionPool | undefined
  let wire: VirtualClock
  let detected: DetectedFrame[]
  let broken: [camera: string, message: string][]
  let health: HealthNote[]
  let frameId = 0

  beforeEach(() => {
    ;[wire, detected, broken, health] = [new VirtualClock(), [], [], []]
  })
  afterEach(async () => {
    const closed = pool?.close()
    // A worker that hangs is not waited for longer than this.
    wire.advanceTo(wire.nowMs() + 5000)
    await closed
    pool = undefined
  })

  async function open(options: Partial<DetectionPoolOptions> = {}, worker?: URL): Promise<DetectionPool> {
    const given: DetectionPoolOptions = {
      detector: folder.add(tinyModel(personAnswer)),
      ...{ workers: 1, run: { providers: ['cpu'], threads: 1 }, clock: wire, wireClock: wire, hangAfterMs },
      onDetected: (frame) => detected.push(frame),
      onBroken: (camera, error) => broken.push([camera, error.message]),
      onHealth: (note) => health.push(note),
      ...options,
    }
    pool = await DetectionPool.open(given, worker)
    return pool
  }

  const offer = (camera: string, picture: Picture, takenAtMs = wire.nowMs()) =>
    pool?.offer({ ...picture, camera, id: ++frameId, takenAtMs })

  /** A picture that has the stubborn worker do something. */
  function asking(behaviour: keyof typeof behaviours): Picture {
    const bytes = Buffer.alloc(32 * 32 * 3, behaviours[behaviour])
    return { format: 'rgb24', bytes, widthPx: 32, heightPx: 32 }
  }

  async function until(holds: () => boolean, meanwhile: () => void = () => {}): Promise<void> {
    while (!holds()) {
      meanwhile()
      await sleep(5)
    }
  }

  it("finds persons in a camera's pictures, in pixels of the frame", async () => {
    await open()
    offer('aisle-1', await jpegOf(redAndBlue(64, 48)), 5)
    await until(() => detected.length > 0)
    const [{ camera, takenAtMs, widthPx, heightPx, detections }] = detected as [DetectedFrame]
    assert.deepEqual([camera, takenAtMs, widthPx, heightPx], ['aisle-1', 5, 64, 48])
    // The input has half the frame's size: of the chair, which is no matter to a store, nothing is told.
    const [{ kind, label, score, boxPx }, ...others] = detections as [DetectedFrame['detections'][number]]
    assert.deepEqual([kind, label, others.length], ['person', 'person', 0])
    assert.ok(Math.abs(score - 0.95 * 0.98) < 1e-6)
    assert.deepEqual(
      boxPx.map((value) => Math.round(value)),
      [40, 0, 16, 32],
    )
  })

  it('looks more closely at the parts that it is told of, camera by camera', async () => {
    await open({ slicesOf: (camera, { widthPx }) => (camera === 'far' && widthPx === 64 ? [[0, 0]] : []) })
    const picture = await jpegOf(redAndBlue(64, 64))
    for (const camera of ['near', 'far']) offer(camera, picture)
    await until(() => detected.length === 2)
    const lefts = detected.map(({ camera, detections }) => [
      camera,
      detections.map(({ boxPx }) => Math.round(boxPx[0])),
    ])
    assert.deepEqual(Object.fromEntries(lefts), { near: [40], far: [40, 20] })
  })

  it('tells of a picture that cannot be read, and goes on', async () => {
    await open()
    const jpeg = await jpegOf(redAndBlue(320, 320))
    offer('aisle-1', { ...jpeg, bytes: jpeg.bytes.subarray(0, 700) })
    await until(() => broken.length > 0)
    offer('aisle-1', jpeg)
    await until(() => detected.length > 0)
    assert.match(broken[0]?.[1] ?? '', /cannot be read/)
    assert.equal(pool?.shares()[0]?.broken, 1)
  })

  it('does not open with a model that is refused', async () => {
    const detector = folder.add(tinyModel(personAnswer, { inputDims: [1, 3, 64, 64] }))
    await assert.rejects(open({ detector }), { code: 'model-shape' })
  })

  it('looks at the newest frame of each camera, in turn', async () => {
    await open({}, stubborn)
    // All at once: a worker takes two, and the others wait.
    for (const camera of ['a', 'b', 'a', 'a', 'c', 'b', 'a']) offer(camera, asking('detect'))
    await until(() => detected.length === 5)
    const found = Map.groupBy(detected, ({ camera }) => camera)
    assert.deepEqual(
      ['a', 'b', 'c'].map((camera) => found.get(camera)?.map((frame) => frame.frameId - frameId)),
      [[-6, 0], [-5, -1], [-2]],
    )
    assert.deepEqual(
      pool?.shares().map(({ camera, skipped }) => [camera, skipped]),
      [
        ['a', 2],
        ['b', 0],
        ['c', 0],
      ],
    )
  })

  it("gives a camera's results in the order of its frames", async () => {
    await open({ workers: 2 }, stubborn)
    // The first worker keeps its first frame until it gets another; the second one is done with its own before.
    for (const behaviour of ['wait', 'detect', 'detect'] as const) offer('a', asking(behaviour))
    const ofA = () => detected.filter(({ camera }) => camera === 'a')
    await until(
      () => ofA().length === 3,
      () => offer('b', asking('detect')),
    )
    const order = ofA().map((frame) => frame.frameId)
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    )
  })

  it('replaces a worker that hangs, and goes on', async () => {
    await open({}, stubborn)
    offer('aisle-1', asking('hang'))
    await until(
      () => health.some(({ state }) => state === 'offline'),
      () => wire.advanceTo(wire.nowMs() + hangAfterMs),
    )
    assert.match(health.at(-1)?.reason ?? '', /did not answer for 1000 s/)
    await goesOn()
  })

  it('replaces a worker that ends, and goes on', async () => {
    await open({}, stubborn)
    offer('aisle-1', asking('end'))
    await until(() => health.some(({ state }) => state === 'offline'))
    await goesOn()
  })

  async function goesOn() {
    wire.advanceTo(wire.nowMs() + 500)
    await until(() => health.at(-1)?.state === 'online')
    offer('aisle-2', asking('detect'))
    await until(() => detected.length > 0)
    assert.deepEqual(
      detected.map(({ camera }) => camera),
      ['aisle-2'],
    )
  }

  it('closes when the frames that are being looked at are done', async () => {
    const detector = folder.add(tinyModel(personAnswer, { extra: looping(50_000n) }))
    await open({ detector, wireClock: new SystemClock() })
    for (let i = 0; i < 3; i++) offer('aisle-1', asking('detect'))
    await until(() => detected.length > 0)
    const before = detected.length
    await pool?.close()
    assert.equal(detected.length, before)
  })

  it('tells of a frame that inference fails on, and goes on', async () => {
    await open({}, stubborn)
    offer('aisle-1', asking('fail'))
    await until(() => broken.length > 0)
    offer('aisle-2', asking('detect'))
    await until(() => detected.length > 0)
    assert.deepEqual(broken, [['aisle-1', 'It failed.']])
  })

  it('goes on with the other worker while one hangs', async () => {
    await open({ workers: 2 }, stubborn)
    offer('aisle-1', asking('hang'))
    offer('aisle-2', asking('detect'))
    await until(() => detected.length > 0)
    assert.equal(detected[0]?.camera, 'aisle-2')
  })

  it('says that cameras give more than it can look at', async () => {
    await open({}, stubborn)
    for (let at = 0; at < 10; at++) {
      for (const camera of ['a', 'b', 'c']) offer(camera, asking('wait'))
      wire.advanceTo(wire.nowMs() + 1000)
    }
    const last = health.at(-1)
    assert.equal(last?.state, 'late')
    assert.match(last?.reason ?? '', /3 cameras give 3 frames a second and 0 can be looked at/)
  })

  it('keeps real time out of the way of the store’s time', async () => {
    const clock = new VirtualClock(1000)
    await open({ clock, wireClock: new SystemClock() }, stubborn)
    offer('aisle-1', asking('detect'), 400)
    await until(() => detected.length > 0)
    assert.deepEqual(pool?.shares()[0]?.ageMs, { median: 600, worst: 600 })
  })
})
