/** How long to wait before the next try: doubling, bounded, and short again after a good while. */
export class BackOff {
  readonly #firstMs: number
  readonly #longestMs: number
  readonly #forgetAfterMs: number
  #nextMs: number
  #lastAtMs = Number.NEGATIVE_INFINITY

  constructor(options: { firstMs: number; longestMs: number; forgetAfterMs: number }) {
    this.#firstMs = options.firstMs
    this.#longestMs = options.longestMs
    this.#forgetAfterMs = options.forgetAfterMs
    this.#nextMs = options.firstMs
  }

  /** The pause before a try that is wanted at `nowMs`. */
  pauseMs(nowMs: number): number {
    if (nowMs - this.#lastAtMs > this.#forgetAfterMs) this.#nextMs = this.#firstMs
    this.#lastAtMs = nowMs
    const pauseMs = this.#nextMs
    this.#nextMs = Math.min(this.#longestMs, pauseMs * 2)
    return pauseMs
  }
}
