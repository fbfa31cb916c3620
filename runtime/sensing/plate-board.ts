import type { ChannelReading } from '../devices/load-cells/decode.ts'
import type { PlateReading } from '../sensing-api/sensing-client.ts'
import type { HealthBoard } from './health-board.ts'

/** The newest reading of each plate. One whose plate is not read any more is unknown, never the last one. */
export class PlateBoard {
  readonly #health: HealthBoard
  readonly #readings = new Map<string, { reading: ChannelReading; atMs: number } | undefined>()

  constructor(plates: readonly string[], health: HealthBoard) {
    this.#health = health
    for (const plate of plates) this.#readings.set(plate, undefined)
  }

  read(plate: string, reading: ChannelReading, atMs: number): void {
    this.#readings.set(plate, { reading, atMs })
  }

  all(): PlateReading[] {
    return [...this.#readings].map(([plate, newest]) => {
      const health = this.#health.ofPlate(plate)
      const known = health !== 'offline' && newest !== undefined
      return {
        plate,
        weightG: known ? newest.reading.weightG : null,
        stable: known && newest.reading.stable,
        atMs: newest?.atMs ?? 0,
        health,
      }
    })
  }
}
