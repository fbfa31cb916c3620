export interface QueueLimits {
  maxAgeMs: number
  maxBytes: number
}

interface Queued {
  sequence: number
  line: string
  atMs: number
}

/** A queue ordered by sequence that drops its oldest entries when it is too large or they are too old. */
export class BoundedQueue<T extends Queued> {
  readonly #limits: QueueLimits
  readonly #onDrop: (entry: T) => void
  /** Those before `#head` are gone; the array is cut now and then, because shifting each time is slow. */
  #entries: (T | undefined)[] = []
  #head = 0
  #bytes = 0

  constructor(limits: QueueLimits, onDrop: (entry: T) => void) {
    this.#limits = limits
    this.#onDrop = onDrop
  }

  push(entry: T): void {
    this.#entries.push(entry)
    this.#bytes += entry.line.length
    const { maxAgeMs, maxBytes } = this.#limits
    for (let oldest = this.#entries[this.#head]; oldest; oldest = this.#entries[this.#head]) {
      if (this.#bytes <= maxBytes && oldest.atMs >= entry.atMs - maxAgeMs) break
      this.#entries[this.#head++] = undefined
      this.#bytes -= oldest.line.length
      this.#onDrop(oldest)
    }
    if (this.#head > 1000 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#head = 0
    }
  }

  firstAfter(sequence: number): T | undefined {
    return this.#entries[this.#indexAfter(sequence)]
  }

  after(sequence: number): T[] {
    return this.#entries.slice(this.#indexAfter(sequence)) as T[]
  }

  #indexAfter(sequence: number): number {
    let [low, high] = [this.#head, this.#entries.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#entries[middle]?.sequence ?? 0) > sequence) high = middle
      else low = middle + 1
    }
    return low
  }
}
