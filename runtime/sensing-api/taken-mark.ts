import type { Clock } from '../contract/clock.ts'

/** Up to which sequence a consumer needs nothing any more: what it has handled and what is older than `keepMs`. */
export class TakenMark {
  readonly #clock: Clock
  readonly #keepMs: number
  /** Handled, but not old enough. */
  #recent: { sequence: number; receivedAtMs: number }[] = []
  #taken = -1
  #handled = -1

  constructor(clock: Clock, keepMs: number) {
    this.#clock = clock
    this.#keepMs = keepMs
  }

  /** The sequence handled last. */
  get handled(): number {
    return this.#handled
  }

  handle({ sequence, receivedAtMs }: { sequence: number; receivedAtMs: number }): void {
    this.#handled = sequence
    if (this.#keepMs > 0) this.#recent.push({ sequence, receivedAtMs })
    else this.#taken = sequence
  }

  /** -1 while there is nothing. */
  taken(): number {
    const oldMs = this.#clock.nowMs() - this.#keepMs
    const firstRecent = this.#recent.findIndex(({ receivedAtMs }) => receivedAtMs > oldMs)
    const old = this.#recent.splice(0, firstRecent === -1 ? this.#recent.length : firstRecent)
    this.#taken = old.at(-1)?.sequence ?? this.#taken
    return this.#taken
  }
}
