/** What a plate showed while it was at rest on its present level, touches left out. */

/** A little more than three seconds of bins: longer, and drift would tell. */
const remembered = 64

export class RestLevel {
  readonly #bin = new Float64Array(remembered)
  readonly #meanG = new Float64Array(remembered)
  #next = 0
  #count = 0

  clear(): void {
    this.#count = 0
  }

  /** Takes in the mean over the swing period that ends with `bin`. */
  add(bin: number, meanG: number): void {
    this.#bin[this.#next] = bin
    this.#meanG[this.#next] = meanG
    this.#next = (this.#next + 1) % remembered
    this.#count = Math.min(remembered, this.#count + 1)
  }

  /**
   * The median of the means from `first` to `last`, or null where there are fewer than `least`. A mean would keep
   * half of what a hand presses before it lifts; the median does not see what is shorter than half of the time.
   */
  medianG(first: number, last: number, least: number): number | null {
    const means: number[] = []
    for (let i = 0; i < this.#count; i++) {
      const slot = (this.#next - 1 - i + remembered) % remembered
      const bin = this.#bin[slot] as number
      if (bin < first) break
      if (bin <= last) means.push(this.#meanG[slot] as number)
    }
    if (means.length < least) return null
    means.sort((a, b) => a - b)
    const middle = means.length >> 1
    const upper = means[middle] as number
    return means.length % 2 === 1 ? upper : (upper + (means[middle - 1] as number)) / 2
  }
}
