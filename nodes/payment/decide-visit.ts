import type { Decision } from '../../runtime/contract/messages.ts'
import { businessId } from '../kit/business-id.ts'
import type { NodeContext } from '../kit/node-context.ts'

/**
 * Hands a decision to the till, unless the till has one for this visit: the first is the one that counts. What
 * the till decided by itself when none came in time has no policy, and gives way.
 */
export async function decideVisit(context: NodeContext<unknown>, decision: Decision): Promise<void> {
  const { visitId, basketRevision, lines, policyHash } = decision
  const { visits } = await context.store.till.state(context.signal)
  if (visits.some((visit) => visit.visitId === visitId && visit.decision?.policyHash)) return
  await context.tell({
    type: 'decide',
    commandId: businessId('decide', visitId),
    ...{ visitId, basketRevision, lines, policyHash, profileHash: context.store.profileHash },
  })
}
