import assert from 'node:assert/strict'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { StoreLayout } from '../../runtime/profile/layout.ts'
import { FloorPlan } from '../../runtime/twin/world/floor-plan.ts'
import { Shelves } from '../../runtime/twin/world/shelves.ts'
import { cornerShop, deviationOf, meanOf, peakToPeak, quantile } from './corner-shop.ts'

const startMs = 1_800_000_000_000
const rateHz = 60

describe('a plate of the twin', () => {
  let layout: StoreLayout
  const plate = 'g1-s1-p2'

  before(async () => {
    layout = (await cornerShop()).layout
  })

  function shelvesOf(seed: number, quiet = false): Shelves {
    const { footprints } = new FloorPlan(layout)
    return new Shelves({ layout, facingQuantity: new Map(), footprints, seed, random: seededRandom(seed), quiet })
  }

  const series = (shelves: Shelves, id: string, fromMs: number, untilMs: number) => {
    const count = Math.round(((untilMs - fromMs) * rateHz) / 1000)
    return Array.from({ length: count }, (_, i) => shelves.gramsAt(id, fromMs + (i * 1000) / rateHz))
  }

  it('is as noisy at rest as the plates of the real recording: median 0.61 g, 90th percentile 2.4 g, at most 6.3 g', () => {
    const deviations = Array.from({ length: 20 }, (_, seed) => shelvesOf(seed + 1)).flatMap((shelves) =>
      shelves.plateIds.map((id) => deviationOf(series(shelves, id, startMs, startMs + 2000))),
    )
    assert.ok(deviations.length > 400)
    const [median, high, most] = [quantile(deviations, 0.5), quantile(deviations, 0.9), Math.max(...deviations)]
    assert.ok(median > 0.45 && median < 0.8, `median ${median}`)
    assert.ok(high > 1.7 && high < 3.3, `90th percentile ${high}`)
    assert.ok(most > 3 && most < 7.5, `most ${most}`)
  })

  it('gives every reader the same value at the same moment, and the same seed the same values', () => {
    const [one, other] = [shelvesOf(7), shelvesOf(7)]
    const values = series(one, plate, startMs, startMs + 500)
    assert.deepEqual(series(one, plate, startMs, startMs + 500), values)
    assert.deepEqual(series(other, plate, startMs, startMs + 500), values)
    assert.notDeepEqual(series(shelvesOf(8), plate, startMs, startMs + 500), values)
  })

  it('drifts by grams in hours, and by less than 0.2 g in ten seconds', () => {
    const shelves = shelvesOf(3)
    const level = (atMs: number) => meanOf(series(shelves, plate, atMs, atMs + 2000))
    const levels = Array.from({ length: 60 }, (_, i) => level(startMs + i * 180_000))
    assert.ok(peakToPeak(levels) > 1 && peakToPeak(levels) < 20, `${peakToPeak(levels)} g in 3 h`)
    for (let i = 0; i < 20; i++) {
      const fromMs = startMs + i * 500_000
      assert.ok(Math.abs(level(fromMs + 10_000) - level(fromMs)) < 0.2 + noiseOfMean(shelves, fromMs))
    }
  })

  it('follows the store’s temperature as its cell does: a bigger cell by more grams, over the day and the air conditioner', () => {
    const rated = (ratingG: number) => {
      const plates = layout.plates.map((one) => ({ ...one, ratingG }))
      const { footprints } = new FloorPlan(layout)
      const random = seededRandom(2)
      return new Shelves({ layout: { ...layout, plates }, facingQuantity: new Map(), footprints, seed: 2, random })
    }
    // Two stores that differ in nothing else: what is left is temperature.
    const [big, small] = [rated(50_000), rated(10_000)]
    const swings = big.plateIds.map((id) => {
      const apart = Array.from({ length: 24 * 20 }, (_, i) => startMs + i * 180_000).map(
        (atMs) => big.gramsAt(id, atMs) - small.gramsAt(id, atMs),
      )
      return peakToPeak(apart)
    })
    // 0.005 % of the rating for each kelvin at most, and 4.2 K between the coldest and the warmest moment.
    assert.ok(Math.max(...swings) > 2 && Math.max(...swings) <= 0.00005 * 40_000 * 4.2, `${Math.max(...swings)}`)
    assert.ok(quantile(swings, 0.2) < 0.4 * Math.max(...swings), 'cells differ')
  })

  const noiseOfMean = (shelves: Shelves, atMs: number) =>
    (4 * deviationOf(series(shelves, plate, atMs, atMs + 2000))) / Math.sqrt(2 * rateHz)

  it('takes 0.3 to 0.6 s for a lift: first pressed, then free', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const shelves = shelvesOf(seed, true)
      const before = shelves.gramsAt(plate, startMs)
      const lifted = shelves.lift(plate, startMs + 1000)
      assert.ok(lifted)
      const { weightG } = lifted.piece
      const values = series(shelves, plate, startMs + 1000, startMs + 3000).map((grams) => grams - before)
      const settled = values.findLastIndex((grams) => Math.abs(grams + weightG) > 0.03 * weightG) + 1
      const begun = values.findIndex((grams) => Math.abs(grams) > 0.003 * weightG)
      const seconds = (settled - begun) / rateHz
      assert.ok(seconds > 0.12 && seconds < 0.62, `seed ${seed}: ${seconds} s`)
      assert.ok(lifted.endMs - startMs - 1000 >= 300 && lifted.endMs - startMs - 1000 <= 600)
      const pressed = Math.max(...values)
      assert.ok(pressed > 0.005 * weightG && pressed <= 80.5, `seed ${seed}: pressed ${pressed} g`)
      assert.ok(Math.abs(meanOf(values.slice(-30)) + weightG) < 0.1)
    }
  })

  it('overshoots when something is put down, and then shows what it weighs', () => {
    const shelves = shelvesOf(5, true)
    const before = shelves.gramsAt(plate, startMs)
    const piece = shelves.newPiece('8801001000016')
    const { endMs } = shelves.putDown(plate, [piece], startMs + 100)
    const values = series(shelves, plate, startMs, startMs + 3000).map((grams) => grams - before)
    assert.ok(Math.max(...values) > piece.weightG * 1.02)
    assert.ok(Math.abs(meanOf(values.slice(-30)) - piece.weightG) < 0.1)
    assert.ok(endMs > startMs)
  })

  it('swings its neighbours by a few per cent, and some of them keep a little of it', () => {
    const kept: number[] = []
    const swings: number[] = []
    for (let seed = 1; seed <= 40; seed++) {
      const shelves = shelvesOf(seed, true)
      const neighbours = ['g1-s1-p1', 'g1-s1-p3']
      const before = neighbours.map((id) => shelves.gramsAt(id, startMs))
      const weightG = shelves.lift(plate, startMs)?.piece.weightG ?? 0
      for (const [i, id] of neighbours.entries()) {
        const values = series(shelves, id, startMs, startMs + 3000).map((grams) => grams - (before[i] as number))
        swings.push(peakToPeak(values) / weightG)
        kept.push(meanOf(values.slice(-30)) / -weightG)
      }
      assert.equal(shelves.gramsAt('g2-s1-p2', startMs + 300), shelves.gramsAt('g2-s1-p2', startMs - 5000))
    }
    // Real: 16 to 34 g of swing on the next plates, and 9, 6 and 0 g kept, for 622 g.
    assert.ok(meanOf(swings) > 0.02 && meanOf(swings) < 0.06, `swing ${meanOf(swings)}`)
    const keeping = kept.filter((share) => share > 0.001)
    assert.ok(keeping.length > 0.2 * kept.length && keeping.length < 0.6 * kept.length, `${keeping.length} keep`)
    assert.ok(Math.max(...kept) < 0.02)
  })

  it('is shaken by steps before its own fixture much more than by steps elsewhere', () => {
    const swings = { near: [] as number[], far: [] as number[] }
    for (let seed = 1; seed <= 20; seed++) {
      const shelves = shelvesOf(seed)
      // Two steps a second, half a metre before the first fixture.
      for (const ms of [0, 500, 1000]) shelves.footfall([1.8, 4.8], startMs + ms)
      for (const id of shelves.plateIds) {
        const values = series(shelves, id, startMs, startMs + 1000)
        if (id.startsWith('g1-')) swings.near.push(peakToPeak(values))
        if (id.startsWith('g3-')) swings.far.push(peakToPeak(values))
      }
    }
    // Real: the median plate of the nearest gondola swings 17 to 60 g within a second, the next ones 5 to 15 g.
    const [near, far] = [quantile(swings.near, 0.5), quantile(swings.far, 0.5)]
    assert.ok(near > 12 && near < 60, `near ${near} g`)
    assert.ok(far < 8, `far ${far} g`)
    assert.ok(Math.max(...swings.near) < 400)
  })

  it('holds pieces that weigh 0.5 % more or less than the catalogue says', () => {
    const shelves = shelvesOf(1)
    const weights = Array.from({ length: 2000 }, () => shelves.newPiece('8801001000016').weightG)
    assert.ok(Math.abs(meanOf(weights) - 527) < 0.5)
    assert.ok(Math.abs(deviationOf(weights) / 527 - 0.005) < 0.0005)
  })
})
