import assert from 'node:assert/strict'
import fc from 'fast-check'
import { assign } from '../../../runtime/vision/tracking/assignment.ts'

const totalOf = (columns: readonly (number | null)[], costs: readonly (readonly number[])[], gate: number) =>
  columns.reduce<number>((sum, column, row) => sum + (column === null ? gate : (costs[row]?.[column] as number)), 0)

/** The least total of all ways there are. */
function least(costs: readonly (readonly number[])[], gate: number, row = 0, taken = new Set<number>()): number {
  if (row === costs.length) return 0
  let best = gate + least(costs, gate, row + 1, taken)
  for (const [column, cost] of (costs[row] ?? []).entries()) {
    if (cost >= gate || taken.has(column)) continue
    taken.add(column)
    best = Math.min(best, cost + least(costs, gate, row + 1, taken))
    taken.delete(column)
  }
  return best
}

describe('assignment', () => {
  it('costs as little as the best of all ways, for any costs and gate', () => {
    const cost = fc.oneof(fc.integer({ min: -5, max: 20 }), fc.constant(Number.POSITIVE_INFINITY))
    const table = fc
      .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }))
      .chain(([rows, columns]) =>
        fc.array(fc.array(cost, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
      )
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 15 }), (costs, gate) => {
        const columns = assign(costs, gate)
        const given = columns.filter((column) => column !== null)
        assert.equal(columns.length, costs.length)
        assert.equal(new Set(given).size, given.length)
        for (const [row, column] of columns.entries()) {
          if (column !== null) assert.ok((costs[row]?.[column] as number) < gate)
        }
        assert.equal(totalOf(columns, costs, gate), least(costs, gate))
      }),
    )
  })

  it('leaves a row alone rather than making a pair at the gate', () => {
    assert.deepEqual(assign([[5]], 5), [null])
    assert.deepEqual(assign([[4.9]], 5), [0])
    assert.deepEqual(assign([], 5), [])
  })
})
