import type { TillEvent, TillEventType, TillState } from '../../runtime/till-api/events.ts'
import { pastEvents } from '../../runtime/till-api/past-events.ts'
import type { NodeContext } from './node-context.ts'

/**
 * What the till told, of these types, since the oldest thing that an unfinished visit rests on, up to `state`.
 * @param before so many events, of any type, from before that too
 */
export async function journalled<T extends TillEventType>(
  context: NodeContext<unknown>,
  state: TillState,
  types: readonly T[],
  before = 0,
): Promise<Extract<TillEvent, { type: T }>[]> {
  const found: Extract<TillEvent, { type: T }>[] = []
  const from = Math.max(0, (state.recoverAfter ?? 0) - before)
  const range = { from, to: state.sequence }
  await pastEvents(
    context.store.till,
    range,
    (event) => {
      if ((types as readonly string[]).includes(event.type)) found.push(event as Extract<TillEvent, { type: T }>)
    },
    context.signal,
  )
  return found
}
