import type { TillEvent, TillEventType, TillState } from '../../runtime/till-api/events.ts'
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
  if (from >= state.sequence) return found
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = context.store.till.follow(from, (event) => {
    const isWanted = event.sequence <= state.sequence && (types as readonly string[]).includes(event.type)
    if (isWanted) found.push(event as Extract<TillEvent, { type: T }>)
    if (event.sequence >= state.sequence) resolve()
  })
  context.signal.addEventListener('abort', () => resolve())
  await promise
  stop()
  return found
}
