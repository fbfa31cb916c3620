/** The receipts of a replay as a table that a person reads. */
import type { Recording } from '../store/recorded-store.ts'
import type { VisitSnapshot } from '../till-api/events.ts'

const outcomes = { charge: 'charged', review: 'to review', 'let-go': 'let go' } as const

export function replayReport(recording: Recording, visits: readonly VisitSnapshot[]): string {
  const nameOf = new Map(recording.layout.products.map(({ sku, name }) => [sku, name]))
  const seconds = Math.round(recording.durationMs / 1000)
  const head = `${recording.name}: ${seconds} s, ${visits.length} ${visits.length === 1 ? 'person' : 'persons'}`
  return [head, ...visits.map((visit) => visitReport(visit, nameOf))].join('\n\n')
}

function visitReport({ personIds, basket, decision }: VisitSnapshot, nameOf: ReadonlyMap<string, string>): string {
  const title = `person ${personIds.join(', ')}`
  const lines = decision?.lines ?? []
  if (lines.length === 0) return `${title}\n  nothing taken`
  const rows = lines.map(({ lineId, sku, quantity, probability, outcome, rule }) => {
    const columns = [
      `${quantity} ×`.padStart(8),
      `${nameOf.get(sku) ?? 'not in the catalogue'}`.slice(0, 44).padEnd(44),
      sku.padEnd(16),
      probability.toFixed(3),
      ` ${outcomes[outcome]} (${rule})`,
    ]
    const alternatives = basket?.lines.find((line) => line.lineId === lineId)?.alternatives ?? []
    const others = outcome === 'charge' ? [] : alternatives
    return [
      columns.join(' '),
      ...others.map(({ text, probability: p }) => `${' '.repeat(11)}or ${p.toFixed(2)}: ${text}`),
    ]
  })
  return [title, ...rows.flat()].join('\n')
}
