/** Threads that carry out the benchmark's runs, as many at once as there is work for. */
import { Worker } from 'node:worker_threads'
import type { RunPlan } from './run-plan.ts'
import type { RunResult } from './twin-run.ts'
import type { Answer, StuckRun, Work, WorkerStart } from './twin-worker.ts'

export interface Workers {
  count: number
  /** Folder in which what sensing told is kept. */
  keep: string | undefined
}

/** Senses what has not been kept yet: runs tell nothing to one another until fusion learns from them. */
export async function senseAll(plans: readonly RunPlan[], workers: Workers, onDone: () => void): Promise<void> {
  const works = plans.map((plan): Work => ({ what: 'sense', plans: [plan] }))
  await carryOut(works, workers, onDone)
}

/** Runs of one store follow one another; stores are independent. */
export async function measureAll(
  plans: readonly RunPlan[],
  workers: Workers,
  onDone: () => void,
): Promise<(RunResult | StuckRun)[]> {
  // The largest first, so that all end at about the same time.
  const ofStores = [...Map.groupBy(plans, ({ store }) => store).values()].reverse()
  const answers: (RunResult | StuckRun)[] = []
  await carryOut(
    ofStores.map((ofStore): Work => ({ what: 'measure', plans: ofStore })),
    workers,
    (answer) => {
      if (answer !== 'sensed') answers.push(answer)
      onDone()
    },
  )
  return answers.sort((a, b) => a.plan.seed - b.plan.seed)
}

async function carryOut(works: readonly Work[], { count, keep }: Workers, onAnswer: (answer: Answer) => void) {
  const waiting = [...works]
  const start: WorkerStart = { keep }
  const untilDone = async () => {
    const worker = new Worker(new URL('twin-worker.ts', import.meta.url), { workerData: start })
    try {
      for (let work = waiting.shift(); work; work = waiting.shift()) await answersOf(worker, work, onAnswer)
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(count, works.length)) }, untilDone))
}

function answersOf(worker: Worker, work: Work, onAnswer: (answer: Answer) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let left = work.plans.length
  const hear = (answer: Answer) => {
    onAnswer(answer)
    if (--left > 0) return
    worker.off('message', hear).off('error', reject)
    resolve()
  }
  worker.on('message', hear).once('error', reject)
  worker.postMessage(work)
  return promise
}
