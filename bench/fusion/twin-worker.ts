/** Runs of the twin on a thread of its own, so that benchmarks use the cores that are there. */
import { parentPort } from 'node:worker_threads'
import { loadTwinStore, type TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'
import { type RunPlan, type RunResult, runTwin } from './twin-run.ts'

/** A shop may become so crowded that nobody gets past anybody: such a run says nothing of fusion. */
export interface StuckRun {
  plan: RunPlan
  stuck: string
}

const stores = new Map<string, Promise<TwinStore>>()

parentPort?.on('message', async (plan: RunPlan) => {
  const store = stores.get(plan.store) ?? loadTwinStore(`hardware-profiles/${plan.store}`)
  stores.set(plan.store, store)
  parentPort?.postMessage(answerTo(plan, await store))
})

function answerTo(plan: RunPlan, store: TwinStore): RunResult | StuckRun {
  try {
    return runTwin(plan, store)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { plan, stuck: error.message }
  }
}
