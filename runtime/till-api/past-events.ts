import type { TillEvent } from './events.ts'
import type { TillClient } from './till-client.ts'

/** Calls `onEvent` for each event after `from` and up to `to`, in order; resolves after the last, or when `signal` aborts. */
export async function pastEvents(
  till: Pick<TillClient, 'follow'>,
  { from, to }: { from: number; to: number },
  onEvent: (event: TillEvent) => void,
  signal?: AbortSignal,
): Promise<void> {
  if (from >= to) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = till.follow(from, (event) => {
    if (event.sequence <= to) onEvent(event)
    if (event.sequence >= to) resolve()
  })
  signal?.addEventListener('abort', () => resolve())
  if (signal?.aborted) resolve()
  await promise
  stop()
}
