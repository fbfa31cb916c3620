/** What tests of the twin's devices share. */
import type { LoadCellPhysics } from '../../runtime/twin/devices/load-cells/load-cell.ts'

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export async function waitFor(what: string, ready: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000
  while (!ready()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await pause(5)
  }
}

/** A load cell with `grams` on it, at rest. */
export const cellOf = (grams: () => number): LoadCellPhysics => ({
  ratingG: 10_000,
  connected: () => true,
  grams,
  moving: () => false,
})
