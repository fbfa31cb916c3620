import { defaultFusionPolicy } from '../../runtime/fusion/fusion-policy.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import type { TillState } from '../../runtime/till-api/events.ts'
import type { NodeContext } from '../kit/node-context.ts'

/** The journalled evidence that may still explain something, in the journal's order, up to `state`. */
export async function journalledEvidence(context: NodeContext<unknown>, state: TillState): Promise<Evidence[]> {
  const { till, clock } = context.store
  const from = state.recoverAfter ?? 0
  const found: Evidence[] = []
  if (from >= state.sequence) return found
  const oldestMs = clock.nowMs() - defaultFusionPolicy.memoryMs
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = till.follow(from, (event) => {
    if (event.sequence <= state.sequence && event.type === 'evidence' && event.data.event.settledAtMs >= oldestMs) {
      found.push(event.data)
    }
    if (event.sequence >= state.sequence) resolve()
  })
  context.signal.addEventListener('abort', () => resolve())
  await promise
  stop()
  return found
}
