/** What a simulated store takes from one run of the benchmark to the next. */
import assert from 'node:assert/strict'
import type { LineOutcome } from '../../bench/fusion/line-outcome.ts'
import { StoreMemory } from '../../bench/fusion/store-memory.ts'
import { envelope } from '../../runtime/contract/messages.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { evidence, smallStore } from './small-store.ts'

const skus = ['cola', 'juice'] as const
const taken = evidence('e1', 10, { a: -500 })

/** One taking that was one product or the other; both lines wait. */
const visit: VisitSnapshot = {
  ...{ visitId: 'v', accountId: null, role: 'shopper', party: 1, state: 'review', gate: 'gate' },
  ...{ openedAtMs: 0, enteredAtMs: 0, exitedAtMs: 1, personIds: ['anna'], payment: null, receipt: null },
  basket: {
    ...{ type: 'basket-change', ...envelope('small', 1, 1), visitId: 'v', currency: 'KRW' },
    ...{ revision: 1, final: true, totalMinor: 0 },
    lines: skus.map((sku) => ({
      ...{ lineId: sku, sku, quantity: 1, probability: 0.5, eventIds: ['e1'], alternatives: [], notes: [] },
      ...{ name: sku, unitPriceMinor: 1, amountMinor: 1 },
    })),
  },
  decision: {
    ...{ outcome: 'review', policyHash: '' },
    lines: skus.map((sku) => {
      return { lineId: sku, sku, quantity: 1, probability: 0.5, outcome: 'review' as const, rule: 'uncertain' }
    }),
  },
}

const outcome = (sku: string, trueQuantity: number): LineOutcome => {
  return {
    ...{ visitId: 'v', lineId: sku, sku, outcome: 'review', probability: 0.5 },
    ...{ quantity: 1, trueQuantity, priceMinor: 100 },
  }
}

describe('what a simulated store remembers', () => {
  it('is nothing at first', () => {
    const memory = new StoreMemory(smallStore)
    assert.deepEqual(memory.layout.learned?.mistaken, [])
  })

  it('is what somebody who knew the truth chose in a review', () => {
    const memory = new StoreMemory(smallStore)
    memory.keep({
      visits: [visit],
      lines: [outcome('cola', 0), outcome('juice', 1)],
      evidence: new Map([['e1', taken]]),
    })
    assert.deepEqual(memory.layout.learned?.mistaken, [{ sku: 'juice', takenFor: 'cola', times: 1 }])
  })
})
