/** What the owner of a store asks of fusion, counted from what became of many visits. */
import { isRight, type LineOutcome, missedQuantity } from './line-outcome.ts'
import type { RunResult } from './twin-run.ts'

/** Lines of about the same stated probability. */
export interface Bin {
  from: number
  lines: number
  stated: number
  right: number
}

export interface Measures {
  visits: number
  /** Lines that were charged. */
  chargedLines: number
  /** Charged for more than was taken, per 1,000 charged lines. */
  wrongPerThousand: number
  /** Visits with at least one line in review, per 1,000. */
  reviewPerThousand: number
  /** Share of the worth of all goods taken that no line charged or showed to a reviewer. */
  letGo: number
  /** Mean difference between stated probability and share of right lines, weighted by lines. */
  calibrationError: number
  reliability: Bin[]
  /** From a weight event's telling until its line stands in a basket. */
  lineDelayMs: { p50: number; p99: number }
  mostAtOnce: number
  storeHours: number
  /** Processor seconds of the whole platform, weighing included, per hour of a store. */
  secondsPerStoreHour: number
}

/** Finer where decisions are made. */
const binEdges = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.001]

export function measuresOf(results: readonly RunResult[]): Measures {
  const lines = results.flatMap((result) => result.lines)
  const total = (of: (result: RunResult) => number) => results.reduce((sum, result) => sum + of(result), 0)
  const charged = lines.filter(({ outcome }) => outcome === 'charge')
  const visits = total((result) => result.visits)
  const storeHours = total(({ storeSeconds }) => storeSeconds) / 3600
  const worthMinor = lines.reduce((sum, { trueQuantity, priceMinor }) => sum + trueQuantity * priceMinor, 0)
  const letGoMinor = lines.reduce((sum, line) => sum + missedQuantity(line) * line.priceMinor, 0)
  const reliability = reliabilityOf(lines.filter(({ outcome }) => outcome !== 'untold'))
  const told = reliability.reduce((sum, bin) => sum + bin.lines, 0)
  const delays = results.flatMap(({ lineDelaysMs }) => lineDelaysMs).sort((a, b) => a - b)
  return {
    visits,
    chargedLines: charged.length,
    wrongPerThousand: perThousand(charged.filter((line) => !isRight(line)).length, charged.length),
    reviewPerThousand: perThousand(
      total(({ visitsInReview }) => visitsInReview),
      visits,
    ),
    letGo: worthMinor === 0 ? 0 : letGoMinor / worthMinor,
    calibrationError: reliability.reduce((sum, bin) => sum + (bin.lines / told) * Math.abs(bin.stated - bin.right), 0),
    reliability,
    lineDelayMs: { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99) },
    mostAtOnce: Math.max(0, ...results.map((result) => result.mostAtOnce)),
    storeHours,
    secondsPerStoreHour: total(({ platformSeconds }) => platformSeconds) / storeHours,
  }
}

function reliabilityOf(lines: readonly LineOutcome[]): Bin[] {
  return binEdges.slice(1).flatMap((until, i) => {
    const from = binEdges[i] as number
    const inBin = lines.filter(({ probability }) => probability >= from && probability < until)
    if (inBin.length === 0) return []
    const stated = inBin.reduce((sum, { probability }) => sum + probability, 0) / inBin.length
    return [{ from, lines: inBin.length, stated, right: inBin.filter(isRight).length / inBin.length }]
  })
}

const perThousand = (part: number, whole: number) => (whole === 0 ? 0 : (1000 * part) / whole)
const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
