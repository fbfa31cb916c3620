/** A recording step by step, with an end: both kinds of replay walk through the same steps. */
import { envelope, type People } from '../contract/messages.ts'
import type { Arrival, Recording } from './recorded-store.ts'

export type ReplayStep = Arrival | { kind: 'end'; arrivedAtMs: number }

/** After the end an empty floor is seen for so long: everything that fusion still awaits falls due within it. */
const emptyFloorMs = 6000
const framePeriodMs = 100

export function* replaySteps(recording: Recording): Generator<ReplayStep> {
  yield* recording.arrivals
  const endMs = Math.max(recording.startMs + recording.durationMs, recording.arrivals.at(-1)?.arrivedAtMs ?? 0)
  yield { kind: 'end', arrivedAtMs: endMs }
  for (let i = 1; i * framePeriodMs <= emptyFloorMs; i++) {
    const arrivedAtMs = endMs + i * framePeriodMs
    const people: People = {
      type: 'people',
      ...envelope(recording.layout.storeId, recording.arrivals.length + i, arrivedAtMs),
      source: 'recording',
      people: [],
    }
    yield { kind: 'people', arrivedAtMs, people }
  }
}
