import assert from 'node:assert/strict'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { StoreLayout } from '../../runtime/profile/layout.ts'
import { FloorPlan } from '../../runtime/twin/world/floor-plan.ts'
import { Shelves } from '../../runtime/twin/world/shelves.ts'
import { cornerShop, deviationOf, meanOf, peakToPeak } from './corner-shop.ts'

const startMs = 1_800_000_000_000
const rateHz = 60
const sku = '8801001000016'

describe('what hands do to the plates of the twin', () => {
  let layout: StoreLayout
  const plate = 'g1-s1-p2'

  before(async () => {
    layout = (await cornerShop()).layout
  })

  function shelvesOf(seed: number, { quiet = true, straddling = 0, of = layout } = {}): Shelves {
    const { footprints } = new FloorPlan(of)
    const random = seededRandom(seed)
    return new Shelves({ layout: of, facingQuantity: new Map(), footprints, seed, random, quiet, straddling })
  }

  /** Samples less what the plate showed first; without creep, at rest this is what was put on it. */
  function changes(shelves: Shelves, id: string, fromMs: number, untilMs: number): number[] {
    const count = Math.round(((untilMs - fromMs) * rateHz) / 1000)
    return Array.from({ length: count }, (_, i) => shelves.gramsAt(id, fromMs + (i * 1000) / rateHz))
  }

  it('takes more than a second for a slow lift, which neither pushes nor falls suddenly', () => {
    const shelves = shelvesOf(1)
    const before = shelves.gramsAt(plate, startMs)
    const lifted = shelves.lift(plate, startMs, { manner: 'slow' })
    assert.ok(lifted && lifted.endMs - startMs >= 1500)
    const values = changes(shelves, plate, startMs, lifted.endMs + 500).map((grams) => grams - before)
    const { weightG } = lifted.piece
    const steps = values.slice(1).map((grams, i) => Math.abs(grams - (values[i] as number)))
    assert.ok(Math.max(...steps) < 0.05 * weightG, 'no sample falls by more than 5 %')
    assert.ok(Math.max(...values) < 0.01 * weightG)
    assert.ok(Math.abs((values.at(-1) as number) + weightG) < 0.005 * weightG)
  })

  it('lets a hand rest on an item for as long as it is told before the item goes', () => {
    const shelves = shelvesOf(2)
    const before = shelves.gramsAt(plate, startMs)
    const lifted = shelves.lift(plate, startMs, { manner: 'held', holdMs: 6000 })
    assert.ok(lifted && lifted.endMs - startMs > 6000 && lifted.endMs - startMs < 6700)
    const held = changes(shelves, plate, startMs + 500, startMs + 5500).map((grams) => grams - before)
    const { weightG } = lifted.piece
    assert.ok(deviationOf(held) > 0.001 * weightG, 'a hand is never still')
    for (const grams of held) assert.ok(grams > -0.5 * weightG && grams < 0.4 * weightG)
    const gone = meanOf(changes(shelves, plate, lifted.endMs + 1000, lifted.endMs + 1500)) - before
    assert.ok(Math.abs(gone + weightG) < 0.2)
  })

  it('bears what presses on it, shared among plates, and nothing afterwards', () => {
    const shelves = shelvesOf(3)
    const pressed = ['g1-s1-p2', 'g1-s1-p3']
    const before = pressed.map((id) => shelves.gramsAt(id, startMs))
    shelves.press(pressed, 3000, startMs + 1000, startMs + 4000)
    for (const [i, id] of pressed.entries()) {
      const level = (fromMs: number) => meanOf(changes(shelves, id, fromMs, fromMs + 1000)) - (before[i] as number)
      assert.ok(Math.abs(level(startMs + 2000) - 1500) < 300)
      assert.ok(Math.abs(level(startMs + 4500)) < 1)
      assert.equal(shelves.settledG(id) > 0, true)
    }
  })

  it('shakes every plate of a fixture when somebody bumps into it, harder than a step does, and changes nothing', () => {
    const shelves = shelvesOf(4, { quiet: false })
    const settled = shelves.plateIds.map((id) => shelves.settledG(id))
    const swing = (fixture: string) =>
      meanOf(
        shelves.plateIds
          .filter((id) => id.startsWith(`${fixture}-`))
          .map((id) => peakToPeak(changes(shelves, id, startMs, startMs + 1000))),
      )
    const still = swing('g1')
    shelves.knock('g1', 1, startMs)
    assert.ok(swing('g1') > still + 30)
    assert.ok(swing('g2') < 2 * still + 10)
    assert.deepEqual(
      shelves.plateIds.map((id) => shelves.settledG(id)),
      settled,
    )
    assert.throws(() => shelves.knock('g9', 1, startMs), /no fixture g9/)
  })

  it('peaks far above its weight when something is dropped, and hardly when it is laid down gently', () => {
    const peak = (manner: 'gentle' | 'dropped') => {
      const shelves = shelvesOf(5)
      const before = shelves.gramsAt(plate, startMs)
      const piece = shelves.newPiece(sku)
      shelves.putDown(plate, [piece], startMs, { manner })
      const values = changes(shelves, plate, startMs, startMs + 4000).map((grams) => grams - before)
      assert.ok(Math.abs((values.at(-1) as number) - piece.weightG) < 0.5)
      return Math.max(...values) / piece.weightG
    }
    // The hand still leans on it by a few per cent.
    assert.ok(peak('gentle') < 1.12)
    assert.ok(peak('dropped') > 1.25)
  })

  it('shares a piece among the plates that it lies over, and gives all of it back', () => {
    const shelves = shelvesOf(6)
    const plates = ['g1-s1-p1', 'g1-s1-p2']
    const settled = () => plates.map((id) => shelves.settledG(id))
    const before = settled()
    const piece = shelves.newPiece(sku)
    const put = shelves.putDown('g1-s1-p2', [piece], startMs, { over: [{ plate: 'g1-s1-p1', share: 0.3 }] })
    assert.deepEqual(
      put.plates.map(({ plate: id, deltaG }) => [id, Math.round(deltaG)]),
      [
        ['g1-s1-p2', Math.round(0.7 * piece.weightG)],
        ['g1-s1-p1', Math.round(0.3 * piece.weightG)],
      ],
    )
    const gained = settled().map((grams, i) => grams - (before[i] as number))
    assert.ok(Math.abs((gained[0] as number) - 0.3 * piece.weightG) < 0.01)
    assert.ok(Math.abs((gained[1] as number) - 0.7 * piece.weightG) < 0.01)

    const lifted = shelves.lift('g1-s1-p2', startMs + 5000, { piece })
    assert.equal(lifted?.piece, piece)
    const sum = lifted.plates.reduce((grams, { deltaG }) => grams + deltaG, 0)
    assert.ok(Math.abs(sum + piece.weightG) < 0.01)
    for (const [i, grams] of settled().entries()) assert.ok(Math.abs(grams - (before[i] as number)) < 0.01)
    assert.throws(
      () => shelves.putDown(plate, [piece], startMs, { over: [{ plate: 'g1-s1-p1', share: 1 }] }),
      RangeError,
    )
  })

  it('can be filled with pieces that lie over two plates of their product, whose weight all plates bear together', () => {
    const planogram = [{ sku, plates: ['g1-s1-p1', 'g1-s1-p2', 'g1-s1-p3'] }]
    const shelves = shelvesOf(7, { straddling: 0.5, of: { ...layout, planogram } })
    const borne = shelves.plateIds.reduce((sum, id) => sum + shelves.settledG(id), 0)
    const pieces = shelves.plateIds.flatMap((id) => shelves.pieces(id))
    const weightG = pieces.reduce((sum, piece) => sum + piece.weightG, 0)
    assert.ok(Math.abs(borne - weightG) < 0.01)
    const lifted = Array.from({ length: 12 }, (_, i) => shelves.lift('g1-s1-p2', startMs + i * 6000)?.plates.length)
    assert.ok(lifted.includes(1) && lifted.includes(2), `${lifted}`)
  })

  it('takes several pieces in one movement, as one change of their sum', () => {
    const shelves = shelvesOf(8)
    const count = shelves.pieces(plate).length
    const taken = shelves.liftTogether(plate, 2, startMs)
    assert.equal(taken?.pieces.length, 2)
    assert.equal(shelves.pieces(plate).length, count - 2)
    const weightG = taken.pieces.reduce((sum, piece) => sum + piece.weightG, 0)
    assert.deepEqual(taken.plates, [{ plate, deltaG: -weightG }])
    assert.equal(shelves.liftTogether(plate, 1, startMs + 9000, { sku: 'none' }), undefined)
  })

  it('bears foreign weights that nobody counts as goods, until they are picked up again', () => {
    const shelves = shelvesOf(9)
    const [before, goods] = [shelves.settledG(plate), shelves.pieces(plate).length]
    const phone = shelves.layForeign(plate, 190, startMs)
    assert.ok(Math.abs(shelves.settledG(plate) - before - 190) < 1e-6)
    assert.equal(shelves.pieces(plate).length, goods)
    shelves.pickUpForeign(phone, startMs + 8000, { manner: 'quick' })
    assert.ok(Math.abs(shelves.settledG(plate) - before) < 1e-6)
  })

  it('creeps: a small share of a change shows only within minutes, most of it early', () => {
    // Two stores that differ in nothing but the change.
    const [still, changed] = [shelvesOf(10, { quiet: false }), shelvesOf(10, { quiet: false })]
    const { endMs } = changed.layForeign(plate, 2000, startMs)
    const lacks = (afterMs: number) => {
      const level = (shelves: Shelves) => meanOf(changes(shelves, plate, endMs + afterMs, endMs + afterMs + 500))
      return 2000 - (level(changed) - level(still))
    }
    const [early, later, atLast] = [lacks(2000), lacks(60_000), lacks(3_600_000)]
    assert.ok(early > later && later > atLast, `${early} ${later} ${atLast}`)
    assert.ok(early > 0.0001 * 2000 && early < 0.001 * 2000)
    assert.ok(Math.abs(atLast) < 0.01)
  })
})
