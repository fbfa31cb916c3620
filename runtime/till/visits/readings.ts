/** Lines that are two readings of one event: something was taken, and it was one product or the other. */
import type { AttributedLine, DecidedLine } from '../../contract/messages.ts'
import { otherReadingRule } from '../../policy/line-rules.ts'
import type { SettledLine } from '../../till-api/events.ts'

/** The decided lines, each with the lines of which it is another reading. */
export function withReadings(
  decided: readonly DecidedLine[],
  basket: readonly Pick<AttributedLine, 'lineId' | 'eventIds'>[],
): SettledLine[] {
  const eventsOf = new Map(basket.map(({ lineId, eventIds }) => [lineId, eventIds]))
  return decided.map((line) => {
    const events = eventsOf.get(line.lineId) ?? []
    if (line.rule !== otherReadingRule || events.length === 0) return line
    const readingOf = decided
      .filter(({ outcome, rule, sku, lineId }) => {
        const isWaiting = outcome === 'review' && rule !== otherReadingRule && sku !== line.sku
        return isWaiting && events.every((eventId) => eventsOf.get(lineId)?.includes(eventId))
      })
      .map(({ lineId }) => lineId)
    return readingOf.length > 0 ? { ...line, readingOf } : line
  })
}

/** What else the event of `line` may have been. */
export const otherReadings = (lines: readonly SettledLine[], line: SettledLine): SettledLine[] =>
  lines.filter((other) => other.readingOf?.includes(line.lineId) || line.readingOf?.includes(other.lineId))
