import type { Clock, Timer } from '../../contract/clock.ts'

interface Held<T> {
  atMs: number
  item: T
}

/**
 * Puts messages in the order of their time: each is held for `holdMs`, so that one that overtook another waits
 * for it. What comes twice, or after a later one was passed on, is left out.
 */
export class TimeOrder<T> {
  readonly #clock: Clock
  readonly #holdMs: number
  readonly #onItem: (item: T) => void
  #held: Held<T>[] = []
  #passedAtMs = Number.NEGATIVE_INFINITY
  readonly #seen = new Set<string>()
  #timer: Timer | undefined

  constructor(clock: Clock, holdMs: number, onItem: (item: T) => void) {
    this.#clock = clock
    this.#holdMs = holdMs
    this.#onItem = onItem
  }

  /** @param key the same for two copies of one message */
  push(atMs: number, key: string, item: T): void {
    if (atMs < this.#passedAtMs || this.#seen.has(key)) return
    this.#remember(key)
    const after = this.#held.findLastIndex((held) => held.atMs <= atMs)
    this.#held.splice(after + 1, 0, { atMs, item })
    const newestMs = this.#held.at(-1)?.atMs ?? atMs
    this.#passUntil(newestMs - this.#holdMs)
    this.#clock.clear(this.#timer)
    this.#timer = this.#clock.after(this.#holdMs, () => this.#passUntil(Number.POSITIVE_INFINITY))
  }

  stop(): void {
    this.#clock.clear(this.#timer)
    this.#held = []
  }

  #passUntil(atMs: number): void {
    for (let first = this.#held[0]; first && first.atMs <= atMs; first = this.#held[0]) {
      this.#held.shift()
      this.#passedAtMs = first.atMs
      this.#onItem(first.item)
    }
  }

  #remember(key: string): void {
    this.#seen.add(key)
    // A set keeps the order of insertion; a copy comes soon after its original.
    if (this.#seen.size > 1000) for (const oldest of this.#seen) return void this.#seen.delete(oldest)
  }
}
