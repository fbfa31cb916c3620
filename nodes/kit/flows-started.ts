import type { EventEmitter } from 'node:events'

const waitingFor = new WeakMap<EventEmitter, Set<() => void>>()

/**
 * Calls `action` once, when all nodes of this deploy exist: what is sent earlier may find no receiver. All nodes
 * share one listener, as Node would warn of a leak otherwise. Returns its cancellation.
 */
export function onFlowsStarted(events: EventEmitter, action: () => void): () => void {
  const waiting = waitingFor.get(events) ?? listen(events)
  waiting.add(action)
  return () => waiting.delete(action)
}

function listen(events: EventEmitter): Set<() => void> {
  const waiting = new Set<() => void>()
  waitingFor.set(events, waiting)
  events.on('flows:started', () => {
    const due = [...waiting]
    waiting.clear()
    for (const start of due) start()
  })
  return waiting
}
