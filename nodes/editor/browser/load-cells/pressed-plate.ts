/** Which plate somebody presses: the one whose weight changed most since it last stood still. */
import type { Reading } from './views.ts'

export interface Press {
  plate: string
  deltaG: number
}

/** A finger; less may be cross-talk from a neighbour, or a draught. */
const leastG = 60
/** What stays so long is no press: something was put there. */
const longestMs = 5000

export class PressedPlate {
  readonly #rest = new Map<string, { grams: number; sinceMs: number }>()

  push(readings: readonly Reading[], nowMs: number): Press | null {
    let strongest: Press | null = null
    for (const { plate, weightG } of readings) {
      if (weightG === null) continue
      const rest = this.#rest.get(plate)
      const deltaG = rest ? weightG - rest.grams : 0
      const isAtRest = Math.abs(deltaG) < leastG
      if (!rest || isAtRest || nowMs - rest.sinceMs > longestMs)
        this.#rest.set(plate, { grams: weightG, sinceMs: nowMs })
      if (!isAtRest && Math.abs(deltaG) > Math.abs(strongest?.deltaG ?? 0)) strongest = { plate, deltaG }
    }
    return strongest
  }
}
