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
  /** The level before, and its standard deviation. */
  readonly beforeG: number
  readonly beforeSigmaG: number
  startedAtMs: number
  settledAtMs: number
  deltaG: number
  sigmaG: number
  noiseG: number
  samples: number
  /** none: the plate moves, or went back to its old level. */
  state: 'none' | 'settled' | 'confirmed' | 'closed'
}

/** What the rest of the shelf says to a plate. */
export interface Surroundings {
  /** How many times its usual swing the shelf shows now, by the plates at rest other than `plate`. */
  agitation(plate: number): number
  /** The plate that carries most of the movement that `plate` is part of; often itself. */
  foremost(plate: number): PlateSteps
}

type State = 'unknown' | 'rest' | 'moving' | 'settled'

/** Part of a step that a hand's own force may add to an item it sets down; measured up to 0.4. */
const handForce = 0.5
/** Part of a step that may be missing while the plates count as settled. */
const settledShare = 0.03
/** A shorter pause within a movement in one direction is no end of it. */
const pauseMs = 800
/** Longer than anybody holds an item before taking it. */
export const longestHoldMs = 15_000
/** How many times more than its neighbours a plate may be shaken, against what is usual for each. */
const unevenness = 2
/** Of a normal distribution's absolute values a third is below this many standard deviations. */
const lowerThird = 0.43
/** A hand that holds an item cannot keep its force steadier than this part of it. */
const handTremor = 0.012

export class PlateSteps {
  readonly bins: SampleBins
  /** Standard deviation of a mean over one swing period while nothing shakes the plate. */
  noiseG: number
  /** Standard deviation of single samples now, and while nothing shakes the plate. */
  swingG = 0
  usualSwingG: number
  /** Settled, for long enough, and too steadily for a hand. */
  isCalm = false
  /** The baseline: at rest it follows drift and creep. */
  baselineG = Number.NaN
  baselineAtMs = Number.NaN
  /** What the plate shows now, as a mean over one swing period. */
  presentG = Number.NaN
  state: State = 'unknown'
  /** The step under way or just done. */
  step: PlateStep | null = null
  /** Steps lately confirmed, oldest first. */
  #earlier: PlateStep[] = []
  /** The level that the plate left was short and not clearly too steady for a hand. */
  #isDoubtful = false
  /** The most that the plate showed since it left its last level. */
  #highestG = Number.NaN
  /** The most that it changed within one swing period since. */
  #steepestG = 0
  /** Bin since which the plate has been at rest. */
  #restSince = 0
  #evaluated = -1
  /** What the shelf's shaking has left in the means since the plate last came to rest. */
  #plateauShakenG = 0
  /** How far noise and usual swing have been learned: grows by 1 a second. */
  #learned = 0
  /** The largest swing of the last second or so at rest: what the baseline was measured in. */
  #recentSwingG = 0
  readonly #forgetting: number
  /** Level before a time without samples. */
  #unseenFrom: { weightG: number; atMs: number } | null = null
  readonly #plate: number
  readonly #p: WeighingParameters
  readonly #changed: (step: PlateStep) => void
  readonly #surroundings: Surroundings
  readonly #periodBins: number
  readonly #restBins: number
  readonly #confirmBins: number
  readonly #refineBins: number
  readonly #touchBins: number
  readonly #baselineGain: number
  readonly #a: Level = { samples: 0, meanG: 0, varianceG2: 0 }
  readonly #b: Level = { samples: 0, meanG: 0, varianceG2: 0 }

  constructor(
    plate: number,
    parameters: WeighingParameters,
    surroundings: Surroundings,
    changed: (step: PlateStep) => void,
  ) {
    this.#plate = plate
    this.#surroundings = surroundings
    this.#p = parameters
    this.#changed = changed
    this.bins = new SampleBins(parameters.binS * 1000)
    this.noiseG = 3 * parameters.noiseFloorG
    this.usualSwingG = 2 * this.noiseG
    const bins = (seconds: number) => Math.max(1, Math.round(seconds / parameters.binS))
    this.#periodBins = bins(parameters.swingPeriodS)
    this.#restBins = bins(parameters.restS)
    this.#confirmBins = bins(parameters.confirmS)
    this.#refineBins = bins(parameters.refineS)
    this.#touchBins = bins(parameters.touchS)
    this.#forgetting = Math.exp(-parameters.binS / 1)
    this.#baselineGain = 1 - Math.exp(-parameters.binS / parameters.baselineS)
  }

  /** The newest level at rest as far as it was told, or null before the first. */
  level(): { weightG: number; atMs: number } | null {
    if (Number.isNaN(this.baselineG)) return this.#unseenFrom
    const toldG = this.step?.state === 'settled' ? this.step.deltaG : 0
    return { weightG: this.baselineG + toldG, atMs: this.baselineAtMs }
  }

  /** How far the plate is now from where its last movement began. */
  get excursionG(): number {
    return this.step ? this.presentG - this.step.beforeG : 0
  }

  /** Nothing is known from here on until the plate comes to rest; then its level is compared with `before`. */
  loseSight(before: { weightG: number; atMs: number } | null = this.level()): void {
    if (this.step?.state === 'settled' || this.step?.state === 'confirmed') this.#setState(this.step, 'closed')
    this.step = null
    this.#earlier = []
    this.isCalm = false
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
    if (this.state === 'rest') {
      this.#atRest(bin, sigmaG)
      return
    }
    this.#highestG = Math.max(this.#highestG, now.meanG)
    if (before.samples > 0) this.#steepestG = Math.max(this.#steepestG, Math.abs(differenceG))
    if (this.step && still && this.#settlesWithItem(this.step, bin)) return
    if (this.state === 'moving') {
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
      ...{ plate: this.#plate, unseen: true, beforeG: from.weightG, beforeSigmaG: sigmaG },
      ...{ startedAtMs, settledAtMs, deltaG, sigmaG, noiseG },
      samples: level.samples,
      state: 'closed',
    })
  }

  #atRest(bin: number, sigmaG: number): void {
    const p = this.#p
    const long = this.bins.level(bin - this.#confirmBins + 1, bin, this.#b)
    const deviationG = Math.abs(this.presentG - this.baselineG)
    const longDeviationG = Math.abs(long.meanG - this.baselineG)
    const longSigmaG = sigmaG / Math.sqrt(this.#confirmBins / this.#periodBins)
    if (deviationG > p.movementSigmas * sigmaG || longDeviationG > p.movementSigmas * longSigmaG) {
      this.#beginsToMove(bin, sigmaG)
      return
    }
    const longG = long.meanG
    const previous = this.bins.level(bin - 2 * this.#periodBins + 1, bin - this.#periodBins, this.#b)
    if (previous.samples > 0) {
      const wandersG = Math.abs(previous.meanG - longG)
      this.noiseG = Math.max(p.noiseFloorG, this.#lowerThird(this.noiseG, wandersG / lowerThird))
    }
    // The baseline lags, so that the first moments of a slow lift are not taken for drift.
    const lagged = this.bins.level(bin - this.#confirmBins - this.#periodBins + 1, bin - this.#confirmBins, this.#b)
    if (lagged.samples > 0 && bin - this.#confirmBins > this.#restSince) {
      this.baselineG += this.#baselineGain * (lagged.meanG - this.baselineG)
    }
    this.baselineAtMs = this.#endMs(bin)
    this.usualSwingG = Math.max(p.noiseFloorG, this.#lowerThird(this.usualSwingG, this.swingG))
    this.#learned += p.binS
    if (bin - this.#restSince < this.#touchBins) {
      this.#plateauShakenG += (this.#shakenG() - this.#plateauShakenG) * this.#baselineGain * 2
    }
    this.#recentSwingG = Math.max(this.swingG, this.#recentSwingG * this.#forgetting)
    if (this.step?.state === 'confirmed' && bin - this.#restSince >= this.#refineBins) {
      this.#measure(this.step, bin)
      this.baselineG = this.step.beforeG + this.step.deltaG
      this.#setState(this.step, 'closed')
    }
  }

  /**
   * Follows the lower third of what it is shown: a quantile, and a low one, because shelves are shaken for a good
   * part of the day. Fast at first, then within half a minute.
   */
  #lowerThird(quantile: number, value: number): number {
    const gain = 0.002 + 0.02 / (1 + this.#learned)
    return quantile * (value > quantile ? 1 + gain : 1 - 2 * gain)
  }

  #beginsToMove(bin: number, sigmaG: number): void {
    const baselinePeriods = this.#p.baselineS / this.#p.swingPeriodS
    if (this.step?.state === 'confirmed') this.#setState(this.step, 'closed')
    let start = bin
    const oldest = bin - this.#refineBins
    while (start > oldest) {
      const level = this.bins.level(start - this.#periodBins, start - 1, this.#b)
      if (level.samples > 0 && Math.abs(level.meanG - this.baselineG) < 2 * sigmaG) break
      start--
    }
    const startedAtMs = this.#endMs(start - 1)
    const plateau = this.#earlier.at(-1)
    const plateauBins = plateau ? Math.floor((startedAtMs - plateau.settledAtMs) / this.bins.binMs) : 0
    const span = plateauBins - 2 * this.#periodBins
    this.#isDoubtful =
      plateau !== undefined &&
      plateauBins < this.#touchBins &&
      (span < 2 * this.#periodBins ||
        this.#unrestG(start - this.#periodBins, span) > Math.max(0.02 * Math.abs(plateau.deltaG), this.#plateauShakenG))
    this.step = {
      plate: this.#plate,
      unseen: false,
      beforeG: this.baselineG,
      beforeSigmaG: Math.hypot(this.noiseG, this.#p.swingResidue * this.#recentSwingG) / Math.sqrt(baselinePeriods),
      startedAtMs,
      settledAtMs: Number.NaN,
      deltaG: 0,
      sigmaG,
      noiseG: this.noiseG,
      samples: 0,
      state: 'none',
    }
    this.#highestG = Math.max(this.presentG, this.baselineG)
    this.#steepestG = 0
    this.state = 'moving'
  }

  #comesToRest(bin: number, sigmaG: number): void {
    const step = this.step
    if (!step) return
    const deltaG = this.bins.level(bin - this.#restBins + 1, bin, this.#b).meanG - this.baselineG
    // Shaking may interrupt a rest; back on the same level it is still the same rest.
    const same = step.state === 'settled' && Math.abs(deltaG - step.deltaG) < this.#p.movementSigmas * sigmaG
    if (!same) this.#restSince = bin - this.#restBins + 1
    const back = Math.abs(deltaG) < Math.max(2, this.#p.movementSigmas * sigmaG * Math.SQRT1_2)
    if (!back && this.#continueEarlier(step, this.baselineG + deltaG)) {
      this.#comesToRest(bin, sigmaG)
      return
    }
    if (this.#undoesDoubtful(step, this.baselineG + deltaG)) return
    if (back) {
      this.#setState(step, 'none')
      this.step = null
      this.state = 'rest'
      return
    }
    this.state = 'settled'
    this.#plateauShakenG = 0
    this.#measure(step, bin)
    this.#setState(step, 'settled')
  }

  /**
   * A slow lift may pause on its way. And an item that a steady hand held up may have passed for taken. Before it really is, the hand lets it down for a
   * moment: a plate that was back at an earlier level without resting there and then went further in the same
   * direction has made one step, not three.
   */
  #continueEarlier(step: PlateStep, levelG: number): boolean {
    const index = this.#earlier.findIndex((one) => {
      const furtherG = levelG - one.beforeG - one.deltaG
      const goesOn = furtherG / one.deltaG > 0.1 && this.#steepestG < 0.35 * Math.abs(furtherG)
      if (goesOn && step.startedAtMs - one.settledAtMs < pauseMs) return true
      const wasBack = this.#highestG - one.beforeG > -0.15 * -one.deltaG
      const takenG = one.beforeG - levelG
      return one.deltaG < 0 && wasBack && takenG > -1.1 * one.deltaG && takenG < -10 * one.deltaG
    })
    if (index < 0) return false
    const [continued, ...undone] = this.#earlier.splice(index) as [PlateStep, ...PlateStep[]]
    for (const one of [...undone, step]) this.#setState(one, 'none')
    this.step = continued
    this.baselineG = continued.beforeG
    this.#isDoubtful = false
    return true
  }

  /**
   * A change that is undone within moments was a touch, not a taking and a putting back, unless its level was
   * clearly too steady for a hand.
   */
  #undoesDoubtful(step: PlateStep, levelG: number): boolean {
    const undone = this.#earlier.at(-1)
    if (!undone || !this.#isDoubtful) return false
    const offG = Math.abs(levelG - undone.beforeG)
    if (offG > Math.max(0.1 * Math.abs(undone.deltaG), 3 * undone.sigmaG)) return false
    this.#earlier.pop()
    this.#setState(undone, 'none')
    this.#setState(step, 'none')
    this.baselineG = undone.beforeG
    this.step = null
    this.state = 'rest'
    return true
  }

  #settled(bin: number, sigmaG: number): void {
    const step = this.step
    if (!step) return
    const level = this.#levelSinceRest(bin)
    if (Math.abs(this.presentG - level.meanG) > this.#p.movementSigmas * sigmaG) {
      this.#leaves(step, bin, sigmaG)
      return
    }
    const lasted = bin - this.#restSince + 1 >= this.#confirmBins
    this.isCalm = lasted && this.#isSteady(step, bin, this.#confirmBins)
    const foremost = this.#surroundings.foremost(this.#plate)
    if (!lasted || !(foremost.isCalm || foremost.state === 'rest')) return
    this.#confirm(step, bin)
  }

  /** A level that was left again soon was a rest of its own if it was steady for as long as it lasted. */
  #leaves(step: PlateStep, bin: number, sigmaG: number): void {
    const left = bin - this.#periodBins
    const span = left - this.#restSince + 1
    this.isCalm = span >= this.#restBins + this.#periodBins && this.#isSteady(step, left, span)
    if (this.isCalm && this.#surroundings.foremost(this.#plate).isCalm) {
      this.#confirm(step, left)
      this.#beginsToMove(bin, sigmaG)
    }
    this.isCalm = false
    this.state = 'moving'
  }

  /** A light share of an item is as settled as the item, whatever else a hand does to its plate. */
  #settlesWithItem(step: PlateStep, bin: number): boolean {
    const { step: main, state } = this.#surroundings.foremost(this.#plate)
    if (main === step || main?.state !== 'confirmed' || state !== 'rest') return false
    if (Math.abs(main.deltaG) < 3 * Math.abs(this.excursionG)) return false
    const settledBin = Math.floor(main.settledAtMs / this.bins.binMs)
    if (bin - settledBin < this.#confirmBins || step.startedAtMs > main.settledAtMs) return false
    this.#restSince = settledBin
    this.#confirm(step, bin)
    return true
  }

  #confirm(step: PlateStep, bin: number): void {
    this.#measure(step, bin)
    if (this.#undoesDoubtful(step, step.beforeG + step.deltaG)) return
    this.baselineG = step.beforeG + step.deltaG
    this.baselineAtMs = this.#endMs(bin)
    this.state = 'rest'
    const since = step.settledAtMs - longestHoldMs
    this.#earlier = this.#earlier.filter((one) => one.settledAtMs > since)
    if (Math.abs(step.deltaG) > 0.4 * this.#p.lightestItemG) this.#earlier.push(step)
    this.#setState(step, 'confirmed')
  }

  /** Whether the plate shows no more unrest than its own noise and the shelf's shaking explain: no hand holds it. */
  #isSteady(step: PlateStep, bin: number, span: number): boolean {
    const agitation = Math.max(1, this.#surroundings.agitation(this.#plate))
    const handG = handTremor * Math.abs(step.deltaG)
    const unrestG = this.#unrestG(bin, span)
    const all = this.bins.level(bin - span + 1, bin, this.#b)
    const swingG = Math.sqrt(all.varianceG2)
    return (
      unrestG < Math.max(2 * this.noiseG, handG, this.#shakenG()) &&
      swingG < Math.max(unevenness * this.usualSwingG * agitation, handG)
    )
  }

  /** What the shelf's shaking leaves in a mean over one swing period. */
  #shakenG(): number {
    const agitation = this.#surroundings.agitation(this.#plate)
    return unevenness * this.#p.swingResidue * this.usualSwingG * Math.max(0, agitation - 1)
  }

  /** Standard deviation of the mean over one swing period, across `span` bins up to `bin`. */
  #unrestG(bin: number, span: number): number {
    let count = 0
    let sum = 0
    let squares = 0
    for (let last = bin - span + this.#periodBins; last <= bin; last++) {
      const { samples, meanG } = this.bins.level(last - this.#periodBins + 1, last, this.#b)
      if (samples === 0) continue
      const g = meanG - this.presentG
      count++
      sum += g
      squares += g * g
    }
    return count < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(Math.max(0, squares - (sum * sum) / count) / (count - 1))
  }

  #levelSinceRest(bin: number): Level {
    // Its first third may still be a hand's pressure that eases off.
    const eased = this.#restSince + Math.floor((bin - this.#restSince + 1) / 3)
    const first = Math.max(eased, bin - this.#refineBins + 1)
    return this.bins.level(first, bin, this.#b)
  }

  #measure(step: PlateStep, bin: number): void {
    const level = this.#levelSinceRest(bin)
    const deltaG = level.meanG - step.beforeG
    const periods = Math.max(1, Math.min(bin - this.#restSince + 1, this.#refineBins) / this.#periodBins)
    const residueG = this.#p.swingResidue * Math.sqrt(level.varianceG2)
    const afterG = Math.hypot(this.noiseG, residueG) / Math.sqrt(periods)
    step.sigmaG = Math.hypot(step.beforeSigmaG, afterG)
    step.deltaG = deltaG
    step.samples = level.samples
    step.settledAtMs = this.#settledAtMs(step, bin, 3 * Math.hypot(this.noiseG, residueG))
  }

  /** The end of the last bin before the rest in which the item's weight had not yet moved in full. */
  #settledAtMs(step: PlateStep, now: number, noiseG: number): number {
    const delta = step.deltaG
    const missing = Math.max(settledShare * Math.abs(delta), noiseG)
    const beyond = Math.max(handForce * Math.abs(delta), noiseG)
    const oldest = Math.max(this.bins.oldestBin, Math.floor(step.startedAtMs / this.bins.binMs))
    // The end of a slow lift may have passed for rest.
    const latest = Math.min(now, this.#restSince + this.#confirmBins)
    let settledBin = latest
    for (let bin = latest; bin > oldest; bin--) {
      const { samples, meanG } = this.bins.level(bin - this.#periodBins + 1, bin, this.#a)
      if (samples === 0) continue
      const excess = (meanG - step.beforeG - delta) * Math.sign(delta)
      if (excess < -missing || excess > beyond) break
      settledBin = bin
    }
    return this.#endMs(settledBin - this.#periodBins)
  }

  #setState(step: PlateStep, state: PlateStep['state']): void {
    step.state = state
    this.#changed(step)
  }

  #endMs(bin: number): number {
    return (bin + 1) * this.bins.binMs
  }
}
