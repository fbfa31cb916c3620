/** What the load cells' dialog decides by itself; the dialog as a whole is in test/browser/load-cells.test.ts. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { isFitWeight, isGood } from '../../nodes/editor/browser/load-cells/calibration-rules.ts'
import { PieceCounter } from '../../nodes/editor/browser/load-cells/piece-counter.ts'
import { pieceWeight } from '../../nodes/editor/browser/load-cells/piece-weight.ts'
import { PressedPlate } from '../../nodes/editor/browser/load-cells/pressed-plate.ts'
import { restToleranceG, SteadyLevel } from '../../nodes/editor/browser/load-cells/steady-level.ts'
import { programsThatRead } from '../../nodes/host/store-readers.ts'
import { seededRandom } from '../../runtime/contract/random.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'

describe('the level of a plate', () => {
  it('is known once it has stood still, and not while it moves', () => {
    const steady = new SteadyLevel({ toleranceG: restToleranceG(10_000) })
    const levels = [0, 200, 500, 480, 500, 501, 499, 500, 500, 501].map((grams, i) => steady.push(grams, i * 300))
    assert.deepEqual(
      levels.map((level) => level !== null),
      [...Array(7).fill(false), false, true, true],
    )
    assert.ok(Math.abs((levels.at(-1)?.grams ?? 0) - 500.2) < 0.5)
  })

  it('is not taken from one reading that came many times, nor across a gap', () => {
    const steady = new SteadyLevel({ toleranceG: 3 })
    for (let i = 0; i < 20; i++) assert.equal(steady.push(100, 7), null)
    for (let i = 0; i < 4; i++) steady.push(100, 1000 + i * 300)
    assert.equal(steady.push(null, 2300), null)
    assert.equal(steady.push(100, 2600), null)
  })
})

describe('weighing a product in', () => {
  /** Moves pieces on a plate that trembles, and returns what was weighed. */
  function weigh(pieceG: readonly number[], seed: number) {
    const random = seededRandom(seed)
    const counter = new PieceCounter(10_000)
    let onPlateG = 4000
    let atMs = 0
    const weighings = []
    for (const grams of [0, ...pieceG]) {
      for (let i = 0; i < 12; i++, atMs += 250) {
        // The hand comes with the piece and leaves again.
        const handG = i < 2 && grams !== 0 ? 300 : 0
        const weighing = counter.push(onPlateG + grams + handG + (random.next() - 0.5), atMs, 1)
        if (weighing) weighings.push(weighing)
      }
      onPlateG += grams
    }
    return weighings
  }

  it('finds each piece once, put on or taken off, and its weight', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 12, max: 900 }), { minLength: 1, maxLength: 6 }),
        fc.integer(),
        (sizes, seed) => {
          const pieces = sizes.map((grams, i) => (i % 2 === 0 ? grams : -grams))
          const weighings = weigh(pieces, seed)
          assert.equal(weighings.length, pieces.length)
          weighings.forEach(({ deltaG }, i) => {
            assert.ok(Math.abs(deltaG - (pieces[i] ?? 0)) < 1.5, `${deltaG} for ${pieces[i]}`)
          })
        },
      ),
      { numRuns: 50 },
    )
  })

  it('tells the spread of single pieces without the noise of the plate, from three weighings on', () => {
    const weighing = (deltaG: number, pieces = 1, sigmaG = 0) => ({ deltaG, pieces, sigmaG })
    assert.deepEqual(pieceWeight([weighing(-100), weighing(104)]), { weightG: 102, weightSdG: null, doubtful: [] })
    assert.equal(pieceWeight([weighing(98), weighing(100), weighing(102)])?.weightSdG, 2)
    assert.equal(pieceWeight([weighing(98, 1, 3), weighing(100, 1, 3), weighing(102, 1, 3)])?.weightSdG, 0)
    const four = pieceWeight([weighing(396, 4), weighing(400, 4), weighing(404, 4)])
    assert.deepEqual([four?.weightG, four?.weightSdG], [100, 2])
    assert.equal(pieceWeight([]), null)
  })

  it('doubts a weighing of two pieces among those of one', () => {
    const weighings = [100, 101, 201, 99].map((deltaG) => ({ deltaG, pieces: 1, sigmaG: 0.1 }))
    assert.deepEqual(pieceWeight(weighings)?.doubtful, [2])
  })
})

describe('the plate that somebody presses', () => {
  const reading = (plate: string, weightG: number | null) => ({
    plate,
    weightG,
    stable: true,
    atMs: 0,
    health: 'online',
  })

  it('is the one that changed most, and none when the hand is gone or only a neighbour trembles', () => {
    const pressed = new PressedPlate()
    assert.equal(pressed.push([reading('a', 100), reading('b', 900), reading('c', null)], 0), null)
    assert.equal(pressed.push([reading('a', 120), reading('b', 900)], 700), null)
    assert.deepEqual(pressed.push([reading('a', 200), reading('b', 2400)], 1400), { plate: 'b', deltaG: 1500 })
    assert.equal(pressed.push([reading('a', 100), reading('b', 905)], 2100), null)
  })

  it('is not one that something was put on for good', () => {
    const pressed = new PressedPlate()
    pressed.push([reading('a', 0)], 0)
    assert.ok(pressed.push([reading('a', 500)], 1000))
    pressed.push([reading('a', 500)], 6000)
    assert.equal(pressed.push([reading('a', 500)], 7000), null)
  })
})

describe('a calibration', () => {
  it('is good within 2 g or 0.2 %', () => {
    assert.ok(isGood(1001.9, 1000) && isGood(5009, 5000) && isGood(-2, 0))
    assert.ok(!isGood(1002.1, 1000) && !isGood(4989, 5000) && !isGood(Number.NaN, 0))
  })

  it('takes no weight that is light beside the rating, or above it', () => {
    assert.deepEqual(
      [999, 1000, 10_000, 10_001, Number.NaN].map((grams) => isFitWeight(grams, 10_000)),
      [false, true, true, false, false],
    )
  })
})

describe('what has to start anew after a change of the store', () => {
  it('is what reads it, and never the till', async () => {
    const store = await loadStore(new URL('../../hardware-profiles/corner-shop', import.meta.url).pathname)
    const changed = (change: (store: LoadedStore) => void) => {
      const after = structuredClone(store)
      change(after)
      return programsThatRead(store, after)
    }
    assert.deepEqual(
      changed(() => {}),
      [],
    )
    assert.deepEqual(
      changed(({ layout }) => {
        if (layout.products[0]) layout.products[0].weightG = 1
      }),
      ['flows'],
    )
    assert.deepEqual(
      changed(({ profile }) => {
        if (profile.plates[0]) profile.plates[0].source.channel = 64
      }),
      ['sensing'],
    )
    assert.deepEqual(
      changed(({ profile, layout }) => {
        for (const plate of [profile.plates[0], layout.plates[0]]) if (plate) plate.positionM = [1, 1, 1]
      }),
      ['sensing', 'flows', 'console'],
    )
    assert.deepEqual(
      changed(({ profile, layout }) => {
        for (const camera of [profile.cameras[0], layout.cameras[0]]) if (camera) camera.positionM = [1, 1, 2]
      }),
      ['flows', 'console', 'vision'],
    )
    assert.deepEqual(
      changed(({ profile }) => {
        if (profile.cameras[0]) profile.cameras[0].lookAtM = [1, 1, 0]
      }),
      ['console', 'vision'],
    )
  })
})

describe("the editor's texts", () => {
  it('are there in English and Korean', () => {
    type Texts = { [key: string]: string | Texts }
    const keys = (texts: Texts): string[] =>
      Object.entries(texts).flatMap(([key, value]) =>
        typeof value === 'string' ? [key] : keys(value).map((inner) => `${key}.${inner}`),
      )
    const keysIn = (language: string) =>
      keys(
        JSON.parse(readFileSync(new URL(`../../nodes/editor/texts.${language}.json`, import.meta.url), 'utf8')),
      ).sort()
    assert.deepEqual(keysIn('ko'), keysIn('en'))
  })
})
