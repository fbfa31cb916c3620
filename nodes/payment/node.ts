import type { Controller, NodeContext } from '../kit/node-context.ts'
import { decideVisit } from './decide-visit.ts'

/** A visit in review has not ended: it is told when a person has decided. */
const portOf = { paid: 'paid', debt: 'debt', empty: 'void', void: 'void', review: null } as const

export default (context: NodeContext<unknown>): Controller<'decision'> => {
  context.followTill(['payment'], ({ data: payment }) => {
    context.status(payment.state === 'debt' ? 'red' : 'green', `${payment.state}: ${payment.visitId}`)
    const port = portOf[payment.state]
    if (port) context.send(payment, port)
  })
  return { onMessage: (decision) => decideVisit(context, decision) }
}
