import assert from 'node:assert/strict'
import fc from 'fast-check'
import { WeightEvent } from '../../runtime/contract/messages.ts'
import { compileCheck } from '../../runtime/contract/schema.ts'
import { SyntheticShelf, standing, startMs } from './synthetic-shelf.ts'

const check = compileCheck(WeightEvent)

describe('Weighing, whatever comes', () => {
  it('survives any numbers and any times, and tells only whole messages', () => {
    const reading = fc.oneof(
      fc.double(),
      fc.constant(null),
      fc.constant(Number.NaN),
      fc.double({ min: -2000, max: 2000, noNaN: true }),
    )
    const batch = fc.record({
      fixture: fc.constant('g1'),
      firstAtMs: fc.oneof(
        fc.double(),
        fc.integer({ min: -5000, max: 60_000 }).map((ms) => startMs + ms),
      ),
      rateHz: fc.oneof(fc.double(), fc.constantFrom(1, 10, 15, 60, 200)),
      plates: fc.array(fc.constantFrom('p1', 'p2', 'p3', 'nobody'), { maxLength: 4 }),
      grams: fc.array(fc.array(reading, { maxLength: 20 }), { maxLength: 4 }),
    })
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 60 }), (batches) => {
        const { weighing } = new SyntheticShelf({ plates: 3 })
        for (const [i, one] of batches.entries()) {
          for (const event of weighing.push(one, startMs + i)) assert.deepEqual(check(event), [])
        }
        JSON.stringify(weighing.levels())
        weighing.plateHealth('p1')
      }),
      { numRuns: 300 },
    )
  })

  it('survives wild readings in good order', () => {
    const reading = fc.oneof(
      { weight: 20, arbitrary: fc.double({ min: -300, max: 300, noNaN: true }) },
      { weight: 1, arbitrary: fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY, -1e300, 1e7, -32768) },
    )
    const row = fc.array(reading, { minLength: 12, maxLength: 12 })
    fc.assert(
      fc.property(fc.array(fc.tuple(row, row, row, fc.nat(3)), { maxLength: 80 }), (rows) => {
        const { weighing } = new SyntheticShelf({ plates: 3 })
        let atMs = startMs
        for (const [a, b, c, delay] of rows) {
          // Every now and then a batch is late, or repeats the one before, or some are missing.
          const firstAtMs = atMs - (delay === 3 ? 400 : 0)
          const batch = { fixture: 'g1', firstAtMs, rateHz: 60, plates: ['p1', 'p2', 'p3'], grams: [a, b, c] }
          for (const event of weighing.push(batch, atMs + 200)) assert.deepEqual(check(event), [])
          atMs += 200 * delay
        }
      }),
      { numRuns: 100 },
    )
  })

  it('tells of each plate as much as its level has changed in all', () => {
    const act = fc.record({
      gapS: fc.double({ min: 2.5, max: 6, noNaN: true }),
      deltaG: fc.integer({ min: -900, max: 900 }),
    })
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 6 }), fc.integer(), (acts, seed) => {
        const shelf = new SyntheticShelf({ plates: 3, seed })
        let atS = 1
        for (const { gapS, deltaG } of acts) {
          atS += gapS
          shelf.step('p2', Math.abs(deltaG) < 25 ? 40 : deltaG, atS)
        }
        const events = standing(shelf.run(atS + 4))
        const toldG = events.reduce((sum, { deltaG }) => sum + deltaG, 0)
        const reallyG = acts.reduce((sum, { deltaG }) => sum + (Math.abs(deltaG) < 25 ? 40 : deltaG), 0)
        assert.ok(Math.abs(toldG - reallyG) < 3 * Math.sqrt(acts.length) + 2, `told ${toldG}, really ${reallyG}`)
      }),
      { numRuns: 60 },
    )
  })
})
