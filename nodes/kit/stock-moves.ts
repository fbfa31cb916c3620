import { AisleError } from '../../runtime/contract/errors.ts'
import type { Attribution } from '../../runtime/contract/messages.ts'
import { businessId } from './business-id.ts'
import type { NodeContext } from './node-context.ts'

export type ShelfMove = Attribution['shelf'][number]

/** Moves of the last so many events and plates; later corrections of older ones are not expected. */
const remembered = 2000

/** An attribution tells a move on a shelf again when it is understood better: this knows what is new about it. */
export class StockMoves {
  readonly #context: NodeContext<unknown>
  readonly #told = new Map<string, number>()

  constructor(context: NodeContext<unknown>) {
    this.#context = context
  }

  /** How much `move` differs from what was told of it before; 0 when nothing is new. */
  difference(move: ShelfMove): number {
    const key = JSON.stringify([move.eventId, move.plate, move.sku])
    const before = this.#told.get(key) ?? 0
    this.#told.delete(key)
    this.#told.set(key, move.quantity)
    const [oldest] = this.#told.keys()
    if (this.#told.size > remembered && oldest !== undefined) this.#told.delete(oldest)
    return move.quantity - before
  }

  /** Has the till record `difference` pieces of `move`, once, whichever node of the flow comes first. */
  async record(move: ShelfMove, difference: number, reason: 'staff' | 'misplaced' | 'tidied'): Promise<void> {
    const { plate, sku, eventId, quantity } = move
    try {
      await this.#context.tell({
        type: 'move-stock',
        commandId: businessId('stock', eventId, plate, sku, quantity),
        ...{ reason, plate, sku, quantity: difference, eventId },
      })
    } catch (error) {
      if (!(error instanceof AisleError && error.code === 'command-conflict')) throw error
    }
  }
}
