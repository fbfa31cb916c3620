/** What really happened: kept for scoring, told only to whoever holds the twin's own token. */
import type { Customer } from '../shoppers/customer.ts'
import type { Piece } from './piece.ts'

export interface TruthEvent {
  fromMs: number
  untilMs: number
  visit: number
  sku: string
  /** How many were taken; negative: put on the plate. */
  quantity: number
  /** What the plate gained. */
  deltaG: number
  plate: string
}

export interface VisitTruth {
  visit: number
  accountId: string
  role: Customer['role']
  gate: string
  /** The ids under which the vision appliance knew this shopper. */
  trackIds: string[]
  /** Shown at the gate. Never leaves this process but in a recording's truth. */
  credential: string
  scannedAtMs: number | null
  enteredAtMs: number | null
  leftAtMs: number | null
  /** Gave up at the gate. */
  turnedAway: boolean
  events: TruthEvent[]
}

export interface Item {
  sku: string
  quantity: number
}

/** What was taken minus what was put back; staff take nothing home. */
export function itemsOf(visit: VisitTruth): Item[] {
  if (visit.role === 'staff') return []
  const net = new Map<string, number>()
  for (const { sku, quantity } of visit.events) net.set(sku, (net.get(sku) ?? 0) + quantity)
  return [...net].filter(([, quantity]) => quantity !== 0).map(([sku, quantity]) => ({ sku, quantity }))
}

export class TruthBook {
  readonly visits: VisitTruth[] = []
  /** How many shoppers have come, staff left out. */
  shoppers = 0

  open(customer: Customer, gate: string, trackId: string): VisitTruth {
    const visit: VisitTruth = {
      visit: this.visits.length + 1,
      accountId: customer.accountId,
      role: customer.role,
      gate,
      trackIds: [trackId],
      credential: customer.credential,
      scannedAtMs: null,
      enteredAtMs: null,
      leftAtMs: null,
      turnedAway: false,
      events: [],
    }
    this.visits.push(visit)
    if (customer.role === 'shopper') this.shoppers++
    return visit
  }

  /** @param pieces of one product, moved at once */
  moved(
    visit: VisitTruth,
    sign: 1 | -1,
    pieces: readonly Piece[],
    plate: string,
    fromMs: number,
    untilMs: number,
  ): void {
    const deltaG = -sign * pieces.reduce((sum, { weightG }) => sum + weightG, 0)
    const quantity = sign * pieces.length
    visit.events.push({ fromMs, untilMs, visit: visit.visit, sku: pieces[0]?.sku ?? '', quantity, deltaG, plate })
  }
}
