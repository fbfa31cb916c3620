import type { StockNotice } from '../../runtime/contract/messages.ts'
import type { Controller, NodeContext, Send } from '../kit/node-context.ts'
import { type ShelfMove, StockMoves } from '../kit/stock-moves.ts'

export default (context: NodeContext<{ lowAfter: number }>): Controller<'attribution'> => {
  const { layout } = context.store
  const moves = new StockMoves(context)
  const homes = new Map(layout.planogram.map(({ sku, plates }) => [sku, plates]))
  const names = new Map(layout.products.map(({ sku, name }) => [sku, name]))
  /** Pieces taken of each product since its shelf was full, and whether that was told. */
  const gone = new Map<string, { pieces: number; told: boolean }>()

  const notice = (kind: StockNotice['notice'], { sku, plate }: ShelfMove, quantity: number, text: string) =>
    ({
      type: 'stock-notice',
      ...context.stamp(),
      ...{ notice: kind, sku, plate, homePlates: homes.get(sku) ?? [], quantity, text },
    }) as const

  const onMisplaced = async (move: ShelfMove, difference: number, send: Send) => {
    const { sku, plate } = move
    const reason = difference > 0 ? 'misplaced' : 'tidied'
    await moves.record(move, difference, reason)
    const name = names.get(sku) ?? sku
    const home = homes.get(sku)?.join(', ') ?? 'no plate'
    const text =
      reason === 'misplaced' ? `${name} lies on ${plate}, but belongs on ${home}.` : `${name} is gone from ${plate}.`
    send(notice(reason, move, difference, text), reason)
  }

  const onHome = (move: ShelfMove, difference: number, send: Send) => {
    const { sku } = move
    const count = gone.get(sku) ?? { pieces: 0, told: false }
    gone.set(sku, count)
    count.pieces = Math.max(0, count.pieces - difference)
    if (count.pieces < context.settings.lowAfter) count.told = false
    else if (!count.told) {
      count.told = true
      const text = `${names.get(sku) ?? sku} runs low: ${count.pieces} taken since it was filled.`
      send(notice('low-stock', move, count.pieces, text), 'low-stock')
    }
  }

  return {
    async onMessage({ shelf }, send) {
      for (const move of shelf) {
        const difference = moves.difference(move)
        if (difference === 0) continue
        if (move.misplaced) await onMisplaced(move, difference, send)
        else onHome(move, difference, send)
      }
    },
  }
}
