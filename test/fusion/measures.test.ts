import assert from 'node:assert/strict'
import type { LineOutcome } from '../../bench/fusion/line-outcome.ts'
import { measuresOf } from '../../bench/fusion/measures.ts'
import type { RunResult } from '../../bench/fusion/twin-run.ts'

const line = (outcome: LineOutcome['outcome'], probability: number, quantity: number, trueQuantity: number) => ({
  ...{ visitId: 'visit-1', sku: 'cola', outcome, probability, quantity, trueQuantity, priceMinor: 100 },
})

const run = (lines: LineOutcome[]): RunResult => ({
  plan: { store: 'small', seed: 1, visits: 2, crowd: 1, mix: 'lively', appliance: 'good', turn: 0 },
  ...{ visits: 2, visitsInReview: 1, lines, mostAtOnce: 1, storeSeconds: 1800, platformSeconds: 3 },
  lineDelaysMs: [100, 200, 300],
  shortfalls: [],
})

describe('what the owner of a store asks of fusion', () => {
  const measures = measuresOf([
    run([
      line('charge', 1, 1, 1),
      line('charge', 1, 2, 1),
      line('charge', 1, 1, 2),
      line('review', 0.7, 1, 1),
      line('let-go', 0.3, 1, 1),
      line('untold', 0, 0, 2),
    ]),
  ])

  it('counts a line as wrong when more is charged than was taken', () => {
    assert.equal(measures.chargedLines, 3)
    assert.ok(Math.abs(measures.wrongPerThousand - 1000 / 3) < 1e-9)
  })

  it('counts visits in review', () => assert.equal(measures.reviewPerThousand, 500))

  it('counts as let go what was taken and neither charged nor shown to anybody', () => {
    assert.equal(measures.letGo, 4 / 8)
  })

  it('compares stated probabilities with shares of right lines', () => {
    assert.deepEqual(
      measures.reliability.map(({ lines, right }) => [lines, right]),
      [
        [1, 1],
        [1, 1],
        [3, 2 / 3],
      ],
    )
    assert.ok(Math.abs(measures.calibrationError - (0.7 + 0.3 + 1) / 5) < 1e-9)
  })

  it('tells times and costs', () => {
    assert.deepEqual(measures.lineDelayMs, { p50: 200, p99: 300 })
    assert.equal(measures.secondsPerStoreHour, 6)
  })
})
