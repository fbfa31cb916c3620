/**
 * One plate's lasting changes. The plate is at rest, or it moves, or it has settled on a new level that is not
 * yet confirmed; movement out of an unconfirmed level continues the same step, so that an item that is lifted
 * a little, held, and then taken is one step, and one that is pressed and let go is none.
 *
 * Everything is judged by means over one period of the shelf's swing, whose noise is the plate's own noise and
 * what a swing of the present strength leaves in such a mean.
 */
import type { WeighingParameters } from './parameters.ts'
import { type Level, SampleBins } from './sample-bins.ts'

/** A change of one plate's level; the same object is changed as more is known. */
export interface PlateStep {
  readonly plate: number
  /** Unseen: it happened while no samples came. */
  readonly unseen: boolean
  startedAtMs: number
  settledAtMs: number
  deltaG: number
  sigmaG: number
  noiseG: number
  samples: number
  /** none: the plate moves, or went back to its old level. */
  state: 'none' | 'settled' | 'confirmed' | 'closed'
}

type State = 'unknown' | 'rest' | 'moving' | 'settled'

/** Part of a step that a hand's own force may add to an item it sets down; measured up to 0.4. */
const handForce = 0.5
/** Part of a step that may be missing while the plates count as settled. */
const settledShare = 0.1
/** A hand that holds an item cannot keep its force steadier than this part of it. */
const handTremor = 0.012

export class PlateSteps {
  readonly bins: SampleBins
  /** Standard deviation of a mean over one swing period while nothing shakes the plate. */
  noiseG: number
  /** Standard deviation of single samples now. */
  swingG = 0
  /** The baseline: at rest it follows drift and creep. */
  baselineG = Number.NaN
  baselineAtMs = Number.NaN
  /** What the plate shows now, as a mean over one swing period. */
  presentG = Number.NaN
  state: State = 'unknown'
  /** The step under way or just done. */
  step: PlateStep | null = null
  /** Level before the step. */
  #beforeG = Number.NaN
  /** Bin since which the plate has been at rest. */
  #restSince = 0
  #evaluated = -1
  /** Level before a time without samples. */
  #unseenFrom: { weightG: number; atMs: number } | null = null
  readonly #plate: number
  readonly #p: WeighingParameters
  readonly #changed: (step: PlateStep) => void
  readonly #periodBins: number
  readonly #restBins: number
  readonly #confirmBins: number
  readonly #refineBins: number
  readonly #baselineGain: number
  readonly #a: Level = { samples: 0, meanG: 0, varianceG2: 0 }
  readonly #b: Level = { samples: 0, meanG: 0, varianceG2: 0 }

  constructor(plate: number, parameters: WeighingParameters, changed: (step: PlateStep) => void) {
    this.#plate = plate
    this.#p = parameters
    this.#changed = changed
    this.bins = new SampleBins(parameters.binS * 1000)
    this.noiseG = 3 * parameters.noiseFloorG
    const bins = (seconds: number) => Math.max(1, Math.round(seconds / parameters.binS))
    this.#periodBins = bins(parameters.swingPeriodS)
    this.#restBins = bins(parameters.restS)
    this.#confirmBins = bins(parameters.confirmS)
    this.#refineBins = bins(parameters.refineS)
    this.#baselineGain = 1 - Math.exp(-parameters.binS / parameters.baselineS)
  }

  /** The newest level at rest, or null before the first. */
  level(): { weightG: number; atMs: number } | null {
    return Number.isNaN(this.baselineG) ? this.#unseenFrom : { weightG: this.baselineG, atMs: this.baselineAtMs }
  }

  /** Nothing is known from here on until the plate comes to rest; then its level is compared with `before`. */
  loseSight(before: { weightG: number; atMs: number } | null = this.level()): void {
    if (this.step?.state === 'settled' || this.step?.state === 'confirmed') this.#setState(this.step, 'closed')
    this.step = null
    this.#unseenFrom = before
    this.baselineG = Number.NaN
    this.state = 'unknown'
    this.#evaluated = -1
    this.bins.clear()
  }

  /** Judges all bins that have become complete. */
  advance(): void {
    const last = this.bins.completeBin
    if (this.#evaluated < 0) this.#evaluated = Math.max(this.bins.oldestBin, last - this.#refineBins)
    while (this.#evaluated < last) this.#judge(++this.#evaluated)
  }

  #judge(bin: number): void {
    const now = this.bins.level(bin - this.#periodBins + 1, bin, this.#a)
    if (now.samples === 0) return
    const before = this.bins.level(bin - 2 * this.#periodBins + 1, bin - this.#periodBins, this.#b)
    const pooled = now.samples * now.varianceG2 + before.samples * before.varianceG2
    this.swingG = Math.sqrt(pooled / (now.samples + before.samples))
    this.presentG = now.meanG
    const residue = this.swingG * Math.sqrt(Math.max(this.#p.swingResidue ** 2, 1 / now.samples))
    const sigmaG = Math.hypot(this.noiseG, residue)
    const differenceG = before.samples > 0 ? now.meanG - before.meanG : Number.POSITIVE_INFINITY
    const still = Math.abs(differenceG) < 2 * Math.SQRT2 * sigmaG
    if (this.state === 'rest') this.#atRest(bin, sigmaG, differenceG)
    else if (this.state === 'moving') {
      if (still) this.#comesToRest(bin, sigmaG)
    } else if (this.state === 'settled') this.#settled(bin, sigmaG)
    else if (still) this.#firstRest(bin)
  }

  #firstRest(bin: number): void {
    const level = this.bins.level(bin - this.#restBins + 1, bin, this.#b)
    this.baselineG = level.meanG
    this.baselineAtMs = this.#endMs(bin)
    this.state = 'rest'
    this.#restSince = bin - this.#restBins + 1
    const from = this.#unseenFrom
    this.#unseenFrom = null
    if (!from) return
    const deltaG = level.meanG - from.weightG
    const settledAtMs = this.#endMs(bin)
    const drift = (this.#p.driftGPerHour * Math.max(0, settledAtMs - from.atMs)) / 3.6e6
    const sigmaG = Math.hypot(this.noiseG * Math.SQRT2, drift / 2)
    if (Math.abs(deltaG) < Math.max(this.#p.lightestItemG, this.#p.movementSigmas * sigmaG)) return
    const startedAtMs = Math.min(from.atMs, settledAtMs)
    const { noiseG } = this
    this.#changed({
      ...{ plate: this.#plate, unseen: true, startedAtMs, settledAtMs, deltaG, sigmaG, noiseG },
      samples: level.samples,
      state: 'closed',
    })
  }

  #atRest(bin: number, sigmaG: number, differenceG: number): void {
    const p = this.#p
    const long = this.bins.level(bin - this.#confirmBins + 1, bin, this.#b)
    const deviationG = Math.abs(this.presentG - this.baselineG)
    const longDeviationG = Math.abs(long.meanG - this.baselineG)
    const longSigmaG = sigmaG / Math.sqrt(this.#confirmBins / this.#periodBins)
    if (deviationG > p.movementSigmas * sigmaG || longDeviationG > p.movementSigmas * longSigmaG) {
      this.#beginsToMove(bin, sigmaG)
      return
    }
    // The baseline lags, so that the first moments of a slow lift are not taken for drift.
    const lagged = this.bins.level(bin - this.#confirmBins - this.#periodBins + 1, bin - this.#confirmBins, this.#b)
    if (lagged.samples > 0 && bin - this.#confirmBins > this.#restSince) {
      this.baselineG += this.#baselineGain * (lagged.meanG - this.baselineG)
    }
    this.baselineAtMs = this.#endMs(bin)
    if (Number.isFinite(differenceG)) {
      const squared = Math.min(differenceG ** 2 / 2, 9 * this.noiseG ** 2)
      const variance = this.noiseG ** 2 + (this.#baselineGain / 4) * (squared - this.noiseG ** 2)
      this.noiseG = Math.max(p.noiseFloorG, Math.sqrt(variance))
    }
    if (this.step?.state === 'confirmed' && bin - this.#restSince >= this.#refineBins) {
      this.#measure(this.step, bin)
      this.baselineG = this.#levelSinceRest(bin).meanG
      this.#setState(this.step, 'closed')
    }
  }

  #beginsToMove(bin: number, sigmaG: number): void {
    if (this.step?.state === 'confirmed') this.#setState(this.step, 'closed')
    let start = bin
    const oldest = bin - this.#refineBins
    while (start > oldest) {
      const level = this.bins.level(start - this.#periodBins, start - 1, this.#b)
      if (level.samples > 0 && Math.abs(level.meanG - this.baselineG) < 2 * sigmaG) break
      start--
    }
    this.step = {
      plate: this.#plate,
      unseen: false,
      startedAtMs: this.#endMs(start - 1),
      settledAtMs: Number.NaN,
      deltaG: 0,
      sigmaG,
      noiseG: this.noiseG,
      samples: 0,
      state: 'none',
    }
    this.#beforeG = this.baselineG
    this.state = 'moving'
  }

  #comesToRest(bin: number, sigmaG: number): void {
    const step = this.step
    if (!step) return
    this.#restSince = bin - this.#restBins + 1
    const deltaG = this.bins.level(this.#restSince, bin, this.#b).meanG - this.baselineG
    const back = Math.abs(deltaG) < Math.max(2, this.#p.movementSigmas * sigmaG * Math.SQRT1_2)
    if (back) {
      this.#setState(step, 'none')
      this.step = null
      this.state = 'rest'
      return
    }
    this.state = 'settled'
    this.#measure(step, bin)
    this.#setState(step, 'settled')
  }

  #settled(bin: number, sigmaG: number): void {
    const step = this.step
    if (!step) return
    const level = this.#levelSinceRest(bin)
    if (Math.abs(this.presentG - level.meanG) > this.#p.movementSigmas * sigmaG) {
      this.state = 'moving'
      return
    }
    if (bin - this.#restSince + 1 < this.#confirmBins) return
    const unrest = this.#slowUnrestG(bin)
    const calm = unrest < Math.max(2 * this.noiseG, handTremor * Math.abs(step.deltaG))
    const shakenButStill = bin - this.#restSince + 1 >= 2 * this.#confirmBins && unrest < 0.5 * this.swingG
    if (!calm && !shakenButStill) return
    this.#measure(step, bin)
    this.baselineG = level.meanG
    this.baselineAtMs = this.#endMs(bin)
    this.state = 'rest'
    this.#setState(step, 'confirmed')
  }

  /** Standard deviation among means over one swing period, across the time that confirms a rest. */
  #slowUnrestG(bin: number): number {
    const parts = Math.floor(this.#confirmBins / this.#periodBins)
    let count = 0
    let sum = 0
    let squares = 0
    for (let i = 0; i < parts; i++) {
      const last = bin - i * this.#periodBins
      const { samples, meanG } = this.bins.level(last - this.#periodBins + 1, last, this.#b)
      if (samples === 0) continue
      const g = meanG - this.baselineG
      count++
      sum += g
      squares += g * g
    }
    return count < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(Math.max(0, squares - (sum * sum) / count) / (count - 1))
  }

  #levelSinceRest(bin: number): Level {
    const first = Math.max(this.#restSince, bin - this.#refineBins + 1)
    return this.bins.level(first, bin, this.#b)
  }

  #measure(step: PlateStep, bin: number): void {
    const level = this.#levelSinceRest(bin)
    const deltaG = level.meanG - this.#beforeG
    const periods = Math.max(1, (bin - this.#restSince + 1) / this.#periodBins)
    step.deltaG = deltaG
    step.samples = level.samples
    step.sigmaG = Math.hypot(
      step.noiseG,
      Math.hypot(this.noiseG, this.#p.swingResidue * this.swingG) / Math.sqrt(periods),
    )
    step.settledAtMs = this.#settledAtMs(step)
  }

  /** The end of the last bin before the rest in which the item's weight had not yet moved in full. */
  #settledAtMs(step: PlateStep): number {
    const delta = step.deltaG
    const noise = 2.5 * Math.hypot(step.noiseG, this.swingG)
    const missing = Math.max(settledShare * Math.abs(delta), noise)
    const beyond = Math.max(handForce * Math.abs(delta), noise)
    const oldest = Math.max(this.bins.oldestBin, Math.floor(step.startedAtMs / this.bins.binMs))
    let bin = this.#restSince
    for (; bin > oldest; bin--) {
      const { samples, meanG } = this.bins.level(bin, bin, this.#a)
      if (samples === 0) continue
      const excess = (meanG - this.#beforeG - delta) * Math.sign(delta)
      if (excess < -missing || excess > beyond) break
    }
    return this.#endMs(bin)
  }

  #setState(step: PlateStep, state: PlateStep['state']): void {
    step.state = state
    this.#changed(step)
  }

  #endMs(bin: number): number {
    return (bin + 1) * this.bins.binMs
  }
}
