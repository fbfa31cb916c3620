/** What the doors tell the ledger. */
import { envelope, type GateAlarm, type GatePass } from '../../contract/messages.ts'
import { walkIn, walkOut } from './occupancy.ts'
import type { Step } from './step.ts'
import type { Connection } from './tables.ts'
import { happen, loadVisit } from './visits.ts'

export interface SeenPass {
  gate: string
  direction: GatePass['direction']
  visitId: string | null
  seenAtMs: number
  /** Where the gate's counter stands after this pass; null where it has none. */
  count: number | null
  /** Found by the counter after the gate had not been read for a while. */
  late?: boolean
}

export async function recordPass(step: Step, { count, ...seen }: SeenPass): Promise<void> {
  const { gate, direction, visitId, seenAtMs, late } = seen
  await recordCount(step, { gate, direction, count })
  const sequence = step.journal.next
  const pass: GatePass = {
    type: 'gate-pass',
    ...envelope(step.shop.storeId, sequence, step.nowMs, seenAtMs),
    passId: `${gate}-pass-${sequence}`,
    gate,
    direction,
    visitId,
    ...(late ? { late } : {}),
  }
  await step.journal.append('gate-pass', visitId, pass)
  if (direction === 'out') return walkOut(step, seenAtMs)
  if (visitId === null) return walkIn(step, 1)
  const visit = await loadVisit(step.trx, visitId)
  // The flows bound them to their visit before the gate told of them.
  if (visit.passes >= visit.party) return
  await walkIn(step, 1)
  const passes = visit.passes + 1
  if (visit.state === 'admitted') await happen(step, visit, 'entered', { passes, entered_at_ms: seenAtMs })
  else await step.trx.updateTable('visits').set({ passes }).where('visit_id', '=', visitId).execute()
}

/** Up to where a gate's counter has been told, so that a later start finds what was missed. */
export async function recordCount(
  step: Step,
  { gate, direction, count }: Pick<SeenPass, 'gate' | 'direction' | 'count'>,
): Promise<void> {
  const row = await step.trx.selectFrom('gates').selectAll().where('gate', '=', gate).executeTakeFirst()
  const column = countColumn[direction]
  if ((row?.[column] ?? null) === count) return
  await step.journal.append('gate-counted', null, { gate, direction, count })
  await step.trx
    .insertInto('gates')
    .values({ gate, ...unlatched, [column]: count })
    .onConflict((conflict) => conflict.column('gate').doUpdateSet({ [column]: count }))
    .execute()
}

const countColumn = { in: 'counted_in', out: 'counted_out' } as const

export async function recordAlarm(step: Step, alarm: Pick<GateAlarm, 'gate' | 'alarm' | 'text'>): Promise<void> {
  const told: GateAlarm = {
    type: 'gate-alarm',
    ...envelope(step.shop.storeId, step.journal.next, step.nowMs),
    ...alarm,
  }
  await step.journal.append('gate-alarm', null, told)
  if (alarm.alarm === 'fire') await latch(step, alarm.gate, { fire: 1 })
}

/** A person opened a gate by hand. */
export const recordOpening = (
  step: Step,
  opening: { gate: string; direction: GatePass['direction']; reason: string },
) => step.journal.append('gate-opened', null, opening)

/** A person ended what an alarm had latched: the exit open, or the entry shut. */
export async function recordReset(step: Step, reset: { gate: string; reason: string }): Promise<void> {
  await step.journal.append('gate-reset', null, reset)
  await latch(step, reset.gate, { fire: 0, asks_staff: 0 })
}

const unlatched = { fire: 0, asks_staff: 0, counted_in: null, counted_out: null }

/** What stays until a person resets the gate. */
export const latch = (step: Step, gate: string, latched: { fire?: number; asks_staff?: number }) =>
  step.trx
    .insertInto('gates')
    .values({ gate, ...unlatched, ...latched })
    .onConflict((conflict) => conflict.column('gate').doUpdateSet(latched))
    .execute()

/** What the doors take up again at a start. */
export interface DoorMemory {
  /** Visits whose gate may stand open, in the order in which they were admitted. */
  admitted: { visitId: string; gate: string; missing: number }[]
  /** Fires that nobody has reset. */
  fires: string[]
  /** Gates at which staff have not looked yet who walked in. */
  asking: string[]
  /** Up to where each gate's counters have been told. */
  counts: { gate: string; in: number | null; out: number | null }[]
}

/** @param sinceMs whoever was admitted before is not waiting at the gate any more */
export async function doorMemory(db: Connection, sinceMs: number): Promise<DoorMemory> {
  const [visits, gates] = await Promise.all([
    db
      .selectFrom('visits')
      .select(['visit_id', 'gate', 'party', 'passes'])
      .where('state', 'in', ['admitted', 'open'])
      .where('opened_at_ms', '>=', sinceMs)
      .whereRef('passes', '<', 'party')
      .orderBy('opened_at_ms')
      .execute(),
    db.selectFrom('gates').selectAll().execute(),
  ])
  return {
    admitted: visits.map((visit) => ({
      visitId: visit.visit_id,
      gate: visit.gate,
      missing: visit.party - visit.passes,
    })),
    fires: gates.filter(({ fire }) => fire === 1).map(({ gate }) => gate),
    asking: gates.filter(({ asks_staff }) => asks_staff === 1).map(({ gate }) => gate),
    counts: gates.map((row) => ({ gate: row.gate, in: row.counted_in, out: row.counted_out })),
  }
}
