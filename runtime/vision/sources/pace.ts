/** A stream comes unevenly: a picture this much of the interval too early still is in time. */
const early = 0.2

/** The least time between two pictures of a stream of which one an interval is wanted. */
export const shortestStep = (intervalMs: number): number => intervalMs * (1 - early)

/** Lets pass one picture an interval of a stream that gives more. */
export class Pace {
  readonly #stepMs: number
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(intervalMs: number) {
    this.#stepMs = shortestStep(intervalMs)
  }

  lets(atMs: number): boolean {
    // A clock that was set back must not stop the stream.
    if (Math.abs(atMs - this.#lastMs) < this.#stepMs) return false
    this.#lastMs = atMs
    return true
  }
}
