import assert from 'node:assert/strict'
import type { BoxPx, Detection } from '../../../runtime/vision/detection.ts'
import { PictureTracker } from '../../../runtime/vision/tracking/picture-tracker.ts'

const person = (boxPx: BoxPx, score = 0.9): Detection => ({ kind: 'person', label: 'person', score, boxPx })

/** Ten frames a second. @returns the ids in each frame */
function follow(tracker: PictureTracker, frames: readonly (readonly Detection[])[]): number[][] {
  return frames.map((detections, i) =>
    tracker
      .take({ camera: 'clip', frameId: i, takenAtMs: i * 100, widthPx: 640, heightPx: 360, detections })
      .map(({ id }) => id)
      .sort((a, b) => a - b),
  )
}

const steps = (count: number) => Array.from({ length: count }, (_, i) => i)
const walkerAt = (i: number): BoxPx => [20 + 12 * i, 100, 60, 150]

describe('picture tracker', () => {
  it('gives one id to who walks through the picture', () => {
    const ids = follow(
      new PictureTracker(),
      steps(30).map((i) => [person(walkerAt(i))]),
    )
    assert.deepEqual(ids.slice(1), new Array(29).fill([1]))
  })

  it('keeps the id through a weak detection and through a short gap', () => {
    const ids = follow(
      new PictureTracker(),
      steps(30).map((i) =>
        i > 10 && i < 15 ? [person(walkerAt(i), 0.2)] : i > 18 && i < 22 ? [] : [person(walkerAt(i))],
      ),
    )
    assert.deepEqual(ids[12], [1])
    assert.deepEqual(ids[20], [])
    assert.deepEqual(ids.at(-1), [1])
  })

  it('keeps two apart who pass each other', () => {
    const tracker = new PictureTracker()
    const ids = follow(
      tracker,
      steps(40).map((i) => [person([20 + 12 * i, 100, 60, 150]), person([500 - 12 * i, 130, 70, 180])]),
    )
    assert.deepEqual(ids.at(-1), [1, 2])
    const last = tracker.take({
      ...{ camera: 'clip', frameId: 40, takenAtMs: 4000, widthPx: 640, heightPx: 360 },
      detections: [person([500, 100, 60, 150])],
    })
    assert.deepEqual(
      last.map(({ id }) => id),
      [1],
    )
  })

  it('begins nobody with a weak detection, nor with one that comes but once', () => {
    const ids = follow(new PictureTracker(), [[person(walkerAt(0), 0.3)], [person([400, 100, 60, 150])], [], []])
    assert.deepEqual(ids, [[], [], [], []])
  })
})
