/** What the cameras' dialog keeps by itself; the dialog as a whole is in test/browser/calibration.test.ts. */
import assert from 'node:assert/strict'
import { DraftPoints } from '../../nodes/editor/browser/cameras/draft-points.ts'

describe('the points of a calibration', () => {
  it('are made of clicks on both sides, in any order', () => {
    const points = new DraftPoints()
    points.place('atPx', [10, 20])
    points.place('storeM', [1, 2, 0])
    points.place('storeM', [3, 4, 0])
    points.place('atPx', [30, 40])
    assert.deepEqual(points.complete, [
      { atPx: [10, 20], storeM: [1, 2, 0], index: 0 },
      { atPx: [30, 40], storeM: [3, 4, 0], index: 1 },
    ])
  })

  it('are completed where one lacks a side, the chosen one first', () => {
    const points = new DraftPoints()
    points.add({ atPx: [1, 1], storeM: null })
    points.add({ atPx: [2, 2], storeM: null })
    points.choose(0)
    points.place('storeM', [1, 0, 0])
    points.place('storeM', [2, 0, 0])
    assert.deepEqual(
      points.all.map(({ storeM }) => storeM?.[0]),
      [1, 2],
    )
    assert.equal(points.chosen, 1)
  })

  it('keep their order when one is removed, and follow the size of the picture', () => {
    const points = new DraftPoints()
    for (const x of [1, 2, 3]) points.add({ atPx: [x, 10], storeM: [x, 0, 0] })
    points.remove(1)
    points.scale(2, 0.5)
    assert.deepEqual(
      points.complete.map(({ atPx }) => atPx),
      [
        [2, 5],
        [6, 5],
      ],
    )
    assert.equal(points.chosen, 1)
  })
})
