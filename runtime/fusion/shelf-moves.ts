/** What the likeliest explanation of each event moved on the shelves, for stock and restocking. */
import type { Attribution } from '../contract/messages.ts'
import type { Owner, Posterior } from './basket.ts'
import { mostChanged } from './explanations.ts'

export type ShelfMove = Attribution['shelf'][number]

export function shelfMoves({ personIds }: Owner, posteriors: readonly Posterior[]): ShelfMove[] {
  return posteriors.flatMap((posterior) =>
    (posterior[0]?.steps ?? []).flatMap(({ subject, moves }) => {
      const plate = mostChanged(subject)
      if (!plate) return []
      return moves
        .filter(({ personId }) => personId !== null && personIds.has(personId))
        .map(({ sku, quantity }) => ({
          plate,
          sku,
          quantity: -quantity,
          misplaced: !subject.isHome(sku),
          eventId: subject.eventId,
        }))
    }),
  )
}
