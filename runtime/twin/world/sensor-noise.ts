/**
 * The noise of a load cell and its converter. In the one public recording (AutoCheckout BENCHMARK-1, 240 plates at
 * 60 Hz) it is not white: about half of its power lies in two lines at 1.5 Hz and 24.4 Hz, the same on every plate
 * with phases of their own (aliased mains, by their look); the rest is flat.
 */
import { conversionHz, RecentConversions } from './conversions.ts'
import { hash32, hashUniform } from './hash-noise.ts'

/** Quantiles of the plates' standard deviation over 2 s of rest (real). */
const levelsG: readonly [share: number, levelG: number][] = [
  [0, 0.29],
  [0.05, 0.35],
  [0.1, 0.38],
  [0.25, 0.49],
  [0.5, 0.64],
  [0.75, 1.25],
  [0.9, 2.3],
  [0.95, 2.8],
  [1, 6.2],
]
/** The lines' frequencies (real), and the bounds of their share in a plate's noise power (real: 28 % and 22 %). */
const linesHz = [1.5, 24.4] as const
const lineShares: readonly [number, number][] = [
  [0.1, 0.46],
  [0.05, 0.36],
]
/** The lines wander by this phase within this time (assumption: no more than the recording's 4 s of rest allow). */
const wander = { rad: 2, periodS: 60 }

/** Standard normal numbers at evenly spaced quantiles: two of them added are as good as normal, and quick to get. */
const tableSize = 1 << 12
const normals = Float64Array.from({ length: tableSize }, (_, i) => inverseNormal((i + 0.5) / tableSize) / Math.SQRT2)

/** Sine and cosine of each line at each conversion; one for the whole store. */
export class NoiseLines extends RecentConversions {
  constructor() {
    super(2 * linesHz.length, (conversion, values) => {
      const seconds = conversion / conversionHz
      const wanderRad = wander.rad * Math.sin((2 * Math.PI * seconds) / wander.periodS)
      for (const [i, hz] of linesHz.entries()) {
        const phase = 2 * Math.PI * ((hz * seconds) % 1) + wanderRad
        values[2 * i] = Math.sin(phase)
        values[2 * i + 1] = Math.cos(phase)
      }
    })
  }
}

export class SensorNoise {
  readonly #seed: number
  readonly #stream: number
  readonly #lines: NoiseLines
  readonly #flatG: number
  /** Sine and cosine part of each line. */
  readonly #lineG = new Float64Array(2 * linesHz.length)

  constructor(seed: number, stream: number, lines: NoiseLines) {
    this.#seed = seed
    this.#stream = stream
    this.#lines = lines
    const draw = (index: number) => hashUniform(seed, stream, -index)
    const levelG = quantileOf(draw(2))
    let flatShare = 1
    for (const [i, [low, high]] of lineShares.entries()) {
      const share = low + (high - low) * draw(40 + i)
      const phase = 2 * Math.PI * draw(50 + i)
      flatShare -= share
      this.#lineG[2 * i] = levelG * Math.sqrt(2 * share) * Math.cos(phase)
      this.#lineG[2 * i + 1] = levelG * Math.sqrt(2 * share) * Math.sin(phase)
    }
    this.#flatG = levelG * Math.sqrt(flatShare)
  }

  /** @param conversion number of the conversion since 1970 */
  gramsAt(conversion: number): number {
    // The index wraps after months, far beyond what any filter remembers.
    const bits = hash32(this.#seed, this.#stream, conversion & 0x7fffffff)
    let grams = this.#flatG * ((normals[bits & 0xfff] as number) + (normals[(bits >>> 12) & 0xfff] as number))
    const lines = this.#lines.at(conversion)
    for (let i = 0; i < lines.length; i++) grams += (this.#lineG[i] as number) * (lines[i] as number)
    return grams
  }
}

function quantileOf(share: number): number {
  for (let i = 1; i < levelsG.length; i++) {
    const [[fromShare, fromG], [untilShare, untilG]] = [levelsG[i - 1], levelsG[i]] as [
      [number, number],
      [number, number],
    ]
    if (share <= untilShare) return fromG + ((untilG - fromG) * (share - fromShare)) / (untilShare - fromShare)
  }
  return levelsG.at(-1)?.[1] ?? 0
}

/** By bisection of the distribution function (Abramowitz and Stegun 7.1.26): done once, for the table. */
function inverseNormal(share: number): number {
  const below = (x: number) => {
    const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2)
    const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    const erf = 1 - poly * Math.exp((-x * x) / 2)
    return 0.5 * (1 + Math.sign(x) * erf)
  }
  let [low, high] = [-6, 6]
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (below(middle) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}
