/** Boxes that a model's numbers might mean, before the lesser of overlapping ones are taken away. */

/** Of the input's pixels. */
export interface Candidate {
  leftPx: number
  topPx: number
  rightPx: number
  bottomPx: number
  score: number
  classIndex: number
  /** The cell it comes from, where a model says more of it. */
  cell: number
}

/** More than a store's camera ever shows; numbers without meaning must not cost time that grows with their square. */
const mostCompared = 300

/**
 * The best of those that share more than `overlapAtMost` of their common area (non-maximum suppression). Classes are
 * looked at each by itself: a hand lies within a person.
 */
export function suppressLesser(candidates: readonly Candidate[], overlapAtMost: number): Candidate[] {
  const best = [...candidates].sort((a, b) => b.score - a.score).slice(0, mostCompared)
  const kept: Candidate[] = []
  for (const candidate of best) {
    const covered = kept.some(
      (other) => other.classIndex === candidate.classIndex && overlap(other, candidate) > overlapAtMost,
    )
    if (!covered) kept.push(candidate)
  }
  return kept
}

/** Area of the intersection by that of the union. */
function overlap(a: Candidate, b: Candidate): number {
  const width = Math.min(a.rightPx, b.rightPx) - Math.max(a.leftPx, b.leftPx)
  const height = Math.min(a.bottomPx, b.bottomPx) - Math.max(a.topPx, b.topPx)
  if (width <= 0 || height <= 0) return 0
  const both = width * height
  return both / (area(a) + area(b) - both)
}

const area = ({ leftPx, topPx, rightPx, bottomPx }: Candidate) => (rightPx - leftPx) * (bottomPx - topPx)

/** Only what can be a box: a model's numbers may be anything. */
export function addCandidate(candidates: Candidate[], candidate: Candidate): void {
  const { leftPx, topPx, rightPx, bottomPx } = candidate
  const size = (rightPx - leftPx) * (bottomPx - topPx)
  if (size > 0 && Number.isFinite(size) && rightPx > leftPx) candidates.push(candidate)
}
