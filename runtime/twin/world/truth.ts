/** What really happened: kept for scoring, told only to whoever holds the twin's own token. */
import type { Customer } from '../shoppers/customer.ts'
import type { Piece } from './piece.ts'

export interface TruthEvent {
  fromMs: number
  untilMs: number
  visit: number
  sku: string
  /** 1: taken; -1: put back. */
  quantity: 1 | -1
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

/** What was taken minus what was put back. */
export function itemsOf(visit: VisitTruth): Item[] {
  const net = new Map<string, number>()
  for (const { sku, quantity } of visit.events) net.set(sku, (net.get(sku) ?? 0) + quantity)
  return [...net].filter(([, quantity]) => quantity !== 0).map(([sku, quantity]) => ({ sku, quantity }))
}

export class TruthBook {
  readonly visits: VisitTruth[] = []

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
    return visit
  }

  moved(visit: VisitTruth, quantity: 1 | -1, piece: Piece, plate: string, fromMs: number, untilMs: number): void {
    const deltaG = -quantity * piece.weightG
    visit.events.push({ fromMs, untilMs, visit: visit.visit, sku: piece.sku, quantity, deltaG, plate })
  }
}
