/** The moments at which transmitters convert, and what all plates need to know of one. */

/** The converter's rate (real): between two conversions a reader gets the same value again. */
export const conversionHz = 60
/** Readers ask in arrears, plate by plate, for some samples each: so many conversions are kept. A power of 2. */
const kept = 64

/** Values of the last conversions, reckoned once for all plates that ask. */
export class RecentConversions {
  readonly #conversions = new Float64Array(kept).fill(Number.NaN)
  readonly #values: Float64Array[]
  readonly #reckon: (conversion: number, values: Float64Array) => void

  /** @param reckon fills in the values of a conversion, given its number since 1970 */
  constructor(size: number, reckon: (conversion: number, values: Float64Array) => void) {
    this.#values = Array.from({ length: kept }, () => new Float64Array(size))
    this.#reckon = reckon
  }

  at(conversion: number): Float64Array {
    const place = conversion & (kept - 1)
    const values = this.#values[place] as Float64Array
    if (this.#conversions[place] !== conversion) {
      this.#reckon(conversion, values)
      this.#conversions[place] = conversion
    }
    return values
  }

  /** What was kept does not hold any more. */
  clear(): void {
    this.#conversions.fill(Number.NaN)
  }
}
