/** What the means over one swing period tell of a stretch of time: how steady it was, and when a step was over. */
import type { PlateStep } from './plate-step.ts'
import type { Level, SampleBins } from './sample-bins.ts'

/** Part of a step that a hand's own force may add to an item it sets down; measured up to 0.4. */
const handForce = 0.5
/** Part of a step that may be missing while the plate counts as settled. */
const settledShare = 0.03

const level: Level = { samples: 0, meanG: 0, varianceG2: 0 }

/** Standard deviation of the mean over `periodBins`, across `span` bins up to `last`. */
export function unrestG(bins: SampleBins, last: number, span: number, periodBins: number): number {
  let count = 0
  let sum = 0
  let squares = 0
  let referenceG = Number.NaN
  for (let bin = last; bin >= last - span + periodBins; bin--) {
    const { samples, meanG } = bins.level(bin - periodBins + 1, bin, level)
    if (samples === 0) continue
    if (count === 0) referenceG = meanG
    count++
    sum += meanG - referenceG
    squares += (meanG - referenceG) ** 2
  }
  return count < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(Math.max(0, squares - (sum * sum) / count) / (count - 1))
}

/**
 * The first bin from which on, until `latest`, the whole of a step had been made: no more of it missing than noise
 * explains, and no more on top than a hand's pressure.
 */
export function settledBin(
  bins: SampleBins,
  step: { beforeG: number; deltaG: number },
  range: { oldest: number; latest: number; periodBins: number; noiseG: number },
): number {
  const missingG = Math.max(settledShare * Math.abs(step.deltaG), range.noiseG)
  const beyondG = Math.max(handForce * Math.abs(step.deltaG), range.noiseG)
  const { oldest, latest, periodBins } = range
  /** How much more than the whole step there is at a bin. */
  const excessG = (bin: number) => {
    const { samples, meanG } = bins.level(bin - periodBins + 1, bin, level)
    return samples === 0 ? Number.NaN : (meanG - step.beforeG - step.deltaG) * Math.sign(step.deltaG)
  }
  let settled = latest
  let bin = latest
  for (; bin > oldest; bin--) {
    const excess = excessG(bin)
    if (excess < -missingG || excess > beyondG) break
    // What was not seen is not known to have settled.
    if (!Number.isNaN(excess)) settled = bin
  }
  while (bin > oldest && !(excessG(bin) < -0.5 * Math.abs(step.deltaG))) bin--
  const easingBins = easing(missingG / Math.abs(step.deltaG)) * (settled - bin)
  return Math.min(latest, settled - periodBins + 1 + Math.round(easingBins))
}

/**
 * How long a hand takes for the last part of its way, as part of the time from halfway to there. Hands start and stop
 * gently: of the way 3x² - 2x³ is made after the part x of the time, so that about √(m/3) of the time is left where m
 * of the way is missing. (Minimum jerk, the usual model, stops more gently still.)
 */
function easing(missing: number): number {
  const left = Math.sqrt(Math.min(0.25, missing) / 3)
  return left / (0.5 - left)
}

/** Bins over which courses are compared: longer than any swing. */
const courseBins = 6

/**
 * How far apart two steps were on their way, in parts of each: the mean difference from the start of the first until
 * one of them settled, less what noise explains.
 */
export function courseDifference(a: PlateStep, binsOfA: SampleBins, b: PlateStep, binsOfB: SampleBins): number {
  const bin = (atMs: number) => Math.ceil(atMs / binsOfA.binMs)
  const first = Math.max(binsOfA.oldestBin, bin(Math.min(a.startedAtMs, b.startedAtMs)))
  const last = bin(Math.min(a.settledAtMs, b.settledAtMs)) - courseBins
  let sum = 0
  let count = 0
  for (let at = first; at <= last; at += courseBins) {
    const partOfA = (binsOfA.level(at, at + courseBins - 1, level).meanG - a.beforeG) / a.deltaG
    const partOfB = (binsOfB.level(at, at + courseBins - 1, level).meanG - b.beforeG) / b.deltaG
    if (Number.isNaN(partOfA - partOfB)) continue
    sum += Math.abs(partOfA - partOfB)
    count++
  }
  return count === 0 ? 0 : sum / count - Math.hypot((2 * a.noiseG) / a.deltaG, (2 * b.noiseG) / b.deltaG)
}
