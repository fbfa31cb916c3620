/** A recording step by step, with an end: both kinds of replay walk through the same steps. */
import { envelope, type People } from '../contract/messages.ts'
import type { Arrival, ReplayInput } from './recorded-store.ts'

export type ReplayStep = Arrival | { kind: 'end'; arrivedAtMs: number }

/** After the end an empty floor is seen for so long: everything that fusion still awaits falls due within it. */
const emptyFloorMs = 6000
const framePeriodMs = 100

export function* replaySteps({ startMs, durationMs, layout, arrivals }: ReplayInput): Generator<ReplayStep> {
  let endMs = startMs + durationMs
  let count = 0
  for (const arrival of arrivals) {
    endMs = Math.max(endMs, arrival.arrivedAtMs)
    count++
    yield arrival
  }
  yield { kind: 'end', arrivedAtMs: endMs }
  for (let i = 1; i * framePeriodMs <= emptyFloorMs; i++) {
    const arrivedAtMs = endMs + i * framePeriodMs
    const people: People = {
      type: 'people',
      ...envelope(layout.storeId, count + i, arrivedAtMs),
      source: 'recording',
      people: [],
    }
    yield { kind: 'people', arrivedAtMs, people }
  }
}
