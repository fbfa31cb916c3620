/**
 * Whether the store has been watched without a break for long enough to trust a basket. While sensing is away, a
 * put-back may have happened that nobody has told yet; when it is back, its plates first come to rest and say what
 * changed meanwhile, and who stood there is looked for.
 */

/** People are seen several times a second, in an empty store too; a longer silence is a break. */
const breakMs = 2000
/** From the first look after a break until the last change across it is counted: rest, hands and sightings. */
const settledAfterMs = 5000

export class UnbrokenView {
  #sinceMs: number
  /** NaN before anybody looked; a store without vision has no view that could break. */
  #lastMs = Number.NaN

  /** @param startMs when this program began to listen */
  constructor(startMs: number) {
    this.#sinceMs = startMs
  }

  /** The floor as sensing had it at `receivedAtMs`; what comes out of a backlog, long after that, is no view of now. */
  seen(receivedAtMs: number, nowMs: number): void {
    if (nowMs - receivedAtMs > breakMs) return
    if (Number.isNaN(this.#lastMs) || nowMs - this.#lastMs > breakMs) this.#sinceMs = nowMs
    this.#lastMs = nowMs
  }

  isSettled(nowMs: number): boolean {
    return !(nowMs - this.#lastMs > breakMs) && nowMs - this.#sinceMs >= settledAfterMs
  }
}
