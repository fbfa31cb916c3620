/** A visit as a kiosk shows it, and whether it may. */
import { isLikely } from '../../contract/likely-line.ts'
import type { VisitSnapshot } from '../../till-api/events.ts'
import type { KioskPresence, KioskVisit } from '../../till-api/kiosks.ts'

/** @param adultGoods SKUs of which a person has to look who buys them */
export function kioskVisit(
  { visitId, basket, prepaid, receipt }: VisitSnapshot,
  adultGoods: ReadonlySet<string>,
): KioskVisit {
  const likely = (basket?.lines ?? []).filter(isLikely)
  const lines = likely.map(({ lineId, sku, name, quantity, amountMinor, soldBy }) => ({
    ...{ lineId, sku, name, quantity, amountMinor },
    ...(soldBy ? { soldBy } : {}),
  }))
  const shown = basket && { revision: basket.revision, totalMinor: basket.totalMinor, lines }
  return {
    ...{ visitId, receipt, prepaid: prepaid ?? null },
    basket: shown && { ...shown, ...(basket.discounts ? { discounts: basket.discounts } : {}) },
    needsStaff: lines.some(({ sku }) => adultGoods.has(sku)),
  }
}

/** A stranger may be one of those whose people are seen nowhere; they say which by confirming its list. */
export const mayBeThere = ({ visitIds, strangers, lostVisitIds }: KioskPresence, visitId: string): boolean =>
  visitIds.includes(visitId) || (strangers > 0 && lostVisitIds.includes(visitId))

/** Whoever has an account is charged after the exit. */
export const mayBeShown = ({ state, accountId }: VisitSnapshot): boolean => state === 'open' && accountId === null

export const mayBePaid = (visit: VisitSnapshot): boolean =>
  mayBeShown(visit) && (visit.prepaid === undefined || visit.prepaid.state === 'declined')
