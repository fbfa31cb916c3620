import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type Learning, learn } from '../../runtime/learning/learn.ts'
import { type ConfirmedTaking, type LearnedContent, nothingLearned } from '../../runtime/learning/learned-version.ts'
import { defaultLearningPolicy as policy } from '../../runtime/learning/learning-policy.ts'
import type { Product } from '../../runtime/profile/layout.ts'

const product = (sku: string, weightG: number | null, weightSdG: number | null = null): Product => ({
  ...{ sku, name: sku, weightG, weightSdG, priceMinor: 100 },
  ...{ soldBy: 'each', ageRestricted: false, aliases: [] },
})
const shop = [product('cola', 500, 3), product('juice', 300, 2), product('nuts', null)]

let events = 0
const taking = (pieceG: number, pieces = 1): ConfirmedTaking => {
  events++
  return { event: `e${events}`, pieceG, sigmaG: 1 / pieces, pieces }
}

interface Said {
  doubted?: string[]
  sold?: [string, number][]
  mistaken?: { sku: string; takenFor: string }[]
}

function learned(
  takings: Record<string, ConfirmedTaking[]>,
  known: LearnedContent = nothingLearned,
  { doubted = [], sold = [], mistaken = [] }: Said = {},
  products = shop,
): Learning {
  const outcomes = {
    takings: Object.entries(takings).flatMap(([sku, all]) => all.map((taking) => ({ sku, taking }))),
    doubtedEvents: new Set(doubted),
    sold: new Map(sold),
    mistaken,
  }
  return learn(known, outcomes, products, policy)
}

const weightOf = ({ content }: Pick<Learning, 'content'>, sku: string) =>
  content.products.find((one) => one.sku === sku)?.learned?.weightG

const grams = (mean: number, off: readonly number[]) => off.map((offG) => taking(mean + offG))

describe('the weight of a product', () => {
  it('that the catalogue has wrong by a fifth is right after five confirmed takings', () => {
    const learning = learned({ cola: grams(600, [1, -2, 0, 2, -1]) })
    assert.ok(Math.abs((weightOf(learning, 'cola') ?? 0) - 600) < 2)
    assert.deepEqual(learning.doubts, [])
    assert.deepEqual(
      learning.changes.map(({ sku, before, estimate }) => [sku, before.weightG, estimate?.agreeing.length]),
      [['cola', 500, 5]],
    )
  })

  it('stays as it is until enough visits agree, which are remembered', () => {
    const first = learned({ cola: grams(600, [0, 1]) })
    assert.deepEqual([first.changes, first.waiting], [[], [{ sku: 'cola', takings: 2 }]])
    const second = learned({ cola: grams(600, [-1]) }, first.content)
    assert.ok(Math.abs((weightOf(second, 'cola') ?? 0) - 600) < 2)
  })

  it('is not moved by what agrees with it', () => {
    assert.equal(weightOf(learned({ cola: grams(500.4, [1, -2, 2]) }), 'cola'), undefined)
  })

  it('follows a batch that differs a little only in part', () => {
    const weightG = weightOf(learned({ cola: grams(502, [0.2, -0.2, 0]) }), 'cola') ?? 0
    assert.ok(weightG > 500.5 && weightG < 501.8, `${weightG}`)
  })

  it('is not moved by one taking that was something else', () => {
    const learning = learned({ cola: [...grams(600, [1, -1, 0, 2]), taking(300)] })
    assert.ok(Math.abs((weightOf(learning, 'cola') ?? 0) - 600) < 3)
    assert.equal(learning.changes[0]?.estimate?.agreeing.length, 4)
  })

  it('is learned from nothing where nobody had weighed it', () => {
    assert.ok(Math.abs((weightOf(learned({ nuts: grams(80, [0.2, -0.2, 0]) }), 'nuts') ?? 0) - 80) < 0.5)
  })

  it('takes a catalogue in kilograms for what it is', () => {
    const { changes } = learned({ rice: grams(500, [0, 1, -1]) }, nothingLearned, {}, [product('rice', 0.5)])
    assert.deepEqual(changes, [])
  })

  it('agrees where pieces differ more than the catalogue says', () => {
    const wide = learned({ cola: grams(600, [16, -15, 9, -8, 1]) }).changes[0]
    assert.equal(wide?.estimate?.agreeing.length, 5)
  })

  it('gets the spread that its pieces have, within bounds', () => {
    const wide = learned({ cola: grams(500, [7, -7, 5, -5, 3, -3, 8, -8, 0]) }).changes[0]
    assert.ok(wide && wide.after.weightSdG > 4 && wide.after.weightSdG <= 6, `${wide?.after.weightSdG}`)
  })

  it('is forgotten when somebody weighed the product in meanwhile', () => {
    const { content } = learned({ cola: grams(600, [1, -1, 0]) })
    const weighedIn = [product('cola', 601, 3), ...shop.slice(1)]
    assert.deepEqual(learned({}, content, {}, weighedIn).content.products, [])
  })

  it('falls back to the catalogue when its takings were given back', () => {
    const takings = grams(600, [1, -1, 0])
    const { content } = learned({ cola: takings })
    const doubted = takings.slice(1).map(({ event }) => event)
    const learning = learned({}, content, { doubted })
    assert.equal(weightOf(learning, 'cola'), undefined)
    assert.deepEqual(
      learning.changes.map(({ after }) => after.weightG),
      [500],
    )
  })

  it('never depends on the order in which people decided, nor moves any other product', () => {
    const off = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 8 })
    fc.assert(
      fc.property(off, fc.integer({ min: 410, max: 640 }), (offs, meanG) => {
        const takings = offs.map((offG) => taking(Math.round((meanG + offG) * 100) / 100))
        const one = learned({ cola: takings })
        const other = learned({ cola: takings.toReversed() })
        assert.equal(weightOf(one, 'cola'), weightOf(other, 'cola'))
        assert.deepEqual(
          one.content.products.map(({ sku }) => sku),
          ['cola'],
        )
      }),
      { numRuns: 50 },
    )
  })
})

describe('what a person has to accept', () => {
  it('is a weight that would move by much', () => {
    assert.deepEqual(learned({ cola: grams(1000, [1, -1, 0]) }).doubts, [
      'cola would weigh over 30 % more or less than it did.',
    ])
  })

  it('is many weights that would move at once', () => {
    const many = Array.from({ length: 6 }, (_, i) => product(`p${i}`, 400, 2))
    const takings = Object.fromEntries(many.map(({ sku }) => [sku, grams(440, [0, 1, -1])]))
    assert.match(learned(takings, nothingLearned, {}, many).doubts.join(), /6 weights .* scale/)
  })
})

describe('what is expected', () => {
  it('adds up: what was sold, and what was taken for what', () => {
    const mistaken = [{ sku: 'mate', takenFor: 'tea' }]
    const first = learned({}, nothingLearned, { sold: [['tea', 2]], mistaken })
    const second = learned({}, first.content, {
      sold: [
        ['cola', 1],
        ['tea', 1],
      ],
      mistaken,
    })
    assert.deepEqual(second.content.sold, [
      { sku: 'cola', times: 1 },
      { sku: 'tea', times: 3 },
    ])
    assert.deepEqual(second.content.mistaken, [{ sku: 'mate', takenFor: 'tea', times: 2 }])
  })
})
