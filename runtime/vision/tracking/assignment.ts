/**
 * Which row goes with which column so that the sum is least: the Hungarian method by shortest augmenting paths
 * (Jonker and Volgenant 1987), in rows² × (rows + columns) steps.
 */

/**
 * A pair that costs `gate` or more is never made: leaving a row alone costs `gate`.
 * @returns the column of each row, or null
 */
export function assign(costs: readonly (readonly number[])[], gate: number): (number | null)[] {
  const rows = costs.length
  const columns = costs[0]?.length ?? 0
  // After the real columns one for each row's being alone. Counting from 1; row and column 0 are the search's start.
  const all = columns + rows
  const cost = (row: number, column: number) =>
    column > columns ? gate : Math.min(gate, costs[row - 1]?.[column - 1] ?? gate)
  const rowPrice = new Float64Array(rows + 1)
  const columnPrice = new Float64Array(all + 1)
  const rowOf = new Int32Array(all + 1)
  const reachedFrom = new Int32Array(all + 1)
  for (let row = 1; row <= rows; row++) {
    const distance = new Float64Array(all + 1).fill(Number.POSITIVE_INFINITY)
    const isDone = new Uint8Array(all + 1)
    rowOf[0] = row
    let column = 0
    do {
      isDone[column] = 1
      const from = rowOf[column] as number
      let step = Number.POSITIVE_INFINITY
      let nearest = 0
      for (let next = 1; next <= all; next++) {
        if (isDone[next]) continue
        const reduced = cost(from, next) - (rowPrice[from] as number) - (columnPrice[next] as number)
        if (reduced < (distance[next] as number)) {
          distance[next] = reduced
          reachedFrom[next] = column
        }
        if ((distance[next] as number) < step) {
          step = distance[next] as number
          nearest = next
        }
      }
      for (let next = 0; next <= all; next++) {
        if (isDone[next]) {
          rowPrice[rowOf[next] as number] = (rowPrice[rowOf[next] as number] as number) + step
          columnPrice[next] = (columnPrice[next] as number) - step
        } else distance[next] = (distance[next] as number) - step
      }
      column = nearest
    } while (rowOf[column] !== 0)
    while (column !== 0) {
      const before = reachedFrom[column] as number
      rowOf[column] = rowOf[before] as number
      column = before
    }
  }
  const columnOf: (number | null)[] = new Array(rows).fill(null)
  for (let column = 1; column <= columns; column++) {
    const row = rowOf[column] as number
    if (row > 0 && cost(row, column) < gate) columnOf[row - 1] = column - 1
  }
  return columnOf
}
