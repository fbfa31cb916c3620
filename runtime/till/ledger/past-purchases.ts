/** What an account has bought before a visit, counted over its latest visits; whoever is forgotten has bought nothing. */
import type { PastPurchases } from '../../till-api/events.ts'
import type { Connection } from './tables.ts'
import { loadVisit, snapshotOf } from './visits.ts'

/** Habits change; older visits say nothing of them. */
const mostVisits = 30

/** @throws AisleError `visit-unknown` */
export async function readPastPurchases(db: Connection, visitId: string): Promise<PastPurchases> {
  const visit = await loadVisit(db, visitId)
  if (visit.account_id === null) return { visits: 0, goods: [] }
  const rows = await db
    .selectFrom('visits')
    .selectAll()
    .where('account_id', '=', visit.account_id)
    .where('state', '=', 'paid')
    .where('opened_at_ms', '<', visit.opened_at_ms)
    .orderBy('opened_at_ms', 'desc')
    .limit(mostVisits)
    .execute()
  const bought = new Map<string, number>()
  for (const row of rows) {
    const { decision, refunds = [] } = await snapshotOf(db, row)
    const isKept = (lineId: string) => !refunds.some((refund) => refund.lineId === lineId)
    const lines = decision?.lines.filter(({ outcome, lineId }) => outcome === 'charge' && isKept(lineId)) ?? []
    for (const sku of new Set(lines.map((line) => line.sku))) bought.set(sku, (bought.get(sku) ?? 0) + 1)
  }
  const goods = [...bought].sort(([a], [b]) => (a < b ? -1 : 1)).map(([sku, visits]) => ({ sku, visits }))
  return { visits: rows.length, goods }
}
