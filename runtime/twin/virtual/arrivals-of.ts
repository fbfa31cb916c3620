/**
 * What the drivers make of a run: arrivals as live sensing and the doors tell them. Messages of the vision are put in
 * the order of their time as its driver does it.
 */
import { VirtualClock } from '../../contract/clock.ts'
import type { People, Sighting } from '../../contract/messages.ts'
import { TimeOrder } from '../../devices/vision/time-order.ts'
import type { Arrival } from '../../store/recorded-store.ts'
import type { VirtualRecord } from './records.ts'
import type { VirtualTruth } from './run-virtual.ts'

/** As `runtime/devices/vision` holds what it hears. */
const holdMs = 100

/** @returns when exhausted: the run's truth */
export function* arrivalsOf(run: Generator<VirtualRecord, VirtualTruth>): Generator<Arrival, VirtualTruth> {
  const clock = new VirtualClock()
  const ready: Arrival[] = []
  const people = new TimeOrder<People>(clock, holdMs, (message) =>
    ready.push({ kind: 'people', arrivedAtMs: clock.nowMs(), people: message }),
  )
  const sightings = new TimeOrder<Sighting>(clock, holdMs, (message) =>
    ready.push({ kind: 'sighting', arrivedAtMs: clock.nowMs(), sighting: message }),
  )
  let step = run.next()
  for (; !step.done; step = run.next()) {
    const record = step.value
    clock.advanceTo(record.atMs)
    yield* ready.splice(0)
    const arrivedAtMs = clock.nowMs()
    switch (record.type) {
      case 'samples':
        yield { kind: 'samples', arrivedAtMs, batch: record.batch }
        break
      case 'people':
        people.push(record.message.seenAtMs, String(record.message.seenAtMs), record.message)
        break
      case 'sighting':
        sightings.push(record.message.seenAtMs, JSON.stringify(record.message), record.message)
        break
      default:
        yield { kind: 'gate', arrivedAtMs, observation: observationOf(record) }
    }
    yield* ready.splice(0)
  }
  clock.advanceTo(clock.nowMs() + holdMs)
  yield* ready
  return step.value
}

function observationOf(record: Extract<VirtualRecord, { type: 'scan' | 'gate-pass' }>) {
  const none = { token: null, party: 1 }
  if (record.type === 'gate-pass') {
    const { gate, direction, visitId, seenAtMs } = record.message
    const visit = visitId === null ? {} : { visitId }
    return { ...none, ...visit, atMs: seenAtMs, gate, event: 'pass' as const, direction }
  }
  const { atMs, gate, party, role, visitId, admitted } = record
  const scan = { ...none, atMs, gate, party, role, event: 'scan' as const, direction: 'in' as const }
  return admitted ? { ...scan, visitId } : scan
}
