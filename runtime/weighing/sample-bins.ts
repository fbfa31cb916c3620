/**
 * The last seconds of one plate's samples as sums over short bins of time. Order of arrival does not matter:
 * a late batch lands in the bins where it belongs, and a repeated one is recognised by its time.
 */

const ringLength = 256
/** What is kept of a bin, side by side: its number, how many samples it holds, their sum, and the sum of their squares. */
const width = 4
const remembered = 16
/** A spike stands out by at least this many times the usual difference between samples. */
const spikeRoughness = 8
/** Beyond any cell: what a transmitter sends for an error, and what would spoil the sums of squares. */
const absurdG = 1e7

/** Mean and scatter of the samples of a span of bins. */
export interface Level {
  samples: number
  meanG: number
  /** Variance of single samples about the mean. */
  varianceG2: number
}

export class SampleBins {
  readonly binMs: number
  /** Number of the newest bin that holds a sample, counted from the Unix epoch; -1 before the first. */
  newestBin = -1
  /** The newest bin to which no more samples are due in order. */
  completeBin = -1
  /** The newest valid sample. */
  latestG = Number.NaN
  latestAtMs = Number.NaN
  /** One array: with 850 plates what a look at a bin costs is mostly the way to memory. */
  readonly #ring = new Float64Array(ringLength * width).fill(-1)
  readonly #batchTimes = new Float64Array(remembered).fill(Number.NaN)
  #nextBatchTime = 0
  #before = Number.NaN
  /** Usual difference between samples that follow each other. */
  #roughnessG = 1

  constructor(binMs: number) {
    this.binMs = binMs
  }

  /** Forgets everything: the samples before say nothing about those that come. */
  clear(): void {
    this.newestBin = this.completeBin = -1
    this.latestG = this.latestAtMs = this.#before = Number.NaN
    this.#ring.fill(-1)
    this.#batchTimes.fill(Number.NaN)
  }

  /** How far behind the newest sample `atMs` is; negative when it is ahead. */
  ageMs(atMs: number): number {
    return Number.isNaN(this.latestAtMs) ? 0 : this.latestAtMs - atMs
  }

  /** Adds a row of samples that begins at `firstAtMs`. Returns whether it held any that were new and valid. */
  add(grams: readonly (number | null)[], firstAtMs: number, periodMs: number): boolean {
    if (this.#isRepeated(firstAtMs, periodMs)) return false
    const inOrder = !(firstAtMs <= this.latestAtMs)
    const contiguous = inOrder && firstAtMs - this.latestAtMs < 3 * periodMs
    let before = contiguous ? this.#before : Number.NaN
    let added = false
    for (let i = 0; i < grams.length; i++) {
      const value = grams[i]
      if (!isValid(value)) continue
      const next = grams[i + 1]
      const believed = isValid(next) ? this.#withoutSpike(before, value, next) : this.#unlessLeap(before, value)
      const atMs = firstAtMs + i * periodMs
      this.#addSample(atMs, believed)
      added = true
      before = value
      if (atMs > this.latestAtMs || Number.isNaN(this.latestAtMs)) {
        this.latestAtMs = atMs
        this.latestG = value
      }
    }
    if (inOrder && added) {
      this.#before = before
      this.completeBin = Math.max(this.completeBin, Math.floor((this.latestAtMs + periodMs) / this.binMs) - 1)
    }
    return added
  }

  /** Mean over the bins from `first` to `last`, both included; `into` is filled and given back. */
  level(first: number, last: number, into: Level): Level {
    let samples = 0
    let sum = 0
    let squares = 0
    const ring = this.#ring
    let at = (first % ringLength) * width
    for (let bin = first; bin <= last; bin++, at = at + width === ring.length ? 0 : at + width) {
      if (ring[at] !== bin) continue
      samples += ring[at + 1] as number
      sum += ring[at + 2] as number
      squares += ring[at + 3] as number
    }
    into.samples = samples
    into.meanG = samples > 0 ? sum / samples : Number.NaN
    into.varianceG2 = samples > 1 ? Math.max(0, (squares - (sum * sum) / samples) / (samples - 1)) : 0
    return into
  }

  /** The oldest bin that is still kept. */
  get oldestBin(): number {
    return Math.max(0, this.newestBin - ringLength + 1)
  }

  /**
   * A single sample that stands out from both of its neighbours is a spike, never a weight. (A median of three
   * would do away with it too, but also with a third of every 20 Hz swing that is sampled at 60 Hz.)
   */
  #withoutSpike(before: number, value: number, next: number): number {
    if (Number.isNaN(before)) return this.#unlessLeap(next, value)
    const changeG = Math.abs(value - before)
    this.#roughnessG += (Math.min(changeG, 4 * this.#roughnessG) - this.#roughnessG) / 32
    this.#roughnessG = Math.max(0.3, this.#roughnessG)
    const excessG = Math.max(value - Math.max(before, next), Math.min(before, next) - value)
    const isSpike = excessG > 2 * Math.abs(before - next) && excessG > spikeRoughness * this.#roughnessG
    return isSpike ? (before + next) / 2 : value
  }

  /** Where only one neighbour is known, a leap waits for the next sample to bear it out. */
  #unlessLeap(neighbour: number, value: number): number {
    return Math.abs(value - neighbour) > spikeRoughness * this.#roughnessG ? neighbour : value
  }

  #addSample(atMs: number, grams: number): void {
    const bin = Math.floor(atMs / this.binMs)
    if (bin < 0 || bin <= this.newestBin - ringLength) return
    if (bin > this.newestBin) this.newestBin = bin
    const ring = this.#ring
    const at = (bin % ringLength) * width
    if (ring[at] !== bin) {
      ring[at] = bin
      ring[at + 1] = ring[at + 2] = ring[at + 3] = 0
    }
    ;(ring[at + 1] as number)++
    ;(ring[at + 2] as number) += grams
    ;(ring[at + 3] as number) += grams * grams
  }

  #isRepeated(firstAtMs: number, periodMs: number): boolean {
    for (let i = 0; i < remembered; i++) {
      if (Math.abs((this.#batchTimes[i] as number) - firstAtMs) < periodMs / 2) return true
    }
    this.#batchTimes[this.#nextBatchTime] = firstAtMs
    this.#nextBatchTime = (this.#nextBatchTime + 1) % remembered
    return false
  }
}

const isValid = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && value > -absurdG && value < absurdG
