/**
 * Joins the samples of fast polls into batches of one of weighing's bins: it looks at whole bins only, and a call
 * for each sample costs it several times as much.
 */
import type { SampleBatch } from '../sensing-api/sensing-client.ts'

interface Pending {
  batch: SampleBatch
  /** When the next sample is due. */
  nextAtMs: number
}

export class SampleJoiner {
  readonly #joinMs: number
  readonly #onBatch: (batch: SampleBatch) => void
  /** By the list of plates, which a poller makes once for each unit and fixture. */
  readonly #pending = new Map<string[], Pending>()

  constructor(joinMs: number, onBatch: (batch: SampleBatch) => void) {
    this.#joinMs = joinMs
    this.#onBatch = onBatch
  }

  push(batch: SampleBatch): void {
    const periodMs = 1000 / batch.rateHz
    const most = Math.floor(this.#joinMs / periodMs)
    const pending = this.#pending.get(batch.plates)
    if (pending) {
      // What came early, late, or at another rate does not lie on one grid with what waits.
      const fits = pending.batch.rateHz === batch.rateHz && Math.abs(batch.firstAtMs - pending.nextAtMs) < periodMs / 2
      if (fits) {
        this.#join(pending, batch, most)
        return
      }
      this.#pending.delete(batch.plates)
      this.#onBatch(pending.batch)
    }
    if (most < 2) this.#onBatch(batch)
    else this.#pending.set(batch.plates, { batch, nextAtMs: batch.firstAtMs + periodMs })
  }

  #join(pending: Pending, batch: SampleBatch, most: number): void {
    const { grams } = pending.batch
    for (let row = 0; row < grams.length; row++) (grams[row] as (number | null)[]).push(batch.grams[row]?.[0] ?? null)
    pending.nextAtMs = batch.firstAtMs + 1000 / batch.rateHz
    if ((grams[0]?.length ?? 0) < most) return
    this.#pending.delete(batch.plates)
    this.#onBatch(pending.batch)
  }
}
