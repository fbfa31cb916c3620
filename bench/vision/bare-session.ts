import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { BareStart } from './bare-worker.ts'

/** Bare inference in worker threads, for as long as it is asked to. */
export async function openBareSessions(start: BareStart, count: number) {
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL('./bare-worker.ts', import.meta.url), { workerData: start }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  return {
    /** @returns frames a second of all together */
    async run(seconds: number): Promise<number> {
      const rates = workers.map(async (worker) => {
        worker.postMessage(seconds)
        const [rate] = (await once(worker, 'message')) as [number]
        return rate
      })
      return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0)
    },
    close: () =>
      Promise.all(
        workers.map((worker) => {
          worker.postMessage(0)
          return once(worker, 'exit')
        }),
      ),
  }
}
