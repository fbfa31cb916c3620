import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { fromOwnAxesM, inOwnAxesM } from '../../../runtime/profile/fixture-frame.ts'
import { loadStore } from '../../../runtime/profile/load-store.ts'
import { cornersOf } from '../../../runtime/vision/calibration/corners.ts'

const cornerShop = fileURLToPath(new URL('../../../hardware-profiles/corner-shop', import.meta.url))

describe('corners of fixtures', () => {
  it('are where the profile has them, also of a fixture that is turned', async () => {
    const corners = cornersOf((await loadStore(cornerShop)).layout)
    const at = (fixture: string, side: string, hand: string, height: string | number) =>
      corners
        .find((one) => one.fixture === fixture && one.side === side && one.hand === hand && one.at === height)
        ?.storeM.map((value) => Number(value.toFixed(3)))
    assert.deepEqual(at('g1', 'front', 'left', 'foot'), [1.2, 5.3, 0])
    assert.deepEqual(at('g1', 'back', 'right', 'top'), [2.4, 5.75, 1.5])
    // Turned by a quarter: its own x runs towards the door, its depth to the right wall.
    assert.deepEqual(at('g3', 'front', 'right', 'foot'), [7.3, 3.4, 0])
    assert.deepEqual(at('g3', 'back', 'left', 'foot'), [7.75, 4.6, 0])
    // The front edge of the first shelf's leftmost plate.
    assert.deepEqual(at('g1', 'front', 'left', 1), [1.21, 5.325, 0.7])
  })

  it('are the same in the fixture and in the store', () => {
    const fixture = { positionM: [2, 3, 0.1] as [number, number, number], yawRad: 0.7 }
    const back = inOwnAxesM(fixture, fromOwnAxesM(fixture, [0.4, 0.2, 1]))
    for (const [i, value] of [0.4, 0.2, 1].entries()) assert.ok(Math.abs((back[i] ?? 0) - value) < 1e-12)
  })

  it('of a fixture of unknown size are those of its plates', () => {
    const fixture = { id: 'f', positionM: [0, 0, 0] as [number, number, number], yawRad: 0 }
    assert.deepEqual(cornersOf({ fixtures: [fixture], plates: [] }), [])
  })
})
