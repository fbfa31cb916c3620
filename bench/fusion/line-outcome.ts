/** What became of one line of a simulated visit, and whether it should have. */

/** One line of a visit's decision, or goods that no line told of. */
export interface LineOutcome {
  visitId: string
  /** Absent: no line told of it. */
  lineId?: string
  sku: string
  outcome: 'charge' | 'review' | 'let-go' | 'untold'
  probability: number
  quantity: number
  /** What was really taken and not put back; of several lines of one product, each has what the ones before it left. */
  trueQuantity: number
  /** Worth of one piece, or of one gram. */
  priceMinor: number
}

/** A line says that the shopper has at least so many. */
export const isRight = ({ quantity, trueQuantity }: LineOutcome): boolean => quantity <= trueQuantity + 1e-9

export function missedQuantity({ outcome, quantity, trueQuantity }: LineOutcome): number {
  const covered = outcome === 'charge' || outcome === 'review' ? quantity : 0
  return Math.max(0, trueQuantity - covered)
}
