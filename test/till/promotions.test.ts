import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { BasketChange, DecidedLine, PricedLine } from '../../runtime/contract/messages.ts'
import type { Product } from '../../runtime/profile/layout.ts'
import type { Promotion } from '../../runtime/profile/promotions.ts'
import { billOf, netLines } from '../../runtime/till/visits/bill.ts'
import { priceLine, totalMinor } from '../../runtime/till/visits/pricing.ts'
import { promote, promotionsAt } from '../../runtime/till/visits/promotions.ts'
import { lineOf } from './support/test-till.ts'

const names = ['cola', 'gum', 'tea', 'rice', 'ham'] as const
const piece = fc.constantFrom('cola', 'gum', 'tea', 'ham')

const offer: fc.Arbitrary<Promotion['offer']> = fc.oneof(
  fc.record({
    kind: fc.constant('one-free' as const),
    skus: fc.uniqueArray(piece, { minLength: 1 }),
    take: fc.integer({ min: 2, max: 4 }),
  }),
  fc.record({
    kind: fc.constant('bundle' as const),
    parts: fc.uniqueArray(fc.record({ sku: piece, quantity: fc.integer({ min: 1, max: 2 }) }), {
      minLength: 1,
      selector: ({ sku }) => sku,
    }),
    priceMinor: fc.integer({ min: 0, max: 6000 }),
  }),
  fc.record({
    kind: fc.constant('percent-off' as const),
    skus: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
    percent: fc.integer({ min: 1, max: 100 }),
  }),
)
const promotions = fc
  .array(offer, { maxLength: 5 })
  .map((offers) => offers.map((one, i): Promotion => ({ id: `p${i}`, name: `P${i}`, offer: one })))

/** Rice is sold by weight, ham is free of tax. */
const catalogue = fc.tuple(...names.map(() => fc.integer({ min: 0, max: 5000 }))).map(
  (prices) =>
    new Map(
      names.map((sku, i): [string, Product] => [
        sku,
        {
          ...{ sku, name: sku, weightG: null, weightSdG: null, priceMinor: prices[i] ?? 0, ageRestricted: false },
          ...{ soldBy: sku === 'rice' ? 'weight' : 'each', taxFree: sku === 'ham', aliases: [] },
        },
      ]),
    ),
)
const lines = fc
  .tuple(catalogue, fc.array(fc.tuple(fc.constantFrom(...names), fc.integer({ min: 1, max: 9 })), { maxLength: 8 }))
  .map(([products, wanted]) =>
    wanted.map(([sku, quantity], i) =>
      priceLine(lineOf(sku, sku === 'rice' ? quantity * 77.5 : quantity, `line-${i}`), products),
    ),
  )

const decided = (line: PricedLine, quantity = line.quantity): DecidedLine => {
  return { lineId: line.lineId, sku: line.sku, quantity, probability: 1, outcome: 'charge', rule: '' }
}
const basketOf = (shown: PricedLine[], by: Promotion[]) =>
  ({ lines: shown, discounts: promote(shown, by) }) as unknown as BasketChange
const netTotal = ({ lines: shown, discounts = [] }: BasketChange) => totalMinor(netLines(shown, discounts))
const vat = { name: 'VAT', percent: 10 }

describe('promotions', () => {
  const one = (sku: string, quantity: number, priceMinor: number, lineId = sku): PricedLine => {
    const line = lineOf(sku, quantity, lineId)
    return { ...line, name: sku, unitPriceMinor: priceMinor, amountMinor: quantity * priceMinor, soldBy: 'each' }
  }
  const saved = (shown: PricedLine[], ...offers: Promotion['offer'][]) =>
    promote(
      shown,
      offers.map((given, i) => ({ id: `p${i}`, name: '', offer: given })),
    ).map(({ promotionId, times, amountMinor }) => ({ promotionId, times, amountMinor }))

  it('give every second piece of a 1+1 free, and every third of a 2+1', () => {
    const onePlusOne = { kind: 'one-free' as const, skus: ['cola'], take: 2 }
    assert.deepEqual(saved([one('cola', 5, 2000)], onePlusOne), [{ promotionId: 'p0', times: 2, amountMinor: 4000 }])
    const twoPlusOne = { ...onePlusOne, take: 3 }
    assert.deepEqual(saved([one('cola', 5, 2000)], twoPlusOne), [{ promotionId: 'p0', times: 1, amountMinor: 2000 }])
    assert.deepEqual(saved([one('cola', 2, 2000)], twoPlusOne), [])
  })

  it('make the cheapest of mixed pieces free, the dearest first', () => {
    const mixed = { kind: 'one-free' as const, skus: ['cola', 'tea', 'gum'], take: 2 }
    const shown = [one('gum', 1, 500), one('cola', 1, 2000), one('tea', 2, 1500)]
    assert.deepEqual(saved(shown, mixed), [
      { promotionId: 'p0', times: 1, amountMinor: 1500 },
      { promotionId: 'p0', times: 1, amountMinor: 500 },
    ])
  })

  it('sell a bundle at its price, and what is over at its own', () => {
    const bundle = {
      kind: 'bundle' as const,
      parts: [
        { sku: 'ham', quantity: 1 },
        { sku: 'cola', quantity: 2 },
      ],
      priceMinor: 5500,
    }
    assert.deepEqual(saved([one('ham', 2, 2500), one('cola', 5, 2000)], bundle), [
      { promotionId: 'p0', times: 2, amountMinor: 2000 },
    ])
  })

  it('give a piece to the promotion that saves most, and to no other', () => {
    const half = { kind: 'percent-off' as const, skus: ['cola'], percent: 60 }
    const onePlusOne = { kind: 'one-free' as const, skus: ['cola'], take: 2 }
    assert.deepEqual(saved([one('cola', 2, 1000)], onePlusOne, half), [
      { promotionId: 'p1', times: 2, amountMinor: 1200 },
    ])
  })

  it("are on by the store's clock, and kept by whoever walked in under them", () => {
    const evening: Promotion = {
      ...{ id: 'p', name: '', firstDay: '2026-03-02', lastDay: '2026-03-03' },
      hours: [{ days: 'weekdays', from: '21:00', to: '23:00' }],
      offer: { kind: 'percent-off', skus: ['ham'], percent: 30 },
    }
    const at = (...times: string[]) =>
      promotionsAt(
        [evening],
        times.map((time) => Date.parse(`${time}+09:00`)),
        'Asia/Seoul',
      ).length === 1
    assert.ok(at('2026-03-02T21:00'))
    assert.ok(!at('2026-03-02T23:00'))
    assert.ok(at('2026-03-02T22:59', '2026-03-02T23:20'))
    assert.ok(!at('2026-03-01T22:00'), 'before its first day')
    assert.ok(!at('2026-03-04T22:00'), 'after its last day')
  })

  it('never make it dearer than the list, nor take more off a line than it costs', () => {
    fc.assert(
      fc.property(lines, promotions, (shown, by) => {
        const discounts = promote(shown, by)
        for (const { amountMinor, lines: parts } of discounts) assert.equal(totalMinor(parts), amountMinor)
        const net = netLines(shown, discounts)
        assert.ok(net.every((line) => Number.isSafeInteger(line.amountMinor) && line.amountMinor >= 0))
        assert.ok(totalMinor(net) <= totalMinor(shown))
      }),
      { numRuns: 300 },
    )
  })

  it('come to the same whatever the order of lines and promotions', () => {
    const shuffled = fc.tuple(lines, promotions).chain(([shown, by]) =>
      fc.record({
        ...{ shown: fc.constant(shown), by: fc.constant(by) },
        otherShown: fc.shuffledSubarray(shown, { minLength: shown.length }),
        otherBy: fc.shuffledSubarray(by, { minLength: by.length }),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ shown, by, otherShown, otherBy }) => {
        assert.deepEqual(promote(otherShown, otherBy), promote(shown, by))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a bill with promotions', () => {
  it('is what the basket showed when all of it is charged, and never more when some of it is not', () => {
    const cases = fc.tuple(lines, promotions, fc.array(fc.nat(9), { minLength: 8, maxLength: 8 }))
    fc.assert(
      fc.property(cases, ([shown, by, charged]) => {
        const basket = basketOf(shown, by)
        const terms = { promotions: by, tax: vat }
        const whole = billOf(
          shown.map((line) => decided(line)),
          basket,
          terms,
        )
        assert.equal(whole.totalMinor, netTotal(basket))
        const part = shown.flatMap((line, i) => {
          const quantity =
            line.soldBy === 'weight'
              ? (line.quantity * (charged[i] ?? 0)) / 9
              : Math.min(line.quantity, charged[i] ?? 0)
          return quantity > 0 ? [decided(line, quantity)] : []
        })
        for (const now of [by, []]) {
          const bill = billOf(part, basket, { ...terms, promotions: now })
          assert.ok(bill.totalMinor <= whole.totalMinor, `${bill.totalMinor} of ${whole.totalMinor}`)
          assert.ok(netLines(bill.lines, bill.discounts).every((line) => line.amountMinor >= 0))
        }
      }),
      { numRuns: 700 },
    )
  })

  it('has a tax whose parts sum up to the total, with tax-free goods apart', () => {
    fc.assert(
      fc.property(lines, promotions, fc.constantFrom(10, 8.1, 20, 0), (shown, by, percent) => {
        const bill = billOf(
          shown.map((line) => decided(line)),
          basketOf(shown, by),
          { promotions: by, tax: { name: 'VAT', percent } },
        )
        const { supplyMinor = 0, taxMinor = 0, taxFreeMinor = 0 } = bill.tax ?? {}
        assert.equal(supplyMinor + taxMinor + taxFreeMinor, bill.totalMinor)
        const taxed = supplyMinor + taxMinor
        assert.ok(Math.abs(taxMinor - (taxed * percent) / (100 + percent)) <= 0.5000001)
        const free = netLines(bill.lines, bill.discounts).filter(({ taxFree }) => taxFree)
        assert.equal(taxFreeMinor, totalMinor(free))
      }),
    )
    const sample = { ...lineOf('cola', 1), name: '', unitPriceMinor: 37_400, amountMinor: 37_400 }
    const { tax } = billOf([decided(sample)], basketOf([sample], []), { promotions: [], tax: vat })
    assert.deepEqual(tax, { ...vat, supplyMinor: 34_000, taxMinor: 3400, taxFreeMinor: 0 })
  })

  it('keeps a share of the discount for a share of what is sold by weight', () => {
    const rice = {
      ...lineOf('rice', 1000),
      name: '',
      unitPriceMinor: 8000,
      amountMinor: 8000,
      soldBy: 'weight' as const,
    }
    const off: Promotion = { id: 'p', name: '', offer: { kind: 'percent-off', skus: ['rice'], percent: 25 } }
    const { discounts, totalMinor: total } = billOf([decided(rice, 500)], basketOf([rice], [off]), {
      ...{ promotions: [], tax: null },
    })
    assert.deepEqual([discounts[0]?.amountMinor, total], [1000, 3000])
  })
})
