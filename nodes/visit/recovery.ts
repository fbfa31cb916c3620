import type { GatePass } from '../../runtime/contract/messages.ts'
import type { TillState } from '../../runtime/till-api/events.ts'
import { journalled } from '../kit/journal.ts'
import type { NodeContext } from '../kit/node-context.ts'

/** Who passed longer ago than sensing keeps people cannot be told any more. */
const recoverableMs = 120_000

/**
 * Passes that an earlier run may not have bound or ended anybody by. What it did make of a pass shows in the
 * visits: who was bound, and when somebody left.
 */
export async function passesToRecover(context: NodeContext<unknown>, state: TillState): Promise<GatePass[]> {
  const oldestMs = context.store.clock.nowMs() - recoverableMs
  const exits = new Set(state.visits.map(({ exitedAtMs }) => exitedAtMs))
  const bound = new Map(state.visits.map(({ visitId, personIds }) => [visitId, personIds.length]))
  const passes = (await journalled(context, state, ['gate-pass'])).map(({ data }) => data)
  return passes.filter(({ direction, visitId, seenAtMs }) => {
    if (direction === 'out') return seenAtMs >= oldestMs && !exits.has(seenAtMs)
    if (visitId === null) return false
    const already = bound.get(visitId) ?? 0
    bound.set(visitId, already - 1)
    return seenAtMs >= oldestMs && already <= 0
  })
}
