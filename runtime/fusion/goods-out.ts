/** About how many pieces people carry in the store: what comes back from other hands may be any of them. */
import type { WeightEvent } from '../contract/messages.ts'

/** Hardly anybody stays longer; what was taken before has left with its taker. */
const usualStayMs = 10 * 60_000

export class GoodsOut {
  /** +1 for a taking, -1 for a put-back; also of events that explain nothing any more. */
  readonly #movements = new Map<string, { atMs: number; taken: number }>()

  add({ eventId, kind, settledAtMs, deltaG }: WeightEvent): void {
    if (kind === 'withdrawn') this.#movements.delete(eventId)
    else this.#movements.set(eventId, { atMs: settledAtMs, taken: -Math.sign(deltaG) })
  }

  forget(beforeMs: number): void {
    for (const [eventId, { atMs }] of this.#movements) if (atMs < beforeMs) this.#movements.delete(eventId)
  }

  /** At this time; in powers of two, so that a distant event changes few posteriors. */
  at(atMs: number): number {
    let out = 0
    for (const movement of this.#movements.values()) {
      if (movement.atMs < atMs && movement.atMs >= atMs - usualStayMs) out += movement.taken
    }
    return 2 ** Math.floor(Math.log2(Math.max(1, out)))
  }
}
