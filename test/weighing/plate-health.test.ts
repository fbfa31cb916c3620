import assert from 'node:assert/strict'
import { SyntheticShelf, told } from './synthetic-shelf.ts'

describe("A plate's health by its samples", () => {
  const healthOf = (shelf: SyntheticShelf, durationS: number, plate = 'p3') => {
    shelf.run(durationS)
    return shelf.weighing.plateHealth(plate)?.state ?? null
  }

  it('is none of its concern while all is well', () => {
    const shelf = new SyntheticShelf().footsteps(40, 2, 8).step('p3', -500, 4)
    assert.equal(healthOf(shelf, 10), null)
    assert.equal(shelf.weighing.plateHealth('nobody'), null)
  })

  it('is stuck when it shows one value while its shelf is shaken', () => {
    const shelf = new SyntheticShelf().footsteps(60, 2, 30)
    const batches = shelf.batches(30).map((batch) => ({
      ...batch,
      grams: batch.grams.map((row, i) => (i === 2 ? row.map(() => 512) : row)),
    }))
    told(shelf.weighing, batches)
    assert.equal(shelf.weighing.plateHealth('p3')?.state, 'stuck')
    assert.equal(shelf.weighing.plateHealth('p4'), null)
  })

  it('is saturated beyond its rating', () => {
    assert.equal(healthOf(new SyntheticShelf().step('p3', 21_000, 2), 5), 'saturated')
  })

  it('is noisy when it scatters more than any sound plate', () => {
    assert.equal(healthOf(new SyntheticShelf({ noiseG: 60 }), 60), 'noisy')
  })

  it('is drifting when its level wanders at rest', () => {
    assert.equal(
      healthOf(
        new SyntheticShelf({ plates: 3, rateHz: 15 }).put('p3', (t) => t / 12),
        900,
      ),
      'drifting',
    )
  })

  it('has its sign flipped when it goes the other way than both of its neighbours', () => {
    const shelf = new SyntheticShelf()
    for (const atS of [3, 8, 13, 18]) {
      const sign = atS % 2 ? -1 : 1
      shelf.step('p2', sign * 60, atS).step('p3', sign * -45, atS)
      shelf.step('p3', sign * -45, atS + 2.5).step('p4', sign * 70, atS + 2.5)
    }
    assert.equal(healthOf(shelf, 25), 'sign-flipped')
  })
})
