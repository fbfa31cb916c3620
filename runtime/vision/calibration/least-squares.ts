/** Least squares that are not linear, by Levenberg's and Marquardt's damping; small and dense. */

/** @returns the solution, or null when the matrix has no inverse. By elimination with pivots. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null {
  const n = right.length
  const rows = matrix.map((row, i) => [...row, right[i] as number])
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(at(rows, row, column)) > Math.abs(at(rows, pivot, column))) pivot = row
    }
    if (Math.abs(at(rows, pivot, column)) < 1e-12) return null
    ;[rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]]
    for (let row = column + 1; row < n; row++) {
      const factor = at(rows, row, column) / at(rows, column, column)
      for (let k = column; k <= n; k++) (rows[row] as number[])[k] = at(rows, row, k) - factor * at(rows, column, k)
    }
  }
  const x = new Array<number>(n).fill(0)
  for (let row = n - 1; row >= 0; row--) {
    let sum = at(rows, row, n)
    for (let k = row + 1; k < n; k++) sum -= at(rows, row, k) * (x[k] as number)
    x[row] = sum / at(rows, row, row)
  }
  return x
}

const at = (rows: readonly (readonly number[])[], row: number, column: number) => rows[row]?.[column] as number

/** `Aᵀ A` and `Aᵀ b` of the rows of `A`. */
export function normalEquations(rows: readonly (readonly number[])[], right: readonly number[]) {
  const n = rows[0]?.length ?? 0
  const matrix = Array.from({ length: n }, () => new Array<number>(n).fill(0))
  const vector = new Array<number>(n).fill(0)
  for (const [r, row] of rows.entries()) {
    for (let i = 0; i < n; i++) {
      vector[i] = (vector[i] as number) + (row[i] as number) * (right[r] as number)
      const sums = matrix[i] as number[]
      for (let j = 0; j < n; j++) sums[j] = (sums[j] as number) + (row[i] as number) * (row[j] as number)
    }
  }
  return { matrix, vector }
}

export interface Problem<T> {
  start: T
  /** A step away from a value, in as many directions as `parameters`. */
  moved: (value: T, step: readonly number[]) => T
  parameters: number
  /** null: the value is impossible. */
  residuals: (value: T) => number[] | null
}

export interface Solution<T> {
  value: T
  cost: number
  residuals: number[]
  /** Of each residual by each parameter, at the solution. */
  slopes: number[][]
}

const difference = 1e-6
const mostSteps = 100
const goodEnough = 1e-10
const mostDamping = 1e9

/** The nearest least sum of squares below `start`; null when that is impossible itself. */
export function leastSquares<T>({ start, moved, parameters, residuals }: Problem<T>): Solution<T> | null {
  const slopesAt = (value: T, here: readonly number[]): number[][] | null => {
    const columns = Array.from({ length: parameters }, (_, i) => {
      const step = new Array<number>(parameters).fill(0)
      step[i] = difference
      return residuals(moved(value, step))
    })
    if (columns.includes(null)) return null
    return here.map((from, r) => columns.map((column) => ((column?.[r] as number) - from) / difference))
  }
  let value = start
  let here = residuals(value)
  let slopes = here && slopesAt(value, here)
  if (!here || !slopes) return null
  let damping = 1e-3
  for (let step = 0; step < mostSteps && damping < mostDamping; step++) {
    const { matrix, vector } = normalEquations(slopes, here)
    for (const [i, row] of matrix.entries()) row[i] = (row[i] as number) * (1 + damping) + 1e-12
    const change = solve(matrix, vector)
    const next =
      change &&
      moved(
        value,
        change.map((part) => -part),
      )
    const there = next && residuals(next)
    const nextSlopes: number[][] | null =
      there && sumOfSquares(there) < sumOfSquares(here) ? slopesAt(next, there) : null
    if (!next || !there || !nextSlopes) {
      damping *= 4
      continue
    }
    const gained = 1 - sumOfSquares(there) / Math.max(sumOfSquares(here), 1e-30)
    ;[value, here, slopes] = [next, there, nextSlopes]
    damping = Math.max(damping / 6, 1e-12)
    if (gained < goodEnough) break
  }
  return { value, residuals: here, slopes, cost: sumOfSquares(here) }
}

const sumOfSquares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0)
