/** Makes weighings of a plate's levels: each time it has come to rest somewhere else, pieces were put on or taken off. */
import type { Weighing } from './piece-weight.ts'
import { type Level, restToleranceG, SteadyLevel } from './steady-level.ts'

/** What changes by less is no piece but noise; lighter products are beneath what plates resolve. */
const lightestG = 3

export class PieceCounter {
  readonly #steady: SteadyLevel
  #from: Level | null = null

  constructor(ratingG: number) {
    this.#steady = new SteadyLevel({ toleranceG: restToleranceG(ratingG) })
  }

  /** Whether the plate has stood still once, so that one may begin. */
  get isReady(): boolean {
    return this.#from !== null
  }

  /** @param pieces how many are moved at a time */
  push(grams: number | null, atMs: number, pieces: number): Weighing | null {
    const level = this.#steady.push(grams, atMs)
    if (!level) return null
    const from = this.#from
    const deltaG = level.grams - (from?.grams ?? level.grams)
    const sigmaG = Math.hypot(level.sigmaG, from?.sigmaG ?? 0)
    const isChange = Math.abs(deltaG) > Math.max(lightestG, 5 * sigmaG)
    // A slow drift is followed; a change is taken from where the plate stood before it.
    if (!from || !isChange) this.#from = level
    if (!from || !isChange) return null
    this.#from = level
    return { pieces, deltaG, sigmaG }
  }
}
