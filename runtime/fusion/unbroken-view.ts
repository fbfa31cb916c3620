/**
 * Whether the store has been watched without a break for long enough to trust a basket. While sensing is away, a
 * put-back may have happened that nobody has told yet; when it is back, its plates first come to rest and say what
 * changed meanwhile, and who stood there is looked for.
 */
import type { Clock } from '../contract/clock.ts'

/** People are told several times a second, of an empty store too; a longer silence on the wire is a break. */
const breakMs = 700
/** What comes so late is out of a backlog: no view of now. */
const staleMs = 2000
/** From the first look after a break until the last change across it is counted: rest, hands and sightings. */
const settledAfterMs = 5000

export class UnbrokenView {
  readonly #clock: Clock
  readonly #wireClock: Clock
  #sinceMs: number
  /** By the wire's clock; NaN before anybody looked: a store without vision has no view that could break. */
  #lastMs = Number.NaN

  /** @param wireClock real time: silence on the wire is as long in an accelerated store */
  constructor(clock: Clock, wireClock: Clock) {
    this.#clock = clock
    this.#wireClock = wireClock
    this.#sinceMs = clock.nowMs()
  }

  /** People were told of, as sensing had them at this time. */
  seen(receivedAtMs: number): void {
    if (this.#clock.nowMs() - receivedAtMs > staleMs) return
    if (Number.isNaN(this.#lastMs) || this.#isBroken()) this.#sinceMs = this.#clock.nowMs()
    this.#lastMs = this.#wireClock.nowMs()
  }

  get isSettled(): boolean {
    return !this.#isBroken() && this.#clock.nowMs() - this.#sinceMs >= settledAfterMs
  }

  #isBroken(): boolean {
    return this.#wireClock.nowMs() - this.#lastMs > breakMs
  }
}
