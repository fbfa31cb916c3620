/** What a person is asked about a visit's lines that wait: of one, whether; of readings of one event, which. */
import type { LineView, VisitView } from './live-view.ts'

export interface Question {
  visitId: string
  line: LineView
  /** What else the event may have been, and still waits. */
  others: LineView[]
}

export function questionsOf({ visitId, state, lines }: VisitView): Question[] {
  if (state !== 'review') return []
  const waiting = lines.filter(({ outcome }) => outcome === 'review')
  const asked = new Set<LineView>()
  const questions: Question[] = []
  // Of two readings the likelier one, of which the other is a reading, comes first.
  for (const line of waiting.toSorted((a, b) => (a.readingOf?.length ?? 0) - (b.readingOf?.length ?? 0))) {
    if (asked.has(line)) continue
    const others = waiting.filter((other) => !asked.has(other) && other.readingOf?.includes(line.lineId))
    for (const one of [line, ...others]) asked.add(one)
    questions.push({ visitId, line, others })
  }
  return questions
}
