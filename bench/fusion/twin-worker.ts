/** Runs of the twin on a thread of its own, so that benchmarks use the cores that are there. */
import { parentPort, workerData } from 'node:worker_threads'
import { loadTwinStore, type TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'
import type { RunPlan } from './run-plan.ts'
import { KeptRuns, senseRun } from './sensed-run.ts'
import { StoreMemory } from './store-memory.ts'
import { type RunResult, runTwin } from './twin-run.ts'

/** What a worker is begun with: the folder where runs are kept, if they are. */
export interface WorkerStart {
  keep: string | undefined
}

/** Either sense the runs and keep that, or say what fusion makes of them, each going on where the one before ended. */
export interface Work {
  what: 'sense' | 'measure'
  plans: RunPlan[]
}

/** A shop may become so crowded that nobody gets past anybody: such a run says nothing of fusion. */
export interface StuckRun {
  plan: RunPlan
  stuck: string
}

export type Answer = RunResult | StuckRun | 'sensed'

const { keep } = workerData as WorkerStart
const kept = keep === undefined ? undefined : new KeptRuns(keep)
const stores = new Map<string, TwinStore>()

/** An answer for each plan in its turn. */
parentPort?.on('message', async ({ what, plans }: Work) => {
  const [first] = plans
  if (!first) return
  const store = stores.get(first.store) ?? (await loadTwinStore(`hardware-profiles/${first.store}`))
  stores.set(first.store, store)
  const memory = new StoreMemory(store.loaded.layout)
  for (const plan of plans)
    parentPort?.postMessage(what === 'sense' ? sensed(plan, store) : measured(plan, store, memory))
})

function sensed(plan: RunPlan, store: TwinStore): Answer {
  kept?.keep(plan, store)
  return 'sensed'
}

function measured(plan: RunPlan, store: TwinStore, memory: StoreMemory): Answer {
  try {
    return runTwin(plan, store, kept ? kept.replay(plan, store) : senseRun(plan, store), memory)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { plan, stuck: error.message }
  }
}
