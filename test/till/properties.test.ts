import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { AttributedLine, BasketChange, DecidedLine } from '../../runtime/contract/messages.ts'
import type { Product } from '../../runtime/profile/layout.ts'
import { billLines } from '../../runtime/till/visits/bill.ts'
import { amountMinor, priceLine, totalMinor } from '../../runtime/till/visits/pricing.ts'
import { endedStates, hasEnded, nextVisitState, visitHappenings } from '../../runtime/till/visits/visit-state.ts'
import { type VisitState, visitStates } from '../../runtime/till-api/events.ts'
import { lineOf } from './support/test-till.ts'

const price = fc.integer({ min: 0, max: 10_000_000 })
const pieces = fc.integer({ min: 1, max: 10_000 })
const product = (sku: string, priceMinor: number, soldBy: Product['soldBy']): Product => ({
  sku,
  name: sku,
  weightG: null,
  weightSdG: null,
  priceMinor,
  soldBy,
  ageRestricted: false,
  aliases: [],
})

describe('money', () => {
  it('is never created or lost by splitting a quantity of pieces', () => {
    fc.assert(
      fc.property(price, pieces, pieces, (unitPriceMinor, a, b) => {
        const each = (quantity: number) => amountMinor({ soldBy: 'each', unitPriceMinor }, quantity)
        assert.equal(each(a) + each(b), each(a + b))
      }),
    )
  })

  it('by weight is the exact amount rounded half up, never more than half a unit away', () => {
    fc.assert(
      fc.property(price, fc.integer({ min: 1, max: 50_000_000 }), (unitPriceMinor, milligrams) => {
        const amount = BigInt(amountMinor({ soldBy: 'weight', unitPriceMinor }, milligrams / 1000))
        const exactMillionths = BigInt(milligrams) * BigInt(unitPriceMinor)
        const over = 2n * (amount * 1_000_000n - exactMillionths)
        assert.ok(over > -1_000_000n && over <= 1_000_000n)
      }),
    )
    assert.equal(amountMinor({ soldBy: 'weight', unitPriceMinor: 1000 }, 0.5), 1)
    assert.equal(amountMinor({ soldBy: 'weight', unitPriceMinor: 1000 }, 0.499), 0)
  })

  it('refuses parts of pieces, nothing, less than nothing and what is beyond counting', () => {
    for (const quantity of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER]) {
      assert.throws(() => amountMinor({ soldBy: 'each', unitPriceMinor: 1000 }, quantity), { code: 'quantity-invalid' })
    }
    assert.throws(() => amountMinor({ soldBy: 'weight', unitPriceMinor: 1 }, -1), { code: 'quantity-invalid' })
  })

  it('of a bill is at most that of the basket, and exactly that when every line is charged', () => {
    const lines = fc.array(fc.record({ price, pieces, outcome: fc.constantFrom('charge', 'review', 'let-go') }), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(lines, (wanted) => {
        const products = new Map(wanted.map(({ price }, i) => [`sku-${i}`, product(`sku-${i}`, price, 'each')]))
        const attributed = wanted.map(({ pieces }, i): AttributedLine => lineOf(`sku-${i}`, pieces))
        const basket = {
          lines: attributed.map((line) => priceLine(line, products)),
        } as BasketChange
        const decided = attributed.map((line, i) => ({ ...line, outcome: wanted[i]?.outcome, rule: '' }) as DecidedLine)
        const bill = totalMinor(billLines(decided, basket))
        const charged = basket.lines.filter((_, i) => wanted[i]?.outcome === 'charge')
        assert.equal(bill, totalMinor(charged))
        assert.ok(bill <= totalMinor(basket.lines))
      }),
    )
  })
})

describe('a bill', () => {
  it('has the prices of the basket, also for a part of a line and when the catalogue sells it otherwise by now', () => {
    const soldBy = fc.constantFrom('each' as const, 'weight' as const)
    fc.assert(
      fc.property(price, pieces, pieces, soldBy, (priceMinor, shown, wanted, by) => {
        const sold = product('sku', priceMinor, by)
        const line = priceLine(lineOf('sku', shown), new Map([['sku', sold]]))
        const quantity = Math.min(shown, wanted)
        const decided = [{ ...lineOf('sku', quantity), outcome: 'charge' as const, rule: '' }]
        const bill = totalMinor(billLines(decided, { lines: [line] } as BasketChange))
        assert.equal(bill, amountMinor({ soldBy: by, unitPriceMinor: priceMinor }, quantity))
        assert.ok(bill <= line.amountMinor)
      }),
    )
  })
})

describe("a visit's states", () => {
  it('lead to an end from each of them, and never out of one', () => {
    for (const state of visitStates) {
      assert.equal(hasEnded(state), (endedStates as readonly string[]).includes(state))
      assert.ok(
        reachable(state).some((reached) => hasEnded(reached)),
        `${state} never ends`,
      )
    }
  })

  it('take money only after a decision, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...visitHappenings), { maxLength: 60 }), (happenings) => {
        let state: VisitState = 'admitted'
        const seen: VisitState[] = [state]
        let decided = false
        for (const happening of happenings) {
          const next = nextVisitState(state, happening)
          if (!next) continue
          assert.ok(!hasEnded(state))
          decided ||= happening === 'to-charge'
          state = next
          seen.push(state)
        }
        if (seen.includes('paid') || seen.includes('debt')) assert.ok(decided && seen.includes('charging'))
        assert.ok(seen.filter((visited) => visited === 'paid').length <= 1)
      }),
      { numRuns: 2000 },
    )
  })
})

function reachable(from: VisitState): VisitState[] {
  const reached = new Set<VisitState>([from])
  for (const state of reached) {
    for (const happening of visitHappenings) {
      const next = nextVisitState(state, happening)
      if (next) reached.add(next)
    }
  }
  return [...reached]
}
