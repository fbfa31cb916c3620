/** Receipts against what the twin's shoppers really took. */
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'

export interface TruthVisit {
  visit: number
  accountId: string
  role: string
  enteredAtMs: number | null
  leftAtMs: number | null
  turnedAway: boolean
  items: { sku: string; quantity: number }[]
  events: { sku: string; quantity: number; fromMs: number; plate: string }[]
}

export type Basket = Record<string, number>

export const basketOf = (items: { sku: string; quantity: number }[]): Basket =>
  Object.fromEntries(
    items.map(({ sku, quantity }): [string, number] => [sku, quantity]).sort(([a], [b]) => a.localeCompare(b)),
  )

/** The till's visit of a shopper of the twin: the one of that account which was entered at that time. */
export function visitOf(truth: TruthVisit, visits: VisitSnapshot[]): VisitSnapshot | undefined {
  const distanceMs = (visit: VisitSnapshot) =>
    Math.abs((visit.enteredAtMs ?? visit.openedAtMs) - (truth.enteredAtMs ?? 0))
  return visits
    .filter(({ accountId }) => accountId === truth.accountId)
    .sort((a, b) => distanceMs(a) - distanceMs(b))[0]
}
