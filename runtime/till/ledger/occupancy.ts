/** The count of people in the tables, and the visits that end because nobody is left in the store. */
import { afterWalkingIn, afterWalkingOut, emptyStore, type Occupancy } from '../visits/occupancy.ts'
import type { Step } from './step.ts'
import type { Connection } from './tables.ts'

export async function walkIn(step: Step, people: number): Promise<void> {
  await keep(step, afterWalkingIn(await occupancyOf(step), people))
}

export async function walkOut(step: Step, atMs: number): Promise<void> {
  await keep(step, afterWalkingOut(await occupancyOf(step), atMs))
}

/** With no visit open everybody who is known has left: what was miscounted until then is forgotten. */
export async function startAnewWhenNobodyShops(step: Step): Promise<void> {
  const open = await step.trx.selectFrom('visits').select('visit_id').where('state', '=', 'open').executeTakeFirst()
  if (!open) await keep(step, emptyStore)
}

/** When the visits that are still open have been left: the last walked out so long ago, and nobody came. */
export async function emptiedBy(db: Connection, nowMs: number): Promise<number | null> {
  const row = await db
    .selectFrom('occupancy')
    .select('emptied_at_ms')
    .where('due_at_ms', '<=', nowMs)
    .executeTakeFirst()
  return row?.emptied_at_ms ?? null
}

async function occupancyOf({ trx, shop }: Step): Promise<Occupancy> {
  const row = await trx.selectFrom('occupancy').selectAll().where('store_id', '=', shop.storeId).executeTakeFirst()
  if (row) return { inside: row.inside, emptiedAtMs: row.emptied_at_ms }
  // A database from before people were counted: whoever is known to be inside is.
  const open = await trx
    .selectFrom('visits')
    .select((build) => build.fn.sum<number | null>('passes').as('inside'))
    .where('state', '=', 'open')
    .executeTakeFirst()
  return { ...emptyStore, inside: open?.inside ?? 0 }
}

async function keep({ trx, shop, nowMs }: Step, { inside, emptiedAtMs }: Occupancy): Promise<void> {
  const values = {
    inside,
    emptied_at_ms: emptiedAtMs,
    due_at_ms: emptiedAtMs === null ? null : nowMs + shop.deadlines.emptyMs,
  }
  await trx
    .insertInto('occupancy')
    .values({ store_id: shop.storeId, ...values })
    .onConflict((conflict) => conflict.column('store_id').doUpdateSet(values))
    .execute()
}
