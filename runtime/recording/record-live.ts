/** Follows a running store's sensing and till, and writes what they say into a recording. */
import type { SensingClient } from '../sensing-api/sensing-client.ts'
import type { TillEvent } from '../till-api/events.ts'
import type { TillClient } from '../till-api/till-client.ts'
import type { RecordingWriter } from './recording-writer.ts'

/** Starts recording; the function that it returns ends it. */
export async function recordLive(
  writer: RecordingWriter,
  { sensing, till, startMs }: { sensing: SensingClient; till: TillClient; startMs: number },
): Promise<() => void> {
  const { sequence } = await till.state()
  const stops = [
    sensing.followSamples((batch) => writer.samples(batch)),
    sensing.follow(`record-${Math.round(startMs)}`, ['people', 'sighting'], (message) => {
      // Sensing gives a new consumer first what it kept of the last minutes.
      if (message.seenAtMs < startMs) return
      if (message.type === 'people') writer.people(message)
      if (message.type === 'sighting') writer.sighting(message)
    }),
    till.follow(sequence, (event) => recordGate(writer, event)),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

function recordGate(writer: RecordingWriter, event: TillEvent): void {
  if (event.type === 'gate-pass') {
    const { seenAtMs, gate, direction } = event.data
    writer.gate({ atMs: seenAtMs, gate, event: 'pass', direction, token: null, party: 1 })
  }
  if (event.type === 'scan') {
    const { seenAtMs, gate, account } = event.data
    writer.gate({ atMs: seenAtMs, gate, event: 'scan', direction: 'in', token: null, party: account.party })
  }
}
