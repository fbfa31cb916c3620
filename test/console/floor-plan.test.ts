import assert from 'node:assert/strict'
import {
  centreM,
  doorEdgeM,
  type Fixture,
  FloorFrame,
  fixtureOutlineM,
  type Plate,
  plateOutlineM,
} from '../../runtime/console/pages/floor-plan-geometry.ts'
import type { PointM } from '../../runtime/console/pages/live-view.ts'
import { floorPlanOf } from '../../runtime/console/store-view.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { cornerShop } from './running-console.ts'

const rounded = (points: PointM[]) => points.map((point) => point.map((value) => Math.round(value * 1000) / 1000))

describe('the floor plan', () => {
  const fixture: Fixture = { id: 'f', positionM: [1, 2, 0], yawRad: 0, sizeM: [2, 0.5, 1.5] }
  const turned: Fixture = { ...fixture, yawRad: -Math.PI / 2 }

  it('has the door side below and a metre as a hundred units', () => {
    const frame = new FloorFrame([8, 6])
    assert.deepEqual(frame.point([0, 0]), [0, 600])
    assert.deepEqual(frame.point([8, 6]), [800, 0])
    assert.equal(
      frame.points([
        [1, 1],
        [2.5, 1],
      ]),
      '100,500 250,500',
    )
  })

  it('turns a fixture about its front left corner', () => {
    assert.deepEqual(rounded(fixtureOutlineM(fixture)), [
      [1, 2],
      [3, 2],
      [3, 2.5],
      [1, 2.5],
    ])
    // Turned right by 90 degrees its plates run down the wall and its depth points to the right.
    assert.deepEqual(rounded(fixtureOutlineM(turned)), [
      [1, 2],
      [1, 0],
      [1.5, 0],
      [1.5, 2],
    ])
  })

  it('draws shelves that hang above each other side by side, the bottom one in front', () => {
    const plate = (shelf: number): Plate => {
      return {
        id: 'p',
        fixture: 'f',
        shelf,
        index: 1,
        positionM: [1.5, 2.25, 0.5 * shelf],
        sizeM: [0.4, 0.4],
        products: [],
      }
    }
    const [bottom, top] = [plateOutlineM(plate(1), fixture, 2), plateOutlineM(plate(2), fixture, 2)]
    assert.deepEqual(rounded(bottom), [
      [1.3, 2.02],
      [1.7, 2.02],
      [1.7, 2.23],
      [1.3, 2.23],
    ])
    assert.deepEqual(rounded(top), [
      [1.3, 2.27],
      [1.7, 2.27],
      [1.7, 2.48],
      [1.3, 2.48],
    ])
  })

  it('finds the edge of a gate where its door is', () => {
    assert.deepEqual(
      doorEdgeM(
        [
          [0.5, 0],
          [1.9, 0],
          [1.9, 1],
          [0.5, 1],
        ],
        [8, 6],
      ),
      [
        [0.5, 0],
        [1.9, 0],
      ],
    )
    assert.deepEqual(
      doorEdgeM(
        [
          [7, 2],
          [8, 2],
          [8, 3],
          [7, 3],
        ],
        [8, 6],
      ),
      [
        [8, 2],
        [8, 3],
      ],
    )
  })

  it('keeps every plate of the corner shop inside its fixture, and no two on one place', async () => {
    const { fixtures, plates } = floorPlanOf(await loadStore(cornerShop))
    const centres = new Set<string>()
    for (const plate of plates) {
      const owner = fixtures.find(({ id }) => id === plate.fixture)
      assert.ok(owner)
      const outline = plateOutlineM(plate, owner, 2)
      const xs = fixtureOutlineM(owner).map(([x]) => x)
      const ys = fixtureOutlineM(owner).map(([, y]) => y)
      for (const [x, y] of outline) {
        assert.ok(x >= Math.min(...xs) - 0.01 && x <= Math.max(...xs) + 0.01, `${plate.id}: x ${x}`)
        assert.ok(y >= Math.min(...ys) - 0.01 && y <= Math.max(...ys) + 0.01, `${plate.id}: y ${y}`)
      }
      centres.add(String(rounded([centreM(outline)])))
    }
    assert.equal(centres.size, plates.length)
  })
})
