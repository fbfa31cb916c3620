import type { AttributedLine, BasketChange } from '../../runtime/contract/messages.ts'
import { businessId } from '../kit/business-id.ts'
import type { Controller, NodeContext } from '../kit/node-context.ts'

/** A visit's basket as the till has it. */
interface Stored {
  revision: number
  content: string
}

export default (context: NodeContext<unknown>): Controller<'attribution'> => {
  const stored = new Map<string, Stored>()
  let changes = 0

  context.followTill(
    ['basket-change', 'visit-changed'],
    ({ type, data }) => {
      if (type === 'visit-changed') {
        if (data.payment) stored.delete(data.visitId)
        return
      }
      context.status('green', `${++changes} changes`)
      context.send(data)
    },
    {
      onState({ visits }) {
        for (const { basket } of visits) {
          if (basket) stored.set(basket.visitId, { revision: basket.revision, content: contentOf(basket) })
        }
      },
    },
  )

  return {
    async onMessage({ visitId, final, lines, revision: attributed }) {
      if (visitId === null) return
      const known = stored.get(visitId)
      const content = contentOf({ final, lines })
      if (known?.content === content) return
      // Fusion counts from the start again when it restarts; the till's count goes on.
      const revision = Math.max(attributed, known ? known.revision + 1 : 0)
      await context.tell({
        type: 'set-lines',
        commandId: businessId('lines', visitId, revision),
        ...{ visitId, revision, final, lines },
      })
      stored.set(visitId, { revision, content })
    },
  }
}

/** What matters of a basket, without what the till adds to its lines. */
function contentOf({ final, lines }: { final: boolean; lines: (AttributedLine | BasketChange['lines'][0])[] }): string {
  return JSON.stringify([
    final,
    lines.map(({ lineId, sku, quantity, probability, eventIds, alternatives, notes }) => [
      ...[lineId, sku, quantity, probability, eventIds, alternatives, notes],
    ]),
  ])
}
