/** What the doors tell the ledger. */
import { envelope, type GateAlarm, type GatePass } from '../../contract/messages.ts'
import type { Step } from './step.ts'
import { type Connection, happen, loadVisit } from './visits.ts'

export interface SeenPass {
  gate: string
  direction: GatePass['direction']
  visitId: string | null
  seenAtMs: number
}

export async function recordPass(step: Step, { gate, direction, visitId, seenAtMs }: SeenPass): Promise<void> {
  const sequence = step.journal.next
  const pass: GatePass = {
    type: 'gate-pass',
    ...envelope(step.shop.storeId, sequence, step.nowMs, seenAtMs),
    passId: `${gate}-pass-${sequence}`,
    gate,
    direction,
    visitId,
  }
  await step.journal.append('gate-pass', visitId, pass)
  if (direction === 'out' || visitId === null) return
  const visit = await loadVisit(step.trx, visitId)
  const passes = visit.passes + 1
  if (visit.state === 'admitted') await happen(step, visit, 'entered', { passes, entered_at_ms: seenAtMs })
  else await step.trx.updateTable('visits').set({ passes }).where('visit_id', '=', visitId).execute()
}

export async function recordAlarm(step: Step, alarm: Pick<GateAlarm, 'gate' | 'alarm' | 'text'>): Promise<void> {
  const told: GateAlarm = {
    type: 'gate-alarm',
    ...envelope(step.shop.storeId, step.journal.next, step.nowMs),
    ...alarm,
  }
  await step.journal.append('gate-alarm', null, told)
  if (alarm.alarm === 'fire') await setFire(step, alarm.gate, 1)
}

/** A person opened a gate by hand. */
export const recordOpening = (
  step: Step,
  opening: { gate: string; direction: GatePass['direction']; reason: string },
) => step.journal.append('gate-opened', null, opening)

/** A person ended the opening that a fire alarm had latched. */
export async function recordReset(step: Step, reset: { gate: string; reason: string }): Promise<void> {
  await step.journal.append('gate-reset', null, reset)
  await setFire(step, reset.gate, 0)
}

const setFire = (step: Step, gate: string, fire: number) =>
  step.trx
    .insertInto('gates')
    .values({ gate, fire })
    .onConflict((conflict) => conflict.column('gate').doUpdateSet({ fire }))
    .execute()

/** What the doors take up again at a start: visits whose gate may stand open, and fires that nobody has reset. */
export interface DoorMemory {
  admitted: { visitId: string; gate: string; missing: number }[]
  fires: string[]
}

/** @param sinceMs whoever was admitted before is not waiting at the gate any more */
export async function doorMemory(db: Connection, sinceMs: number): Promise<DoorMemory> {
  const [visits, fires] = await Promise.all([
    db
      .selectFrom('visits')
      .select(['visit_id', 'gate', 'party', 'passes'])
      .where('state', 'in', ['admitted', 'open'])
      .where('opened_at_ms', '>=', sinceMs)
      .whereRef('passes', '<', 'party')
      .execute(),
    db.selectFrom('gates').select('gate').where('fire', '=', 1).execute(),
  ])
  return {
    admitted: visits.map((visit) => ({
      visitId: visit.visit_id,
      gate: visit.gate,
      missing: visit.party - visit.passes,
    })),
    fires: fires.map(({ gate }) => gate),
  }
}
