import type { Receipt } from '../../runtime/contract/messages.ts'
import type { Controller, NodeContext, Send } from '../kit/node-context.ts'

/** Paid visits whose receipt the till has not issued yet; it issues one at once, so few ever wait. */
const mostWaiting = 1000

export default (context: NodeContext<unknown>): Controller<'payment'> => {
  const waiting = new Map<string, Send>()

  const tell = (receipt: Receipt, send: Send) => {
    waiting.delete(receipt.visitId)
    context.status(receipt.state === 'sent' ? 'green' : 'red', `${receipt.state}: ${receipt.receiptId}`)
    send(receipt, receipt.state)
  }

  context.followTill(['receipt'], ({ data: receipt }) => {
    const send = waiting.get(receipt.visitId)
    if (send) tell(receipt, send)
  })

  return {
    async onMessage({ visitId, state }, send) {
      if (state !== 'paid') return
      waiting.set(visitId, send)
      const [oldest] = waiting.keys()
      if (waiting.size > mostWaiting && oldest !== undefined) waiting.delete(oldest)
      // It may have been issued before its payment came by here.
      const { visits } = await context.store.till.state(context.signal)
      const receipt = visits.find((visit) => visit.visitId === visitId)?.receipt
      if (receipt && waiting.has(visitId)) tell(receipt, send)
    },
  }
}
