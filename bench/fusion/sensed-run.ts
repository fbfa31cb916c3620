/**
 * What sensing told in one run: the twin's shoppers, its vision and its weighed plates. Fusion changes nothing of it, so
 * that it can be kept, and fusion measured again on the same run in a fraction of the time.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Arrival } from '../../runtime/store/recorded-store.ts'
import type { TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'
import { arrivalsOf } from '../../runtime/twin/virtual/arrivals-of.ts'
import { runVirtual, type VirtualTruth } from '../../runtime/twin/virtual/run-virtual.ts'
import { Weighing } from '../../runtime/weighing/weighing.ts'
import { processorMs } from '../processor-time.ts'
import { appliances, comersOf, type RunPlan, startMsOf } from './run-plan.ts'

/** How a run ended. */
export interface SensedEnd {
  truth: VirtualTruth
  /** What weighing took, of one core. */
  weighingMs: number
}

export type SensedRun = Generator<Arrival, SensedEnd>

/** Live, something arrives at least this often: a store's samples. */
const tickMs = 20

/** @throws RangeError of a run that jams */
export function* senseRun(plan: RunPlan, { loaded, goods }: TwinStore): SensedRun {
  const { layout } = loaded
  const { seed } = plan
  const weighing = new Weighing({ storeId: layout.storeId, plates: layout.plates })
  const certainty = appliances[plan.appliance]
  const run = arrivalsOf(
    runVirtual({ layout, goods, seed, startMs: startMsOf(plan), comers: comersOf(plan), certainty }),
  )
  let weighingMs = 0
  for (;;) {
    const step = run.next()
    if (step.done) return { truth: step.value, weighingMs }
    if (step.value.kind !== 'samples') {
      yield step.value
      continue
    }
    const { batch, arrivedAtMs } = step.value
    const beforeMs = processorMs()
    const events = weighing.push(batch, arrivedAtMs)
    weighingMs += processorMs() - beforeMs
    yield { kind: 'weighed', arrivedAtMs, events }
  }
}

type Kept = SensedEnd | { stuck: string }

/** Runs of one benchmark as files of a folder; whoever changes the twin, or weighing, begins a new one. */
export class KeptRuns {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  /** Senses the run, unless that has been done. */
  keep(plan: RunPlan, store: TwinStore): void {
    const path = this.#path(plan, store)
    if (existsSync(path)) return
    const lines: string[] = []
    const end = wholeRun(plan, store, (arrival) => lines.push(JSON.stringify(arrival)))
    lines.push(JSON.stringify(end))
    writeFileSync(`${path}.part`, gzipSync(lines.join('\n'), { level: 4 }))
    renameSync(`${path}.part`, path)
  }

  /** @throws RangeError of a run that jammed */
  *replay(plan: RunPlan, store: TwinStore): SensedRun {
    this.keep(plan, store)
    const lines = gunzipSync(readFileSync(this.#path(plan, store)))
      .toString()
      .split('\n')
    const end = JSON.parse(lines.pop() ?? '') as Kept
    if ('stuck' in end) throw new RangeError(end.stuck)
    let atMs = startMsOf(plan)
    for (const line of lines) {
      const arrival = JSON.parse(line) as Arrival
      for (atMs += tickMs; atMs < arrival.arrivedAtMs; atMs += tickMs) {
        yield { kind: 'weighed', arrivedAtMs: atMs, events: [] }
      }
      atMs = arrival.arrivedAtMs
      yield arrival
    }
    return end
  }

  /** Other data of the store, or of the run, is another run. */
  #path(plan: RunPlan, { loaded }: TwinStore): string {
    const hash = createHash('sha256')
      .update(JSON.stringify([plan, loaded.layout]))
      .digest('hex')
      .slice(0, 12)
    return join(this.#folder, `${plan.store}-${plan.seed}-${hash}.jsonl.gz`)
  }
}

function wholeRun(plan: RunPlan, store: TwinStore, onArrival: (arrival: Arrival) => void): Kept {
  const run = senseRun(plan, store)
  try {
    for (;;) {
      const step = run.next()
      if (step.done) return step.value
      const arrival = step.value
      if (arrival.kind !== 'weighed' || arrival.events.length > 0) onArrival(arrival)
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { stuck: error.message }
  }
}
