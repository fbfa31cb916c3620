/** Runs of the twin on a thread of its own, so that benchmarks use the cores that are there. */
import { parentPort } from 'node:worker_threads'
import { loadTwinStore, type TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'
import { type RunPlan, runTwin } from './twin-run.ts'

const stores = new Map<string, Promise<TwinStore>>()

parentPort?.on('message', async (plan: RunPlan) => {
  const store = stores.get(plan.store) ?? loadTwinStore(`hardware-profiles/${plan.store}`)
  stores.set(plan.store, store)
  parentPort?.postMessage(runTwin(plan, await store))
})
