/** Whether weighing's memory stays flat: the heap after a full collection, at intervals of store time. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Weighing } from '../../runtime/weighing/weighing.ts'
import { BusyStore } from './busy-store.ts'

export interface Soak {
  /** Heap in MiB at each interval. */
  heapMiB: number[]
  /** Slope of a straight line through the second half, in MiB per hour of store time. */
  slopeMiBPerHour: number
  events: number
}

const startMs = 1_800_000_000_000
const intervals = 12

export function soak(options: { plates: number; rateHz: number; minutes: number }): Soak {
  const collect = fullCollection()
  const store = new BusyStore({ ...options, seed: 1 })
  const weighing = new Weighing({ storeId: 'soak', plates: store.plates })
  const intervalMs = (options.minutes * 60_000) / intervals
  const heapMiB: number[] = []
  let events = 0
  while (heapMiB.length < intervals) {
    const { batches, receivedAtMs } = store.next(startMs)
    for (const batch of batches) events += weighing.push(batch, receivedAtMs).length
    if (receivedAtMs < startMs + (heapMiB.length + 1) * intervalMs) continue
    collect()
    heapMiB.push(process.memoryUsage().heapUsed / 2 ** 20)
  }
  // The first half fills what is kept for seconds and minutes, and compiles.
  return { heapMiB, slopeMiBPerHour: slope(heapMiB.slice(intervals / 2)) * (3_600_000 / intervalMs), events }
}

function fullCollection(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

/** Least squares, per step. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const above = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0)
  return above / values.reduce((sum, _value, i) => sum + (i - middle) ** 2, 0)
}
