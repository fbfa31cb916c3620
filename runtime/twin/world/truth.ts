/**
 * What really happened: kept for scoring, told only to whoever holds the twin's own token. Who takes a piece off a
 * shelf pays for it, whoever carries it later, unless somebody puts it back on a shelf.
 */
import type { Act } from '../shoppers/acts.ts'
import type { Customer } from '../shoppers/customer.ts'
import type { Piece } from './piece.ts'

export interface TruthEvent {
  fromMs: number
  untilMs: number
  visit: number
  sku: string
  /** How many were taken; negative: put on the plate. */
  quantity: number
  /** What the shelf gained. */
  deltaG: number
  /** Where it lay or lies; what lies over more than one plate counts for the first. */
  plate: string
  plates: string[]
  /** The visit that had to pay for it, when another one puts it back. */
  payer?: number
}

/** A piece that changed hands, or was dropped by one visit and picked up by another. */
export interface HandOver {
  atMs: number
  from: number
  to: number
  sku: string
}

/** What plates or a whole fixture felt without any product being taken or put. */
export interface Disturbance {
  act: Act['act']
  fromMs: number
  untilMs: number
  visit: number
  /** A plate, or a fixture. */
  where: string
  /** What stays: a foreign weight. 0 for what comes and goes. */
  deltaG: number
}

export interface VisitTruth {
  visit: number
  accountId: string
  role: Customer['role']
  gate: string
  /** The ids under which the vision appliance knew this shopper and whoever came along. */
  trackIds: string[]
  /** How many the code admits: the shopper and companions, without children in tow. */
  party: number
  /** Shown at the gate. Never leaves this process but in a recording's truth. */
  credential: string
  scannedAtMs: number | null
  enteredAtMs: number | null
  leftAtMs: number | null
  /** Gave up at the gate. */
  turnedAway: boolean
  phoneLost: boolean
  /** What its people took and put. */
  events: TruthEvent[]
  /** What others put back that this visit had taken. */
  putBackByOthers: TruthEvent[]
  /** What its plan asked for and could not be done. */
  undone: { atMs: number; act: Act }[]
}

export interface Item {
  sku: string
  quantity: number
}

/** What was taken minus what was put back; staff take nothing home. */
export function itemsOf(visit: VisitTruth): Item[] {
  if (visit.role === 'staff') return []
  const net = new Map<string, number>()
  const own = visit.events.filter(({ payer }) => payer === undefined)
  for (const { sku, quantity } of [...own, ...visit.putBackByOthers]) net.set(sku, (net.get(sku) ?? 0) + quantity)
  return [...net].filter(([, quantity]) => quantity !== 0).map(([sku, quantity]) => ({ sku, quantity }))
}

export class TruthBook {
  readonly visits: VisitTruth[] = []
  readonly handOvers: HandOver[] = []
  readonly disturbances: Disturbance[] = []
  /** How many shoppers have come, staff left out. */
  shoppers = 0
  readonly #payers = new Map<Piece, VisitTruth>()

  open(customer: Customer, gate: string, party: number): VisitTruth {
    const visit: VisitTruth = {
      visit: this.visits.length + 1,
      accountId: customer.accountId,
      role: customer.role,
      gate,
      trackIds: [],
      party,
      credential: customer.credential,
      scannedAtMs: null,
      enteredAtMs: null,
      leftAtMs: null,
      turnedAway: false,
      phoneLost: false,
      events: [],
      putBackByOthers: [],
      undone: [],
    }
    this.visits.push(visit)
    if (customer.role === 'shopper') this.shoppers++
    return visit
  }

  /** @param pieces of one product, moved at once */
  took(visit: VisitTruth, pieces: readonly Piece[], how: Movement): void {
    for (const piece of pieces) this.#payers.set(piece, visit)
    visit.events.push(eventOf(visit, 1, pieces, how))
  }

  /** @param pieces of one product, moved at once; whoever had to pay for them has not any more */
  put(visit: VisitTruth, pieces: readonly Piece[], how: Movement): void {
    for (const [payer, theirs] of Map.groupBy(pieces, (piece) => this.#payers.get(piece) ?? visit)) {
      const event = eventOf(visit, -1, theirs, how)
      if (payer === visit) visit.events.push(event)
      else {
        const forOther = { ...event, payer: payer.visit }
        visit.events.push(forOther)
        payer.putBackByOthers.push(forOther)
      }
    }
    for (const piece of pieces) this.#payers.delete(piece)
  }

  changedHands(from: VisitTruth, to: VisitTruth, { sku }: Piece, atMs: number): void {
    if (from !== to) this.handOvers.push({ atMs, from: from.visit, to: to.visit, sku })
  }
}

/** Where and when pieces were moved. */
export interface Movement {
  fromMs: number
  untilMs: number
  /** At least one; the one that they count for first. */
  plates: string[]
}

function eventOf({ visit }: VisitTruth, sign: 1 | -1, pieces: readonly Piece[], how: Movement): TruthEvent {
  const deltaG = -sign * pieces.reduce((sum, { weightG }) => sum + weightG, 0)
  const [plate = ''] = how.plates
  return { ...how, visit, plate, sku: pieces[0]?.sku ?? '', quantity: sign * pieces.length, deltaG }
}
