import assert from 'node:assert/strict'
import { type DetectionState, detectionHealth, troublesOf } from '../../../runtime/vision/detection/detection-health.ts'
import { FairShare } from '../../../runtime/vision/detection/fair-share.ts'
import { FrameOrder, type Ticket } from '../../../runtime/vision/detection/frame-order.ts'
import { ShareMeter } from '../../../runtime/vision/detection/share-meter.ts'

describe('a fair share of detection', () => {
  const frame = (camera: string, id: number) => ({ camera, id })

  it('is the newest frame of each camera, in turn', () => {
    const share = new FairShare<{ camera: string; id: number }>()
    share.offer(frame('a', 1))
    share.offer(frame('b', 2))
    assert.deepEqual(share.offer(frame('a', 3)), frame('a', 1))
    assert.deepEqual([share.next(), share.next(), share.next()], [frame('a', 3), frame('b', 2), undefined])
  })

  it('is the same for all who give more than they get', () => {
    const share = new FairShare<{ camera: string; id: number }>()
    const got: Record<string, number> = { slow: 0, fast: 0, fastest: 0 }
    for (let at = 0; at < 1000; at++) {
      if (at % 4 === 0) share.offer(frame('slow', at))
      share.offer(frame('fast', at))
      for (let i = 0; i < 5; i++) share.offer(frame('fastest', at))
      if (at % 2 === 0) continue
      const next = share.next()
      if (next) got[next.camera] = (got[next.camera] ?? 0) + 1
    }
    assert.deepEqual(got, { slow: 167, fast: 167, fastest: 166 })
  })

  it('leaves what a slow camera does not take to others', () => {
    const share = new FairShare<{ camera: string; id: number }>()
    const got: Record<string, number> = { slow: 0, fast: 0 }
    for (let at = 0; at < 1000; at++) {
      if (at % 10 === 0) share.offer(frame('slow', at))
      share.offer(frame('fast', at))
      const next = share.next()
      if (next) got[next.camera] = (got[next.camera] ?? 0) + 1
    }
    assert.deepEqual(got, { slow: 100, fast: 900 })
  })

  it('is measured over the last seconds', () => {
    const meter = new ShareMeter()
    for (let ms = 0; ms < 60_000; ms += 100) {
      meter.offered('a', ms)
      if (ms % 500 === 0) meter.detected('a', ms, ms < 50_000 ? 900 : ms % 1000 === 0 ? 100 : 300)
      else meter.skipped('a', ms)
    }
    const [share] = meter.shares(60_000)
    assert.ok(share)
    assert.deepEqual([share.offeredPerS, share.detectedPerS].map(Math.round), [10, 2])
    assert.deepEqual([share.ageMs, share.skipped], [{ median: 300, worst: 300 }, 480])
  })
})

describe('the order of results', () => {
  it("is that of each camera's frames, whichever is done first", () => {
    const order = new FrameOrder()
    const told: string[] = []
    const [a1, a2, b1, a3] = ['a', 'a', 'b', 'a'].map((camera) => order.begin(camera)) as [
      Ticket,
      Ticket,
      Ticket,
      Ticket,
    ]
    const end = (ticket: Ticket, name: string) => order.end(ticket, () => told.push(name))
    end(a2, 'a2')
    end(b1, 'b1')
    assert.deepEqual(told, ['b1'])
    end(a1, 'a1')
    assert.deepEqual(told, ['b1', 'a1', 'a2'])
    end(a3, 'a3')
    assert.deepEqual(told, ['b1', 'a1', 'a2', 'a3'])
  })
})

describe("detection's health", () => {
  const share = (camera: string, offeredPerS: number, detectedPerS: number) => ({
    ...{ camera, offeredPerS, detectedPerS, ageMs: { median: 200, worst: 450 }, skipped: 0, broken: 0 },
  })
  const well: DetectionState = {
    ...{ workers: 2, ready: 2, givenUp: false, loss: undefined },
    ...{ provider: 'cpu', notices: [], shares: [share('a', 5, 5)] },
  }

  it('is well when each camera gets what it gives', () => {
    assert.equal(detectionHealth(well).state, 'online')
  })

  it('says with why another provider is used than was asked for', () => {
    const { reason } = detectionHealth({ ...well, notices: ['cuda cannot be used: no library.'] })
    assert.equal(reason, 'Frames are looked at as they come, by cpu. cuda cannot be used: no library.')
  })

  it('says what each camera gets when it cannot keep up, and how old results are', () => {
    const { state, reason } = detectionHealth({ ...well, shares: [share('a', 15, 2), share('b', 15, 3)] })
    assert.equal(state, 'late')
    assert.match(reason, /2 cameras give 30 .* 5 can .* 2 of them get 2\.0 to 3\.0 each, .* 0\.5 s old/)
  })

  it('says of each camera whether it is behind, and of all when nobody looks', () => {
    const one = { ...well, shares: [share('a', 15, 15), share('b', 15, 3)] }
    assert.equal(troublesOf(one).get('a'), undefined)
    assert.match(troublesOf(one).get('b')?.reason ?? '', /3\.0 of its 15\.0 pictures .* up to 0\.5 s old/)
    const none = troublesOf({ ...one, ready: 0, loss: 'It hangs.' })
    assert.deepEqual(none.get('a'), { state: 'late', reason: 'Its pictures are not looked at. It hangs.' })
  })

  it('says that a worker is missing, and why', () => {
    assert.deepEqual(detectionHealth({ ...well, ready: 1, loss: 'It ended.' }), {
      ...{ topic: 'fewer', state: 'late', reason: '1 of 2 threads look at frames. It ended.' },
    })
  })

  it('says when only a new start helps', () => {
    const { state, reason } = detectionHealth({ ...well, ready: 0, givenUp: true, loss: 'It hangs.' })
    assert.equal(state, 'offline')
    assert.match(reason, /start the program anew/)
  })
})
