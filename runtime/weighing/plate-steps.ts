/**
 * One plate's lasting changes. The plate is at rest, or it moves, or it has settled on a new level that is not
 * yet confirmed; movement out of an unconfirmed level continues the same step, so that an item that is lifted
 * a little, held, and then taken is one step, and one that is pressed and let go is none.
 *
 * Everything is judged by means over one period of the shelf's swing, whose noise is the plate's own noise and
 * what a swing of the present strength leaves in such a mean.
 */
import type { WeighingParameters } from './parameters.ts'
import { PlateLevels } from './plate-levels.ts'
import type { PlateNoise } from './plate-noise.ts'
import type { PlateStep } from './plate-step.ts'
import type { Level, SampleBins } from './sample-bins.ts'
import { unrestG } from './steadiness.ts'
import { longestHoldMs, StepHistory } from './step-history.ts'

/** What the rest of the shelf says to a plate. */
export interface Surroundings {
  /** How many times its usual swing the shelf shows now. */
  agitation(): number
  /** The plate that carries most of the movement that `plate` is part of; often itself. */
  foremost(plate: number): PlateSteps
}

/** Across a touch that a hand ends, its force hardly stays steadier than this part of it. */
const touchTremor = 0.02
/** Smaller changes of level are left to the baseline. */
const leastStepG = 2

export class PlateSteps {
  readonly bins: SampleBins
  readonly noise: PlateNoise
  /** The baseline: at rest it follows drift and creep. */
  baselineG = Number.NaN
  baselineAtMs = Number.NaN
  /** How far the baseline has moved by itself at rest, in all, and in how much time. */
  driftedG = 0
  restedS = 0
  /** What the plate shows now, as a mean over one swing period. */
  presentG = Number.NaN
  state: 'unknown' | 'rest' | 'moving' | 'settled' = 'unknown'
  /** The step under way or just done. */
  step: PlateStep | null = null
  /** Settled, for long enough, and too steadily for a hand. */
  isCalm = false
  readonly #earlier = new StepHistory()
  /** The level that the plate left was short and not clearly too steady for a hand. */
  #isDoubtful = false
  /** Since the plate left its last level: the most it showed, and the most it changed within one swing period. */
  #highestG = Number.NaN
  #steepestG = 0
  /** Bin since which the plate has been at rest, and what shaking has left in the means since. */
  #restSince = 0
  #shakenSinceG = 0
  #judged = -1
  /** Level before a time without samples. */
  #unseenFrom: { weightG: number; atMs: number } | null = null
  readonly #plate: number
  readonly #p: WeighingParameters
  readonly #surroundings: Surroundings
  readonly #changed: (step: PlateStep) => void
  readonly #levels: PlateLevels
  readonly #span: PlateLevels['span']
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
    this.#p = parameters
    this.#surroundings = surroundings
    this.#changed = changed
    this.#levels = new PlateLevels(parameters)
    this.bins = this.#levels.bins
    this.noise = this.#levels.noise
    this.#span = this.#levels.span
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
    this.#earlier.clear()
    this.isCalm = false
    this.#unseenFrom = before
    this.baselineG = Number.NaN
    this.state = 'unknown'
    this.#judged = -1
    this.bins.clear()
  }

  /** Judges all bins that have become complete. */
  advance(): void {
    const last = this.bins.completeBin
    if (this.#judged < 0) this.#judged = Math.max(this.bins.oldestBin, last - this.#span.refine)
    while (this.#judged < last) this.#judge(++this.#judged)
  }

  #judge(bin: number): void {
    const { period } = this.#span
    const now = this.bins.level(bin - period + 1, bin, this.#a)
    if (now.samples === 0) return
    const before = this.bins.level(bin - 2 * period + 1, bin - period, this.#b)
    const pooled = now.samples * now.varianceG2 + before.samples * before.varianceG2
    this.noise.see(Math.sqrt(pooled / (now.samples + before.samples)), now.samples)
    this.presentG = now.meanG
    const sigmaG = this.noise.ofMeanG(this.noise.swingG)
    const changeG = before.samples > 0 ? Math.abs(now.meanG - before.meanG) : Number.POSITIVE_INFINITY
    const still = changeG < 2 * Math.SQRT2 * sigmaG
    if (this.state === 'unknown') {
      if (still) this.#firstRest(bin)
    } else if (this.state === 'rest') this.#atRest(bin, sigmaG, before)
    else {
      this.#highestG = Math.max(this.#highestG, now.meanG)
      if (Number.isFinite(changeG)) this.#steepestG = Math.max(this.#steepestG, changeG)
      this.#inStep(this.step as PlateStep, bin, sigmaG, still)
    }
  }

  #firstRest(bin: number): void {
    const level = this.bins.level(bin - this.#span.rest + 1, bin, this.#b)
    this.baselineG = level.meanG
    this.baselineAtMs = this.#levels.endMs(bin)
    this.state = 'rest'
    this.#levels.atRest.clear()
    this.#restSince = bin - this.#span.rest + 1
    if (this.#unseenFrom) this.#tellUnseen(this.#unseenFrom, level.samples)
    this.#unseenFrom = null
  }

  #tellUnseen(from: { weightG: number; atMs: number }, samples: number): void {
    const deltaG = this.baselineG - from.weightG
    const settledAtMs = this.baselineAtMs
    const driftG = (this.#p.driftGPerHour * Math.max(0, settledAtMs - from.atMs)) / 3.6e6
    const sigmaG = Math.hypot(this.noise.meanG * Math.SQRT2, driftG / 2)
    if (!(Math.abs(deltaG) >= Math.max(this.#p.lightestItemG, this.#p.movementSigmas * sigmaG))) return
    this.#changed({
      ...{ plate: this.#plate, unseen: true, beforeG: from.weightG, beforeSigmaG: sigmaG },
      ...{ startedAtMs: Math.min(from.atMs, settledAtMs), settledAtMs, deltaG, sigmaG, noiseG: this.noise.meanG },
      ...{ samples, state: 'closed' },
    })
  }

  #atRest(bin: number, sigmaG: number, before: Readonly<Level>): void {
    const { period, confirm, refine, touch } = this.#span
    const previousG = before.samples > 0 ? before.meanG : this.presentG
    const long = Math.min(confirm, bin - this.#restSince + 1)
    const longG = this.bins.level(bin - long + 1, bin, this.#b).meanG
    const deviationG = Math.max(
      Math.abs(this.presentG - this.baselineG),
      Math.abs(longG - this.baselineG) * Math.sqrt(Math.max(1, long / period)),
    )
    if (deviationG > this.#p.movementSigmas * sigmaG) {
      this.#beginsToMove(bin, sigmaG)
      return
    }
    this.noise.learn(Math.abs(previousG - longG))
    this.#levels.atRest.add(bin, this.presentG)
    // The baseline lags, so that the first moments of a slow lift are not taken for drift.
    const lagged = this.bins.level(bin - confirm - period + 1, bin - confirm, this.#b)
    if (lagged.samples > 0 && bin - confirm - period + 1 >= this.#restSince) {
      const driftG = this.#baselineGain * (lagged.meanG - this.baselineG)
      this.baselineG += driftG
      this.driftedG += driftG
      this.restedS += this.#p.binS
    }
    this.baselineAtMs = this.#levels.endMs(bin)
    if (bin - this.#restSince < touch) {
      this.#shakenSinceG +=
        (this.#levels.shakenG(this.#surroundings.agitation()) - this.#shakenSinceG) * this.#baselineGain * 2
    }
    if (this.step?.state === 'confirmed' && bin - this.#restSince >= refine) this.#close(this.step, bin - confirm)
  }

  /** Measures a step for the last time, from the whole of the rest that ends with `bin`. */
  #close(step: PlateStep, bin: number): void {
    if (bin - this.#restSince >= this.#span.confirm) {
      this.#levels.measure(step, this.#restSince, bin)
      this.baselineG = step.beforeG + step.deltaG
    }
    this.#setState(step, 'closed')
  }

  #beginsToMove(bin: number, sigmaG: number): void {
    const oldest = Math.max(bin - this.#span.refine, this.#restSince)
    const start = this.#levels.startOfMovement(bin, oldest, this.baselineG, sigmaG)
    if (this.step?.state === 'confirmed') this.#close(this.step, start - this.#span.period)
    const startedAtMs = this.#levels.endMs(start - 1)
    this.#isDoubtful = this.#wasDoubtful(start)
    this.step = {
      plate: this.#plate,
      unseen: false,
      beforeG: this.#levels.levelBefore(start) ?? this.baselineG,
      beforeSigmaG: this.#levels.sigmaBefore(start),
      startedAtMs,
      settledAtMs: startedAtMs,
      deltaG: 0,
      sigmaG,
      noiseG: this.noise.meanG,
      samples: 0,
      state: 'none',
    }
    this.#highestG = Math.max(this.presentG, this.baselineG)
    this.#steepestG = 0
    this.isCalm = false
    this.state = 'moving'
  }

  /** Whether the level that is left now was short, and had more unrest than shaking explains. */
  #wasDoubtful(start: number): boolean {
    const { period, touch } = this.#span
    const left = this.#earlier.last
    if (!left) return false
    const lasted = start - Math.ceil(left.settledAtMs / this.bins.binMs)
    if (lasted >= touch) return false
    const inner = lasted - 2 * period
    if (inner < 2 * period) return true
    const mostG = Math.max(touchTremor * Math.abs(left.deltaG), this.#shakenSinceG)
    return unrestG(this.bins, start - period, inner, period) > mostG
  }

  #inStep(step: PlateStep, bin: number, sigmaG: number, still: boolean): void {
    if (still && this.#settlesWithItem(step, bin)) return
    if (this.state === 'settled') this.#isSettled(step, bin, sigmaG)
    else if (still) this.#comesToRest(step, bin, sigmaG)
  }

  #comesToRest(step: PlateStep, bin: number, sigmaG: number): void {
    const restSince = this.#levels.startOfRest(bin, this.presentG)
    const levelG = this.bins.level(restSince, bin, this.#b).meanG
    const deltaG = levelG - step.beforeG
    // Shaking may interrupt a rest; back on the same level it is still the same rest.
    const same = step.state === 'settled' && Math.abs(deltaG - step.deltaG) < this.#p.movementSigmas * sigmaG
    if (!same) this.#restSince = restSince
    const isBack = Math.abs(deltaG) < Math.max(leastStepG, this.#p.movementSigmas * sigmaG * Math.SQRT1_2)
    const continued = isBack ? null : this.#continueEarlier(step, levelG, sigmaG)
    if (continued) this.#settleOn(continued, bin)
    else if (this.#undoesDoubtful(step, levelG)) return
    else if (isBack) this.#dropStep(step, step.beforeG)
    else this.#settleOn(step, bin)
  }

  #settleOn(step: PlateStep, bin: number): void {
    this.state = 'settled'
    this.isCalm = false
    this.#shakenSinceG = 0
    this.#levels.measure(step, this.#restSince, bin)
    this.#setState(step, 'settled')
  }

  #dropStep(step: PlateStep, levelG: number): void {
    this.#setState(step, 'none')
    this.step = null
    if (levelG !== step.beforeG) this.#levels.atRest.clear()
    this.baselineG = levelG
    this.state = 'rest'
  }

  #continueEarlier(step: PlateStep, levelG: number, sigmaG: number): PlateStep | null {
    const steps = this.#earlier.takeContinued({
      ...{ startedAtMs: step.startedAtMs, levelG, highestG: this.#highestG, steepestG: this.#steepestG },
      noiseG: 2 * sigmaG,
    })
    if (!steps) return null
    const [continued, ...undone] = steps as [PlateStep, ...PlateStep[]]
    for (const one of [...undone, step]) this.#setState(one, 'none')
    this.step = continued
    this.baselineG = continued.beforeG
    this.#isDoubtful = false
    return continued
  }

  /**
   * A change that is undone within moments was a touch, not a taking and a putting back, unless its level was
   * clearly too steady for a hand.
   */
  #undoesDoubtful(step: PlateStep, levelG: number): boolean {
    const undone = this.#earlier.last
    if (!undone || !this.#isDoubtful) return false
    const offG = Math.abs(levelG - undone.beforeG)
    if (offG > Math.max(0.1 * Math.abs(undone.deltaG), 3 * undone.sigmaG)) return false
    this.#earlier.forgetLast()
    this.#setState(undone, 'none')
    this.#dropStep(step, undone.beforeG)
    return true
  }

  #isSettled(step: PlateStep, bin: number, sigmaG: number): void {
    const { confirm } = this.#span
    const levelG = this.#levels.sinceRest(this.#restSince, bin).meanG
    if (Math.abs(this.presentG - levelG) > this.#p.movementSigmas * sigmaG) {
      this.#leaves(step, bin, sigmaG)
      return
    }
    if (bin - this.#restSince + 1 < confirm) return
    this.isCalm = this.#levels.isSteady(step, bin, confirm, this.#surroundings.agitation())
    const foremost = this.#surroundings.foremost(this.#plate)
    // Whatever shakes a plate for that long is no hand; otherwise it would never be at rest again.
    const overdue = this.#levels.endMs(bin) - step.startedAtMs > longestHoldMs
    if (foremost.isCalm || foremost.state === 'rest' || overdue) this.#confirm(step, bin)
  }

  /** A level that was left again soon was a rest of its own if it was steady for as long as it lasted. */
  #leaves(step: PlateStep, bin: number, sigmaG: number): void {
    const { period, rest } = this.#span
    const last = bin - period
    const lasted = last - this.#restSince + 1
    this.isCalm = lasted >= rest + period && this.#levels.isSteady(step, last, lasted, this.#surroundings.agitation())
    if (this.isCalm && this.#surroundings.foremost(this.#plate).isCalm) {
      this.#confirm(step, last)
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
    const settled = Math.floor(main.settledAtMs / this.bins.binMs)
    if (bin - settled < this.#span.confirm || step.startedAtMs > main.settledAtMs) return false
    this.#restSince = settled
    this.#confirm(step, bin)
    return true
  }

  #confirm(step: PlateStep, bin: number): void {
    this.#levels.measure(step, this.#restSince, bin)
    const levelG = step.beforeG + step.deltaG
    if (this.#undoesDoubtful(step, levelG)) return
    this.baselineG = levelG
    this.baselineAtMs = this.#levels.endMs(bin)
    this.state = 'rest'
    this.#levels.atRest.clear()
    if (Math.abs(step.deltaG) > this.#p.lightestItemG / 2) this.#earlier.add(step)
    this.#setState(step, 'confirmed')
  }

  #setState(step: PlateStep, state: PlateStep['state']): void {
    step.state = state
    this.#changed(step)
  }
}
