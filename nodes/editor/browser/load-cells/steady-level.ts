/** When what lies on a plate has come to rest, and how much it is. */
export interface Level {
  grams: number
  /** Standard error of `grams`. */
  sigmaG: number
}

const fewestReadings = 4

export class SteadyLevel {
  readonly #toleranceG: number
  readonly #holdMs: number
  #window: { grams: number; atMs: number }[] = []

  /** @param toleranceG all readings of the last `holdMs` must lie within so much */
  constructor({ toleranceG, holdMs = 1200 }: { toleranceG: number; holdMs?: number }) {
    this.#toleranceG = toleranceG
    this.#holdMs = holdMs
  }

  /** The level as soon as, and as long as, it stands still. The same reading may be handed over again. */
  push(grams: number | null, atMs: number): Level | null {
    if (grams === null) this.#window = []
    else if (atMs !== this.#window.at(-1)?.atMs) this.#window.push({ grams, atMs })
    // One reading from before the span is kept, so that the window covers all of it.
    while ((this.#window[1]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs - this.#holdMs) this.#window.shift()
    return this.#level(atMs)
  }

  #level(atMs: number): Level | null {
    const values = this.#window.map((reading) => reading.grams)
    const heldMs = atMs - (this.#window[0]?.atMs ?? atMs)
    if (values.length < fewestReadings || heldMs < this.#holdMs) return null
    if (Math.max(...values) - Math.min(...values) > this.#toleranceG) return null
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
    return { grams: mean, sigmaG: Math.sqrt(variance / values.length) }
  }
}

/** What a plate at rest trembles by at most; noise grows with what the cell can carry. */
export const restToleranceG = (ratingG: number) => Math.max(1, 0.0003 * ratingG)
