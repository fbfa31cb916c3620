import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import type { Controller, NodeContext } from '../kit/node-context.ts'
import { decideVisit } from '../payment/decide-visit.ts'

/** States of a visit in which nobody has decided yet. */
const undecided: ReadonlySet<VisitSnapshot['state']> = new Set(['admitted', 'open', 'exited', 'deciding', 'review'])

export default (context: NodeContext<unknown>): Controller<'decision'> => {
  /** As the till tells: it may also put a visit here whose decision did not come in time. */
  const waiting = new Set<string>()
  const show = () => context.status(waiting.size > 0 ? 'yellow' : 'green', `${waiting.size} in review`)

  const onSnapshot = (snapshot: VisitSnapshot) => {
    const { visitId, state, decision, basket } = snapshot
    if (state === 'review') waiting.add(visitId)
    else if (!undecided.has(state) && waiting.delete(visitId) && decision) {
      const { lines, policyHash } = decision
      const outcome = lines.some((line) => line.outcome === 'charge') ? 'charge' : 'empty'
      const basketRevision = basket?.revision ?? 0
      context.send({ type: 'decision', ...context.stamp(), ...{ visitId, basketRevision, outcome, lines, policyHash } })
    }
    show()
  }

  context.followTill(['visit-changed'], ({ data }) => onSnapshot(data), {
    onState({ visits }) {
      for (const snapshot of visits) onSnapshot(snapshot)
    },
  })

  return { onMessage: (decision) => decideVisit(context, decision) }
}
