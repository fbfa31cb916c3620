import type { ChannelReading } from '../devices/load-cells/decode.ts'
import type { PlateReading } from '../sensing-api/sensing-client.ts'
import type { HealthBoard } from './health-board.ts'

/** Newest readings that the scatter is taken from: about three seconds where nobody is. */
const kept = 32
const fewest = 8

interface Board {
  reading: ChannelReading | undefined
  atMs: number
  /** The newest valid weights, in a ring. */
  ring: Float64Array
  count: number
}

/** The newest reading of each plate. One whose plate is not read any more is unknown, never the last one. */
export class PlateBoard {
  readonly #health: HealthBoard
  readonly #boards = new Map<string, Board>()

  constructor(plates: readonly string[], health: HealthBoard) {
    this.#health = health
    this.#add(plates)
  }

  /** These are the store's plates from now on, and what was read of `others` says nothing about them any more. */
  change(plates: readonly string[], others: ReadonlySet<string>): void {
    const before = new Map(this.#boards)
    this.#boards.clear()
    this.#add(plates)
    for (const [plate, board] of before)
      if (this.#boards.has(plate) && !others.has(plate)) this.#boards.set(plate, board)
  }

  /** @param reading whose holder may overwrite it with the next one */
  read(plate: string, reading: ChannelReading, atMs: number): void {
    const board = this.#boards.get(plate)
    if (!board) return
    board.reading = reading
    board.atMs = atMs
    if (reading.weightG === null) board.count = 0
    else board.ring[board.count++ % kept] = reading.weightG
  }

  all(): PlateReading[] {
    return [...this.#boards].map(([plate, board]) => this.#readingOf(plate, board))
  }

  /** One plate with the standard deviation of its newest readings; undefined: there is no such plate. */
  one(plate: string): (PlateReading & { sigmaG: number | null }) | undefined {
    const board = this.#boards.get(plate)
    return board && { ...this.#readingOf(plate, board), sigmaG: sigmaOf(board) }
  }

  #add(plates: readonly string[]): void {
    for (const plate of plates) {
      this.#boards.set(plate, { reading: undefined, atMs: 0, ring: new Float64Array(kept), count: 0 })
    }
  }

  #readingOf(plate: string, { reading, atMs }: Board): PlateReading {
    const health = this.#health.ofPlate(plate)
    const known = health !== 'offline' && reading !== undefined
    return { plate, weightG: known ? reading.weightG : null, stable: known && reading.stable, atMs, health }
  }
}

function sigmaOf({ ring, count }: Board): number | null {
  const n = Math.min(count, kept)
  if (n < fewest) return null
  const values = ring.subarray(0, n)
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1))
}
