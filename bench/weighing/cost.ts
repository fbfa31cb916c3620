/** What weighing costs: processor time for the plates of a large store, as a share of one core. */
import { Weighing } from '../../runtime/weighing/weighing.ts'
import { BusyStore } from './busy-store.ts'

export interface Cost {
  plates: number
  rateHz: number
  /** Processor time, as a share of one core, at the speed at which the samples come. */
  coreShare: number
  events: number
}

const startMs = 1_800_000_000_000

/** Weighs `seconds` of a busy store; the first tenth warms up and does not count. */
export function measureCost(plates: number, rateHz: number, seconds: number): Cost {
  const store = new BusyStore({ plates, rateHz, seed: 1 })
  const weighing = new Weighing({ storeId: 'cost', plates: store.plates })
  let events = 0
  let usedUs = 0
  let firstMs = 0
  let lastMs = startMs
  while (lastMs < startMs + seconds * 1000) {
    const { batches, receivedAtMs } = store.next(startMs)
    const before = process.cpuUsage()
    for (const batch of batches) events += weighing.push(batch, receivedAtMs).length
    const { user, system } = process.cpuUsage(before)
    if (receivedAtMs > startMs + seconds * 100) {
      usedUs += user + system
      firstMs ||= lastMs
    }
    lastMs = receivedAtMs
  }
  return { plates, rateHz, coreShare: usedUs / 1000 / (lastMs - firstMs), events }
}
