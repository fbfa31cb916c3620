/** How a shelf's weight went during an event, thinly: enough to draw and to see a lift, a hold or a lean. */
import type { WeightEvent } from '../contract/messages.ts'
import type { Level, SampleBins } from './sample-bins.ts'

export type WeightCurve = NonNullable<WeightEvent['evidence']['curve']>

/** A plate that changed, and its level before. */
export interface CurvePart {
  bins: SampleBins
  beforeG: number
}

export const mostCurvePoints = 60
/** Shorter steps than this would only draw the shelf's swing, and hold no sample of a slow cell. */
const leastStepMs = 100
/** Shown before the weight begins to move, and after it is at rest as far as samples have come. */
const marginMs = 500

const level: Level = { samples: 0, meanG: 0, varianceG2: 0 }

/** The sum of the plates against their levels before; undefined when none of it was seen, or is kept any more. */
export function eventCurve(
  parts: readonly CurvePart[],
  { startedAtMs, settledAtMs }: Pick<WeightEvent, 'startedAtMs' | 'settledAtMs'>,
): WeightCurve | undefined {
  const [first] = parts
  if (!first) return undefined
  const { binMs } = first.bins
  const oldest = Math.max(...parts.map(({ bins }) => bins.oldestBin))
  const latest = Math.min(...parts.map(({ bins }) => bins.completeBin))
  const from = Math.max(oldest, Math.floor((startedAtMs - marginMs) / binMs))
  const to = Math.min(latest, Math.ceil((settledAtMs + marginMs) / binMs))
  if (to <= from) return undefined
  const binsPerPoint = Math.ceil(Math.max((to - from + 1) / mostCurvePoints, leastStepMs / binMs))
  const gramsOff: (number | null)[] = []
  for (let bin = from; bin + binsPerPoint - 1 <= to; bin += binsPerPoint) {
    gramsOff.push(changeOf(parts, bin, bin + binsPerPoint - 1))
  }
  if (gramsOff.every((grams) => grams === null)) return undefined
  return { fromMs: from * binMs, stepMs: binsPerPoint * binMs, gramsOff }
}

function changeOf(parts: readonly CurvePart[], first: number, last: number): number | null {
  let total = 0
  for (const { bins, beforeG } of parts) {
    const { samples, meanG } = bins.level(first, last, level)
    if (samples === 0) return null
    total += meanG - beforeG
  }
  // Whole grams draw as well; and a plate that goes wild must not fill the journal.
  return Math.max(-999_999, Math.min(999_999, Math.round(total)))
}
