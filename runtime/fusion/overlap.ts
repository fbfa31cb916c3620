/** Whether two weight changes may have been one moment's: two hands, or two people side by side. */
import type { Subject } from './explanations.ts'

/** Nobody takes one thing after the other within this; weighing tells steps of a single sample, which last no time at all. */
const onceMs = 200

export function overlap(a: Subject, b: Subject): boolean {
  const one = a.evidence.event
  const other = b.evidence.event
  return one.startedAtMs <= other.settledAtMs + onceMs && other.startedAtMs <= one.settledAtMs + onceMs
}
