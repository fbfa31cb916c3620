/**
 * Hands on what comes in one turn as one batch: to wake a thread costs more than what it is told.
 * @returns takes one at a time
 */
export function inBatches<T>(send: (batch: T[]) => void): (one: T) => void {
  let waiting: T[] = []
  return (one) => {
    waiting.push(one)
    if (waiting.length > 1) return
    queueMicrotask(() => {
      const batch = waiting
      waiting = []
      send(batch)
    })
  }
}
