/** What one piece of a product weighs, and how much pieces differ, from some that were put on a plate or taken off. */

/** So many pieces at once changed the plate by `deltaG`, known to `sigmaG`. */
export interface Weighing {
  pieces: number
  deltaG: number
  sigmaG: number
}

export interface PieceWeight {
  weightG: number
  /** null: too few weighings to tell. */
  weightSdG: number | null
  /** Weighings that do not go with the others, by index: more or fewer pieces than was said, or another product. */
  doubtful: number[]
}

export const fewestForSpread = 3
/** Pieces of one product differ by less; one piece too many among up to three differs by more. */
const alikeWithin = 0.25

export function pieceWeight(weighings: readonly Weighing[]): PieceWeight | null {
  if (weighings.length === 0) return null
  const pieces = weighings.reduce((sum, weighing) => sum + weighing.pieces, 0)
  const weightG = weighings.reduce((sum, { deltaG }) => sum + Math.abs(deltaG), 0) / pieces
  const each = weighings.map((weighing) => Math.abs(weighing.deltaG) / weighing.pieces)
  const usualG = median(each)
  const doubtful = each.flatMap((grams, i) => (Math.abs(grams - usualG) > alikeWithin * usualG ? [i] : []))
  return { weightG, weightSdG: spread(weighings, weightG), doubtful }
}

/** Of single pieces: n of them together scatter √n times as much, and the plate's own noise comes on top. */
function spread(weighings: readonly Weighing[], weightG: number): number | null {
  if (weighings.length < fewestForSpread) return null
  const squares = weighings.map(({ pieces, deltaG }) => (Math.abs(deltaG) - pieces * weightG) ** 2 / pieces)
  const noise = weighings.map(({ pieces, sigmaG }) => sigmaG ** 2 / pieces)
  return Math.sqrt(Math.max(0, sum(squares) / (weighings.length - 1) - sum(noise) / weighings.length))
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
