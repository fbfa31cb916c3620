import type { StaffSession } from '../../runtime/contract/messages.ts'
import type { Controller, NodeContext, Send } from '../kit/node-context.ts'
import { StockMoves } from '../kit/stock-moves.ts'

export default (context: NodeContext<unknown>): Controller<'visit' | 'attribution'> => {
  const sessions = new Set<string>()
  const moves = new StockMoves(context)
  const show = () => context.status('green', `${sessions.size} at work`)

  const tell = (visitId: string, state: StaffSession['state'], personIds: string[], send: Send) => {
    if (state === 'started') sessions.add(visitId)
    show()
    send({ type: 'staff-session', ...context.stamp(), visitId, state, personIds })
  }

  context.followTill(
    ['visit-changed'],
    ({ data: { visitId, payment } }) => {
      // What staff moved last is attributed shortly after they left: the session is over with the visit.
      if (payment && sessions.delete(visitId)) show()
    },
    {
      onState({ visits }) {
        for (const { visitId, role, payment } of visits) if (role === 'staff' && !payment) sessions.add(visitId)
      },
    },
  )

  return {
    async onMessage(message, send) {
      if (message.type === 'visit') {
        const { visitId, role, state, personIds } = message
        if (role === 'staff') tell(visitId, state === 'opened' ? 'started' : 'ended', personIds, send)
        return
      }
      if (message.visitId === null || !sessions.has(message.visitId)) return
      for (const move of message.shelf) {
        const difference = moves.difference(move)
        if (difference !== 0) await moves.record(move, difference, 'staff')
      }
    },
  }
}
