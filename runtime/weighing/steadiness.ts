/** What the means over one swing period tell of a stretch of time: how steady it was, and when a step was over. */
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
  let settled = range.latest
  for (let bin = range.latest; bin > range.oldest; bin--) {
    const { samples, meanG } = bins.level(bin - range.periodBins + 1, bin, level)
    if (samples === 0) continue
    const excessG = (meanG - step.beforeG - step.deltaG) * Math.sign(step.deltaG)
    if (excessG < -missingG || excessG > beyondG) break
    settled = bin
  }
  return settled - range.periodBins + 1
}
