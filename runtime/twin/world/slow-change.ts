/** What moves a plate's reading over minutes and hours while nobody touches it: its zero, temperature, drift, creep. */
import { hashUniform } from './hash-noise.ts'

/** The zero of a cell that nobody tared (real: any value, also negative). */
const offsetG: [number, number] = [-800, 2500]
/**
 * Temperature effect on zero, share of the rating per kelvin, either sign. OIML R 60-1 allows class C 0.7 vmin per
 * 5 K, which is 0.014 % of the rating per 10 K for the usual vmin of a 10,000th; cells that nobody certified are
 * taken to be up to 0.05 % (assumption).
 */
const temperatureShare = 0.00005
/** A conditioned sales floor (assumption): 1.5 K either way in a day, and 0.6 K as the air conditioner switches. */
const dailyK = 1.5
const dayMs = 86_400_000
const conditionerK = 0.6
const conditionerMs: [number, number] = [20 * 60_000, 35 * 60_000]
/** Cells follow the air so much later (assumption): each by its own mass and place. */
const thermalLagMs: [number, number] = [2 * 60_000, 10 * 60_000]
/** Further drift over hours and days (field report: "drifts, hours to days", without figures; amplitudes assumed). */
const driftPeriodsMs: readonly [number, number][] = [
  [1_500_000, 3_600_000],
  [5_400_000, 14_400_000],
]
const driftG: [number, number] = [0.3, 3]
/**
 * Creep: the share of a load change that shows only later. OIML R 60-1, 5.5.1, allows class C3 0.0245 % in 30
 * minutes, of which a fifth in the last ten: most of it comes early, about as the logarithm of time, which time
 * constants a decade apart make up together. Cells that nobody certified: up to 0.1 % (assumption).
 */
const creepShare: [number, number] = [0.0002, 0.001]
const creepMs = [5000, 50_000, 500_000] as const
/** All of this is reckoned this often and drawn straight in between. */
const stepMs = 1000

export class SlowChange {
  readonly #offsetG: number
  readonly #gramsPerK: number
  readonly #conditioner: { periodMs: number; lagMs: number }
  readonly #drifts: { amplitudeG: number; periodMs: number; phase: number }[]
  readonly #creepShare: number
  /** What of each time constant is still to come, as of the moment it belongs to. */
  readonly #creepG = [0, 0, 0]
  #creepAtMs = 0
  #step = Number.NaN
  #fromG = 0
  #untilG = 0

  /** @param steady without temperature, drift and creep */
  constructor(seed: number, stream: number, ratingG: number, steady: boolean) {
    const draw = (index: number, [low, high]: readonly [number, number]) =>
      low + (high - low) * hashUniform(seed, stream, -index)
    this.#offsetG = draw(1, offsetG)
    this.#gramsPerK = steady ? 0 : draw(7, [-temperatureShare, temperatureShare]) * ratingG
    // The air conditioner is the store's, not the plate's.
    const periodMs = conditionerMs[0] + (conditionerMs[1] - conditionerMs[0]) * hashUniform(seed, 0, 1)
    this.#conditioner = { periodMs, lagMs: draw(8, thermalLagMs) }
    this.#creepShare = steady ? 0 : draw(9, creepShare)
    this.#drifts = steady
      ? []
      : driftPeriodsMs.map((period, i) => ({
          amplitudeG: draw(10 + i, driftG),
          periodMs: draw(20 + i, period),
          phase: draw(30 + i, [0, 2 * Math.PI]),
        }))
  }

  /** A load change that came to its end at `atMs` and has been creeping since. */
  changed(deltaG: number, atMs: number): void {
    const laterMs = Math.max(atMs, this.#creepAtMs)
    for (const [i, tauMs] of creepMs.entries()) {
      const before = (this.#creepG[i] as number) * Math.exp(-(laterMs - this.#creepAtMs) / tauMs)
      const added = (this.#creepShare * deltaG * Math.exp(-(laterMs - atMs) / tauMs)) / creepMs.length
      this.#creepG[i] = before + added
    }
    this.#creepAtMs = laterMs
    this.#step = Number.NaN
  }

  /** What a change that is not yet counted in lacks by creep, `sinceMs` after its end. */
  lackingG(deltaG: number, sinceMs: number): number {
    let share = 0
    for (const tauMs of creepMs) share += Math.exp(-Math.max(0, sinceMs) / tauMs)
    return (this.#creepShare * deltaG * share) / creepMs.length
  }

  gramsAt(atMs: number): number {
    const step = Math.floor(atMs / stepMs)
    if (step !== this.#step) {
      this.#fromG = this.#reckonG(step * stepMs)
      this.#untilG = this.#reckonG((step + 1) * stepMs)
      this.#step = step
    }
    return this.#fromG + (this.#untilG - this.#fromG) * (atMs / stepMs - step)
  }

  #reckonG(atMs: number): number {
    const { periodMs, lagMs } = this.#conditioner
    const swing = (period: number) => Math.sin((2 * Math.PI * (atMs - lagMs)) / period)
    let grams = this.#offsetG + this.#gramsPerK * (dailyK * swing(dayMs) + conditionerK * swing(periodMs))
    for (const { amplitudeG, periodMs: period, phase } of this.#drifts) {
      grams += amplitudeG * Math.sin((2 * Math.PI * atMs) / period + phase)
    }
    for (const [i, tauMs] of creepMs.entries()) {
      grams -= (this.#creepG[i] as number) * Math.exp(-Math.max(0, atMs - this.#creepAtMs) / tauMs)
    }
    return grams
  }
}
