/** What the likeliest explanation of each event moved on the shelves, for stock and restocking. */
import type { Attribution } from '../contract/messages.ts'
import { mostChanged } from './explanations.ts'
import type { Posterior } from './hypotheses.ts'

export type ShelfMove = Attribution['shelf'][number]

export interface MadeMove {
  /** The same event, place and product. */
  key: string
  /** Everybody who had a part in it; null is somebody unseen. */
  personIds: readonly (string | null)[]
  move: ShelfMove
}

export function movesOf(posterior: Posterior): MadeMove[] {
  return (posterior[0]?.steps ?? []).flatMap(({ subject, moves }) => {
    const plate = mostChanged(subject)
    if (!plate) return []
    const { eventId } = subject
    return [...Map.groupBy(moves, ({ sku }) => sku)].map(([sku, ofSku]) => {
      const quantity = -ofSku.reduce((total, move) => total + move.quantity, 0)
      return {
        key: JSON.stringify([eventId, plate, sku]),
        personIds: ofSku.map(({ personId }) => personId),
        move: { plate, sku, quantity, misplaced: !subject.isHome(sku), eventId },
      }
    })
  })
}
