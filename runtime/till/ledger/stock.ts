/** What lies on the shelves as far as it was counted: a table that follows from the journal, and may be made anew. */
import type { Connection } from './tables.ts'

export interface StockLevel {
  plate: string
  sku: string
  quantity: number
}

export const readStock = (db: Connection): Promise<StockLevel[]> =>
  db.selectFrom('stock').selectAll().orderBy('plate').orderBy('sku').execute()

/** The same from the journal alone. */
export async function stockOfJournal(db: Connection): Promise<StockLevel[]> {
  const rows = await db
    .selectFrom('journal')
    .select('data')
    .where('type', '=', 'stock-moved')
    .orderBy('sequence')
    .execute()
  const levels = new Map<string, StockLevel>()
  for (const { data } of rows) {
    const { plate, sku, quantity } = JSON.parse(data) as StockLevel
    const key = JSON.stringify([plate, sku])
    levels.set(key, { plate, sku, quantity: (levels.get(key)?.quantity ?? 0) + quantity })
  }
  return [...levels.values()].sort((a, b) => compare(a.plate, b.plate) || compare(a.sku, b.sku))
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
