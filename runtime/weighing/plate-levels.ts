/** One plate's levels as its samples show them: where a rest or a movement begins, and what the plate shows in one. */
import type { WeighingParameters } from './parameters.ts'
import { PlateNoise } from './plate-noise.ts'
import type { PlateStep } from './plate-step.ts'
import { RestLevel } from './rest-level.ts'
import { type Level, SampleBins } from './sample-bins.ts'
import { settledBin, unrestG } from './steadiness.ts'

/** How many times more than its neighbours a plate may be shaken, against what is usual for each. */
const unevenness = 2
/** A hand that holds an item cannot keep its force steadier than this part of it, for the time of a confirmation. */
const handTremor = 0.012

export class PlateLevels {
  readonly bins: SampleBins
  readonly noise: PlateNoise
  /** Times of the parameters in bins. */
  readonly span: Readonly<Record<'period' | 'rest' | 'confirm' | 'refine' | 'touch', number>>
  /** What it showed at rest on its present level. */
  readonly atRest = new RestLevel()
  readonly #p: WeighingParameters
  readonly #level: Level = { samples: 0, meanG: 0, varianceG2: 0 }

  constructor(parameters: WeighingParameters) {
    this.#p = parameters
    this.bins = new SampleBins(parameters.binS * 1000)
    this.noise = new PlateNoise(parameters)
    const bins = (seconds: number) => Math.max(1, Math.round(seconds / parameters.binS))
    this.span = {
      period: bins(parameters.swingPeriodS),
      rest: bins(parameters.restS),
      confirm: bins(parameters.confirmS),
      refine: bins(parameters.refineS),
      touch: bins(parameters.touchS),
    }
  }

  /** Unix milliseconds at the end of a bin. */
  endMs(bin: number): number {
    return (bin + 1) * this.bins.binMs
  }

  /** The first bin, not before `oldest`, after which the plate was away from `baselineG`. */
  startOfMovement(bin: number, oldest: number, baselineG: number, sigmaG: number): number {
    const { period } = this.span
    let start = bin
    while (start > oldest) {
      const level = this.bins.level(start - period, start - 1, this.#level)
      if (level.samples > 0 && Math.abs(level.meanG - baselineG) < 2 * sigmaG) break
      start--
    }
    return start
  }

  /** A hand that reaches for an item presses on it first: the median does not see what lasts for a moment. */
  levelBefore(start: number): number | null {
    const { period, confirm, refine } = this.span
    return this.atRest.medianG(start - refine, start - period, confirm)
  }

  /** Up to a period before the movement: its own beginning is no noise of the level before it. */
  sigmaBefore(start: number): number {
    const { baselineS, binS, swingPeriodS } = this.#p
    const last = start - this.span.period - 1
    const level = this.bins.level(last - Math.round(baselineS / binS), last, this.#level)
    const swingG = level.samples > 0 ? Math.sqrt(level.varianceG2) : this.noise.recentSwingG
    return this.noise.ofMeanG(swingG) / Math.sqrt(baselineS / swingPeriodS)
  }

  /** The movement's own slope makes the test for rest lenient; this is where the level `presentG` really begins. */
  startOfRest(bin: number, presentG: number): number {
    const { period, rest } = this.span
    const { varianceG2 } = this.bins.level(bin - period + 1, bin, this.#level)
    const mostG = this.#p.movementSigmas * this.noise.ofMeanG(Math.sqrt(varianceG2))
    let start = bin - period + 1
    while (start > bin - rest + 1) {
      const { samples, meanG } = this.bins.level(start - 1, start + period - 2, this.#level)
      if (samples > 0 && Math.abs(meanG - presentG) > mostG) break
      start--
    }
    return start
  }

  /** The first third of a rest may still be a hand's pressure that eases off. */
  sinceRest(restSince: number, bin: number): Level {
    const eased = restSince + Math.floor((bin - restSince + 1) / 3)
    return this.bins.level(Math.max(eased, bin - this.span.refine + 1), bin, this.#level)
  }

  /** Fills in what is known of `step` from the rest after it, which lasts from `restSince` to `bin`. */
  measure(step: PlateStep, restSince: number, bin: number): void {
    const { period, confirm, refine } = this.span
    const level = this.sinceRest(restSince, bin)
    if (level.samples === 0) return
    const noiseG = this.noise.ofMeanG(Math.sqrt(level.varianceG2))
    const periods = Math.max(1, Math.min(bin - restSince + 1, refine) / period)
    step.deltaG = level.meanG - step.beforeG
    step.sigmaG = Math.hypot(step.beforeSigmaG, noiseG / Math.sqrt(periods))
    step.samples = level.samples
    // The end of a slow lift may have passed for rest.
    const latest = Math.min(bin, restSince + confirm)
    const oldest = Math.max(this.bins.oldestBin, Math.floor(step.startedAtMs / this.bins.binMs))
    const settled = settledBin(this.bins, step, { oldest, latest, periodBins: period, noiseG: 3 * noiseG })
    step.settledAtMs = Math.max(step.startedAtMs, this.endMs(settled - 1))
  }

  /**
   * Whether the plate shows no more unrest than its own noise and the shelf's shaking explain: no hand holds what is
   * missing. `agitation` is how many times its usual swing the shelf shows.
   */
  isSteady(step: PlateStep, bin: number, span: number, agitation: number): boolean {
    const handG = handTremor * Math.abs(step.deltaG)
    const swingG = Math.sqrt(this.bins.level(bin - span + 1, bin, this.#level).varianceG2)
    const mostG = Math.max(2 * this.noise.meanG, handG, this.shakenG(agitation))
    return (
      unrestG(this.bins, bin, span, this.span.period) < mostG &&
      swingG < Math.max(unevenness * this.noise.usualSwingG * Math.max(1, agitation), handG)
    )
  }

  /** What the shelf's shaking leaves in a mean over one swing period. */
  shakenG(agitation: number): number {
    return unevenness * this.noise.residue * this.noise.usualSwingG * Math.max(0, agitation - 1)
  }
}
