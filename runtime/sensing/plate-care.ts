/** Orders to load cells as sensing carries them out: what changes by an order at the device is no shopper's doing. */
import type { LoadCellCommands } from '../devices/load-cells/load-cell-orders.ts'
import type { LoadCellOrder, PlateDetail, RegisterBlock, WeightReading } from '../sensing-api/load-cell-client.ts'
import type { SampleBatch } from '../sensing-api/sensing-client.ts'
import type { LoadCellService } from './load-cell-routes.ts'
import type { PlateBoard } from './plate-board.ts'

export interface PlateCareOptions {
  commands: LoadCellCommands
  board: PlateBoard
  /** What the plate shows no longer compares with what it showed before. */
  onRescaled(plate: string): void
}

export class PlateCare implements LoadCellService {
  readonly #options: PlateCareOptions
  readonly #inWork = new Set<string>()

  constructor(options: PlateCareOptions) {
    this.#options = options
  }

  async plate(plate: string): Promise<PlateDetail> {
    const { commands, board } = this.#options
    const place = commands.describe(plate)
    const flash = await commands.flashUse(plate)
    const reading = board.one(plate) ?? {
      plate,
      weightG: null,
      stable: false,
      atMs: 0,
      health: 'offline',
      sigmaG: null,
    }
    return { ...reading, ...place, ...(flash ? { flash } : {}) }
  }

  registers(plate: string, at?: { address: number; count: number }): Promise<RegisterBlock[]> {
    return this.#options.commands.registers(plate, at)
  }

  async execute(plate: string, order: LoadCellOrder): Promise<WeightReading> {
    const { commands, onRescaled } = this.#options
    // Two orders at once are refused there; the first one's end must not open the plate for the other.
    if (this.#inWork.has(plate)) return commands.execute(plate, order)
    this.#inWork.add(plate)
    try {
      return await commands.execute(plate, order)
    } finally {
      // Also when it failed: something of it may have been done.
      this.#inWork.delete(plate)
      onRescaled(plate)
    }
  }

  /** The batch without the samples of plates that an order is changing. */
  withoutWork(batch: SampleBatch): SampleBatch {
    if (this.#inWork.size === 0 || !batch.plates.some((plate) => this.#inWork.has(plate))) return batch
    const grams = batch.grams.map((row, i) => (this.#inWork.has(batch.plates[i] as string) ? row.map(() => null) : row))
    return { ...batch, grams }
  }
}
