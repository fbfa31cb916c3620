import type { Clock } from '../../contract/clock.ts'

/** Of how many periods the rate is a mean. */
const remembered = 20
const firstGuessHz = 10
const longestPeriodMs = 1000

/** When a device that speaks by itself spoke, and how often it does: the rate is measured, not known. */
export class SampleClock {
  readonly #clock: Clock
  #lastMs: number | undefined
  #periodMs = 1000 / firstGuessHz

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param atMs when it spoke, where it says so itself */
  tick(atMs: number = this.#clock.nowMs()): { atMs: number; rateHz: number } {
    const sinceMs = this.#lastMs === undefined ? Number.NaN : atMs - this.#lastMs
    // A pause, or a clock that jumped, says nothing of the rate.
    if (sinceMs > 0 && sinceMs < longestPeriodMs) this.#periodMs += (sinceMs - this.#periodMs) / remembered
    this.#lastMs = atMs
    return { atMs, rateHz: 1000 / this.#periodMs }
  }
}
