/** The weighing inside a transmitter: calibration, zero, tare and peak of one channel. Weights are grams. */
import type { LoadCellPhysics } from './load-cell.ts'

/** A converter measures a little beyond the cell's rating on either side (chosen). */
const overShare = 1.1
const underShare = -0.25

export class WeighingChannel {
  readonly #cell: LoadCellPhysics
  #deadLoadG = 0
  #span = 1
  #zeroG = 0
  tareG = 0
  peakG = 0

  constructor(cell: LoadCellPhysics) {
    this.#cell = cell
  }

  get ratingG(): number {
    return this.#cell.ratingG
  }

  get connected(): boolean {
    return this.#cell.connected()
  }

  get moving(): boolean {
    return this.#cell.moving()
  }

  get uncalibratedG(): number {
    return this.#cell.grams()
  }

  /** Everything that lies on it, as the calibration has it. */
  get loadG(): number {
    return (this.#cell.grams() - this.#deadLoadG) * this.#span
  }

  /** @returns one reading: gross, and what follows from it */
  read(): { grossG: number; netG: number; over: boolean; under: boolean } {
    const grossG = this.loadG - this.#zeroG
    this.peakG = Math.max(this.peakG, grossG)
    const { ratingG } = this.#cell
    return {
      grossG,
      netG: grossG - this.tareG,
      over: grossG > overShare * ratingG,
      under: grossG < underShare * ratingG,
    }
  }

  zero(): void {
    this.#zeroG = this.loadG
    this.tareG = 0
  }

  tare(): void {
    this.tareG = this.read().grossG
  }

  /** @param deadLoadG what an empty cell shows; by default what it shows now */
  calibrateZero(deadLoadG = this.#cell.grams()): void {
    this.#deadLoadG = deadLoadG
    this.#zeroG = 0
    this.tareG = 0
  }

  /**
   * @param shownG what the cell shows with `knownG` on it; by default what it shows now
   * @returns false: too little lies on it to tell
   */
  calibrateSpan(knownG: number, shownG = this.#cell.grams()): boolean {
    const seenG = shownG - this.#deadLoadG
    // A hundredth of the rating at least (chosen): a span from less would be mostly noise.
    if (knownG <= 0 || seenG < this.#cell.ratingG / 100) return false
    this.#span = knownG / seenG
    this.#zeroG = 0
    return true
  }
}

/** One for each channel of a transmitter, made when it is first asked for. */
export function weighingChannels(
  cell: (channel: number) => LoadCellPhysics | undefined,
): (channel: number) => WeighingChannel | undefined {
  const channels = new Map<number, WeighingChannel>()
  return (channel) => {
    const known = channels.get(channel)
    if (known) return known
    const physics = cell(channel)
    if (!physics) return undefined
    const made = new WeighingChannel(physics)
    channels.set(channel, made)
    return made
  }
}
