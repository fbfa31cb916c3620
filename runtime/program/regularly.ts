import type { Clock, Timer } from '../contract/clock.ts'

/** Does `work` now, and again so long after each end of it, until stopped. It has to see to its own errors. */
export function regularly(clock: Clock, everyMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let timer: Timer | undefined
  let stopped = false
  let working = Promise.resolve()
  const begin = () => {
    working = work().then(() => {
      if (!stopped) timer = clock.after(everyMs, begin)
    })
  }
  begin()
  return {
    async stop() {
      stopped = true
      clock.clear(timer)
      await working
    },
  }
}
