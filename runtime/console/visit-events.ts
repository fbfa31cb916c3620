/** The weight events that a visit's basket rests on, for pages and commands. Nobody is named: people are letters. */
import type { EvidenceEvent, VisitSnapshot } from '../till-api/events.ts'
import type { EventPlotView } from './pages/live-view.ts'

/**
 * Each event as fusion counted it: the newest revision, with who was near where that was summarised; by time.
 * @param journalled the till's evidence of the visit's time, in the journal's order
 */
export function eventsOfBasket({ basket }: VisitSnapshot, journalled: readonly EvidenceEvent[]): EvidenceEvent[] {
  const wanted = new Set((basket?.lines ?? []).flatMap(({ eventIds }) => eventIds))
  const latest = new Map<string, EvidenceEvent>()
  for (const one of journalled) {
    const { eventId, revision } = one.data.event
    if (!wanted.has(eventId)) continue
    const known = latest.get(eventId)?.data
    const isOlder = known && known.event.revision > revision
    const saysLess = known?.near && one.data.near === null
    if (!isOlder && !saysLess) latest.set(eventId, one)
  }
  return [...latest.values()].sort((a, b) => a.data.event.startedAtMs - b.data.event.startedAtMs)
}

/** A, B, …, Z, A1, …: the visit's own people first, then others as they were near. */
export function lettersOf(own: readonly string[], events: readonly EvidenceEvent[]): ReadonlyMap<string, string> {
  const near = new Set(
    events.flatMap(({ data }) => [
      ...(data.near ?? []).map(({ personId }) => personId),
      ...data.sighted.flatMap(({ personId }) => personId ?? []),
    ]),
  )
  const known = [...own.filter((personId) => near.has(personId)), ...[...near].filter((id) => !own.includes(id))]
  return new Map(known.map((personId, i) => [personId, letter(i)]))
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const letter = (i: number) =>
  `${alphabet[i % alphabet.length]}${i < alphabet.length ? '' : Math.floor(i / alphabet.length)}`

/** What was kept of how the event went: the plates' weight, and the distances of the nearest hands. */
export function plotOf({ data }: EvidenceEvent, own: ReadonlySet<string>, letters: ReadonlyMap<string, string>) {
  const { eventId, startedAtMs, settledAtMs, deltaG, evidence } = data.event
  const { fromMs = 0, stepMs = 1, hands = [] } = data.course ?? {}
  const plot: EventPlotView = {
    ...{ eventId, startedAtMs, settledAtMs, deltaG },
    weight: evidence.curve
      ? { fromMs: evidence.curve.fromMs, stepMs: evidence.curve.stepMs, values: evidence.curve.gramsOff }
      : null,
    hands: hands.map(({ personId, cm }) => ({
      ...{ person: letters.get(personId) ?? '?', own: own.has(personId) },
      ...{ fromMs, stepMs, values: cm },
    })),
  }
  return plot
}
