/** Runs of the twin on a thread of its own, so that benchmarks use the cores that are there. */
import { parentPort } from 'node:worker_threads'
import { loadTwinStore, type TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'
import { StoreMemory } from './store-memory.ts'
import { type RunPlan, type RunResult, runTwin } from './twin-run.ts'

/** A shop may become so crowded that nobody gets past anybody: such a run says nothing of fusion. */
export interface StuckRun {
  plan: RunPlan
  stuck: string
}

/** Each answer in its turn: a store goes on where the run before ended. */
parentPort?.on('message', async (plans: RunPlan[]) => {
  const [first] = plans
  if (!first) return
  const store = await loadTwinStore(`hardware-profiles/${first.store}`)
  const memory = new StoreMemory(store.loaded.layout)
  for (const plan of plans) parentPort?.postMessage(answerTo(plan, store, memory))
})

function answerTo(plan: RunPlan, store: TwinStore, memory: StoreMemory): RunResult | StuckRun {
  try {
    return runTwin(plan, store, memory)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { plan, stuck: error.message }
  }
}
