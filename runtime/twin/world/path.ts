/** Shortest ways on a grid (A*), pulled straight afterwards. */
import type { PointM } from '../../profile/layout.ts'

export interface WalkGrid {
  columns: number
  rows: number
  cellM: number
  /** Distance from each cell's centre to the nearest obstacle. */
  clearance: Float32Array
  /** Cells with less clearance are closed. */
  radiusM: number
}

/** Two centres keep at least this distance when one walks around the other. */
const bodyDistanceM = 0.52
/** People like some air between them and shelves; nearer than this costs a detour. */
const comfortM = 0.5

/** @returns corner points from `from` (left out) to `to`, or null when no way is open */
export function shortestPath(grid: WalkGrid, from: PointM, to: PointM, bodies: readonly PointM[]): PointM[] | null {
  const open = (cell: number) => isOpen(grid, cell, bodies)
  const start = nearestCell(grid, from, open)
  const goal = nearestCell(grid, to, open)
  if (start < 0 || goal < 0) return null
  const cells = searchCells(grid, start, goal, open)
  if (!cells) return null
  const corners = pullStraight(grid, [from, ...cells.slice(1).map((cell) => centre(grid, cell))], open)
  // The goal itself is exact; its cell's centre was only the way to it.
  return [...corners.slice(1, -1), to]
}

/** Closes every cell that cannot be walked to from any of `starts`. */
export function closeUnreachable(grid: WalkGrid, starts: readonly PointM[]): void {
  const { columns, rows, clearance } = grid
  const open = (cell: number) => isOpen(grid, cell, [])
  const waiting = starts.map((start) => nearestCell(grid, start, open)).filter((cell) => cell >= 0)
  if (waiting.length === 0) return
  const reached = new Set(waiting)
  for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
    const column = cell % columns
    const beside = [
      ...(column > 0 ? [cell - 1] : []),
      ...(column < columns - 1 ? [cell + 1] : []),
      ...(cell >= columns ? [cell - columns] : []),
      ...(cell < columns * (rows - 1) ? [cell + columns] : []),
    ]
    for (const next of beside) {
      if (reached.has(next) || !open(next)) continue
      reached.add(next)
      waiting.push(next)
    }
  }
  for (let cell = 0; cell < columns * rows; cell++) if (!reached.has(cell)) clearance[cell] = -1
}

/** Whether one can walk to `p` and stand there while nobody else is about. */
export const isWalkable = (grid: WalkGrid, p: PointM): boolean => isOpen(grid, cellAt(grid, p), [])

function isOpen(grid: WalkGrid, cell: number, bodies: readonly PointM[]): boolean {
  if ((grid.clearance[cell] ?? -1) < grid.radiusM) return false
  if (bodies.length === 0) return true
  const [x, y] = centre(grid, cell)
  return bodies.every((body) => Math.hypot(body[0] - x, body[1] - y) >= bodyDistanceM)
}

const centre = (grid: WalkGrid, cell: number): PointM => [
  ((cell % grid.columns) + 0.5) * grid.cellM,
  (Math.floor(cell / grid.columns) + 0.5) * grid.cellM,
]

function cellAt(grid: WalkGrid, p: PointM): number {
  const column = Math.min(grid.columns - 1, Math.max(0, Math.floor(p[0] / grid.cellM)))
  const row = Math.min(grid.rows - 1, Math.max(0, Math.floor(p[1] / grid.cellM)))
  return row * grid.columns + column
}

/** The open cell nearest to `p` within half a metre, or -1. */
function nearestCell(grid: WalkGrid, p: PointM, open: (cell: number) => boolean): number {
  const exact = cellAt(grid, p)
  if (open(exact)) return exact
  const reach = Math.ceil(0.5 / grid.cellM)
  let best = -1
  let bestM = Number.POSITIVE_INFINITY
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const cell = cellAt(grid, [p[0] + dx * grid.cellM, p[1] + dy * grid.cellM])
      const [x, y] = centre(grid, cell)
      const away = Math.hypot(x - p[0], y - p[1])
      if (away < bestM && away <= 0.6 && open(cell)) {
        best = cell
        bestM = away
      }
    }
  }
  return best
}

function searchCells(grid: WalkGrid, start: number, goal: number, open: (cell: number) => boolean): number[] | null {
  const { columns, rows } = grid
  const cost = new Float64Array(columns * rows).fill(Number.POSITIVE_INFINITY)
  const cameFrom = new Int32Array(columns * rows).fill(-1)
  const closed = new Uint8Array(columns * rows)
  const goalX = goal % columns
  const goalY = Math.floor(goal / columns)
  const ahead = (cell: number) => Math.hypot((cell % columns) - goalX, Math.floor(cell / columns) - goalY)
  const frontier = new Frontier()
  cost[start] = 0
  frontier.push(start, ahead(start))
  for (let cell = frontier.pop(); cell >= 0; cell = frontier.pop()) {
    if (cell === goal) return trace(cameFrom, goal)
    if (closed[cell]) continue
    closed[cell] = 1
    const [x, y] = [cell % columns, Math.floor(cell / columns)]
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const next = cell + dy * columns + dx
        if ((dx === 0 && dy === 0) || x + dx < 0 || x + dx >= columns || y + dy < 0 || y + dy >= rows) continue
        if (closed[next] || !open(next)) continue
        // No cutting of corners.
        if (dx !== 0 && dy !== 0 && !(open(cell + dx) && open(cell + dy * columns))) continue
        const tight = Math.max(0, comfortM - (grid.clearance[next] ?? 0)) / comfortM
        const reached = (cost[cell] as number) + Math.hypot(dx, dy) * (1 + 0.6 * tight)
        if (reached >= (cost[next] as number)) continue
        cost[next] = reached
        cameFrom[next] = cell
        frontier.push(next, reached + ahead(next))
      }
    }
  }
  return null
}

function trace(cameFrom: Int32Array, goal: number): number[] {
  const cells = [goal]
  for (let cell = cameFrom[goal] as number; cell >= 0; cell = cameFrom[cell] as number) cells.push(cell)
  return cells.reverse()
}

/** Drops every point that can be cut off without leaving open cells. */
function pullStraight(grid: WalkGrid, points: PointM[], open: (cell: number) => boolean): PointM[] {
  const kept: PointM[] = [points[0] as PointM]
  let anchor = 0
  for (let i = 2; i < points.length; i++) {
    if (clearLine(grid, points[anchor] as PointM, points[i] as PointM, open)) continue
    kept.push(points[i - 1] as PointM)
    anchor = i - 1
  }
  if (points.length > 1) kept.push(points.at(-1) as PointM)
  return kept
}

function clearLine(grid: WalkGrid, a: PointM, b: PointM, open: (cell: number) => boolean): boolean {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1])
  const steps = Math.ceil(length / (grid.cellM / 2))
  for (let i = 1; i <= steps; i++) {
    const share = i / steps
    if (!open(cellAt(grid, [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]))) return false
  }
  return true
}

/** A binary heap of cells by estimated length. */
class Frontier {
  readonly #cells: number[] = []
  readonly #keys: number[] = []

  push(cell: number, key: number): void {
    let i = this.#cells.length
    this.#cells.push(cell)
    this.#keys.push(key)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if ((this.#keys[parent] as number) <= key) break
      this.#swap(i, parent)
      i = parent
    }
  }

  /** The cell with the smallest key, or -1 when empty. */
  pop(): number {
    const top = this.#cells[0]
    if (top === undefined) return -1
    const lastCell = this.#cells.pop() as number
    const lastKey = this.#keys.pop() as number
    if (this.#cells.length > 0) {
      this.#cells[0] = lastCell
      this.#keys[0] = lastKey
      this.#sink()
    }
    return top
  }

  #sink(): void {
    const size = this.#cells.length
    for (let i = 0; ; ) {
      let least = i
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < size && (this.#keys[child] as number) < (this.#keys[least] as number)) least = child
      }
      if (least === i) return
      this.#swap(i, least)
      i = least
    }
  }

  #swap(i: number, j: number): void {
    const [cell, key] = [this.#cells[i] as number, this.#keys[i] as number]
    this.#cells[i] = this.#cells[j] as number
    this.#keys[i] = this.#keys[j] as number
    this.#cells[j] = cell
    this.#keys[j] = key
  }
}
