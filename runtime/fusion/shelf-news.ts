/** Which moves on the shelves are told when, and which are taken back. */
import type { Posteriors } from './posteriors.ts'
import type { ShelfMove } from './shelf-moves.ts'

/** Tells each move once, tells it anew when its quantity changes, and takes it back when nobody made it after all. */
export class ShelfNews {
  readonly #told = new Map<string, { ownerId: string; move: ShelfMove }>()

  /** What is new of what this owner moved. */
  of(ownerId: string, personIds: ReadonlySet<string>, posteriors: Posteriors): ShelfMove[] {
    const news: ShelfMove[] = []
    for (const { key, move } of posteriors.movesOf(personIds)) {
      const told = this.#told.get(key)
      this.#told.set(key, { ownerId, move })
      if (told?.move.quantity !== move.quantity) news.push(move)
    }
    for (const [key, told] of this.#told) {
      if (told.ownerId !== ownerId || posteriors.isMade(key)) continue
      this.#told.delete(key)
      news.push({ ...told.move, quantity: 0 })
    }
    return news
  }

  /** These events are over: what they moved has moved. */
  forget(eventIds: ReadonlySet<string>): void {
    for (const [key, { move }] of this.#told) if (eventIds.has(move.eventId)) this.#told.delete(key)
  }
}
