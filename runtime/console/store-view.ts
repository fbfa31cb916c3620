/** The store and its visits in the form that the pages show. */
import { isLikely } from '../contract/likely-line.ts'
import type { Tax } from '../contract/messages.ts'
import type { Product } from '../profile/layout.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import type { EvidenceEvent, VisitSnapshot } from '../till-api/events.ts'
import type { FloorPlanLayout, LineView, ReceiptView, VisitEvidence, VisitView } from './pages/live-view.ts'
import { eventsOfBasket, lettersOf, plotOf } from './visit-events.ts'

/** What `<aisle-floor-plan>` draws. */
export function floorPlanOf({ profile, layout }: Pick<LoadedStore, 'profile' | 'layout'>): FloorPlanLayout {
  const nameOf = new Map(layout.products.map(({ sku, name }) => [sku, name]))
  const productsOn = (plate: string) =>
    layout.planogram.filter(({ plates }) => plates.includes(plate)).map(({ sku }) => nameOf.get(sku) ?? sku)
  return {
    sizeM: profile.floor.sizeM,
    wallsM: profile.floor.wallsM,
    zones: profile.zones,
    fixtures: profile.fixtures.map(({ id, positionM, yawRad, sizeM }) => ({ id, positionM, yawRad, sizeM })),
    plates: profile.plates.map(({ id, fixture, shelf, index, positionM, sizeM }) => {
      return { id, fixture, shelf, index, positionM, sizeM, products: productsOn(id) }
    }),
    gates: profile.gates.map(({ id, kind, zoneM }) => ({ id, kind, zoneM })),
    cameras: profile.cameras.map(({ id, positionM, lookAtM }) => ({ id, positionM, lookAtM })),
  }
}

const openDisputes = ({ disputes = [] }: VisitSnapshot) => disputes.filter(({ state }) => state === 'open')
const isOwed = ({ state, debtSettled }: VisitSnapshot) => state === 'debt' && debtSettled === undefined

/** Whether somebody of the store has something to decide about a visit that has ended. */
export const waitsForStaff = (visit: VisitSnapshot) => isOwed(visit) || openDisputes(visit).length > 0

/** Makes views of visits; knows from the catalogue what is sold by weight. */
export class VisitViews {
  readonly #soldBy: Map<string, Product['soldBy']>

  constructor(products: readonly Product[]) {
    this.#soldBy = new Map(products.map(({ sku, soldBy }) => [sku, soldBy]))
  }

  view(visit: VisitSnapshot): VisitView {
    const { visitId, role, party, state, openedAtMs, exitedAtMs } = visit
    return {
      ...{ visitId, role, party, state, openedAtMs, exitedAtMs },
      lines: this.#lines(visit),
      totalMinor: visit.basket?.totalMinor ?? 0,
      receipt: this.receipt(visit.receipt),
      disputes: openDisputes(visit).map(({ lineId, reason, atMs }) => ({ lineId, reason, atMs })),
      owed: isOwed(visit),
    }
  }

  #lines({ basket, decision }: VisitSnapshot): LineView[] {
    const decided = new Map(decision?.lines.map((line) => [line.lineId, line]))
    const lines = basket?.lines ?? []
    return lines.map(({ lineId, sku, name, quantity, unitPriceMinor, amountMinor, probability }, i) => {
      const { outcome = null, readingOf } = decided.get(lineId) ?? {}
      const isMore = lines.slice(0, i).some((other) => other.sku === sku)
      return {
        ...{ lineId, name, quantity, unitPriceMinor, amountMinor, probability, outcome },
        isLikely: isLikely({ probability }),
        soldBy: this.#soldBy.get(sku) ?? 'each',
        ...(readingOf ? { readingOf } : {}),
        ...(isMore ? { isMore } : {}),
      }
    })
  }

  receipt(receipt: VisitSnapshot['receipt']): ReceiptView | null {
    if (receipt?.state !== 'sent') return null
    const { receiptId, totalMinor, seenAtMs } = receipt
    const lines = receipt.lines.map(({ lineId, sku, name, quantity, amountMinor }) => {
      return { lineId, sku, name, quantity, soldBy: this.#soldBy.get(sku) ?? 'each', amountMinor }
    })
    const discounts = (receipt.discounts ?? []).map(({ name, amountMinor }) => ({ name, amountMinor }))
    const { tax = null } = receipt
    return { receiptId, totalMinor, issuedAtMs: seenAtMs, lines, discounts, tax: tax && taxView(tax) }
  }
}

const taxView = ({ name, percent, taxMinor, taxFreeMinor }: Tax) => ({ name, percent, taxMinor, taxFreeMinor })

/** @param journalled the till's evidence of the visit's time */
export function evidenceOf(visit: VisitSnapshot, journalled: readonly EvidenceEvent[]): VisitEvidence {
  const { visitId, basket, personIds } = visit
  const lines = (basket?.lines ?? []).map(({ lineId, name, probability, notes, alternatives, eventIds }) => ({
    ...{ lineId, name, probability, alternatives, eventIds },
    notes: notes.map(({ kind, text, logOdds }) => ({ kind, text, logOdds })),
  }))
  const events = eventsOfBasket(visit, journalled)
  const letters = lettersOf(personIds, events)
  return { visitId, lines, events: events.map((event) => plotOf(event, new Set(personIds), letters)) }
}
