/** How much a plate's readings scatter: now, lately, and while nothing shakes it. */
import type { WeighingParameters } from './parameters.ts'

/** Of a normal distribution's absolute values a third is below this many standard deviations. */
const lowerThird = 0.43
/** How long a swing that has died away still counts as recent. */
const recentS = 1

export class PlateNoise {
  /** Standard deviation of a mean over one swing period while nothing shakes the plate. */
  meanG: number
  /** Standard deviation of single samples now, and while nothing shakes the plate. */
  swingG = 0
  usualSwingG: number
  /** Share of a swing that is left in a mean over one period: the more, the fewer samples there are. */
  residue: number
  /** The largest swing of the last second or so. */
  recentSwingG = 0
  /** How far noise and usual swing have been learned: grows by 1 a second. */
  #learnedS = 0
  readonly #forgetting: number
  readonly #p: WeighingParameters

  constructor(parameters: WeighingParameters) {
    this.#p = parameters
    this.meanG = 3 * parameters.noiseFloorG
    this.residue = parameters.swingResidue
    this.usualSwingG = 2 * this.meanG
    this.#forgetting = Math.exp(-parameters.binS / recentS)
  }

  /** Takes in the scatter of single samples, and how many there are in one swing period. */
  see(swingG: number, samplesInPeriod: number): void {
    this.swingG = swingG
    this.residue = Math.sqrt(Math.max(this.#p.swingResidue ** 2, 1 / samplesInPeriod))
  }

  /** Standard deviation of a mean over one swing period in which single samples scatter by `swingG`. */
  ofMeanG(swingG: number): number {
    return Math.hypot(this.meanG, this.residue * swingG)
  }

  /** Learns from one bin at rest; `wandersG` is how far a period's mean was from the mean of the time around it. */
  learn(wandersG: number): void {
    const { noiseFloorG, binS } = this.#p
    this.meanG = Math.max(noiseFloorG, this.#followLowerThird(this.meanG, wandersG / lowerThird))
    this.usualSwingG = Math.max(noiseFloorG, this.#followLowerThird(this.usualSwingG, this.swingG))
    this.recentSwingG = Math.max(this.swingG, this.recentSwingG * this.#forgetting)
    this.#learnedS += binS
  }

  /** A quantile, and a low one, because shelves are shaken for a good part of the day. Fast at first. */
  #followLowerThird(quantile: number, value: number): number {
    const gain = 0.002 + 0.02 / (1 + this.#learnedS)
    return quantile * (value > quantile ? 1 + gain : 1 - 2 * gain)
  }
}
