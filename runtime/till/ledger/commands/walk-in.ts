/** Somebody came in where nobody is asked: their visit has no account, and no means of payment yet. */
import type { CommandOf } from '../../../till-api/commands.ts'
import { walkIn, walkOut } from '../occupancy.ts'
import { isOpenEntrance, refusal, type Step } from '../step.ts'
import { stored } from '../stored.ts'
import type { VisitRow } from '../tables.ts'
import { happen, openVisit } from '../visits.ts'
import { newScanId, visitIdOf } from './entry.ts'

/**
 * Opens the visit of a person whom the vision saw walk in. One who has a visit is told again after a restart: they
 * get no second one.
 * @throws AisleError `gate-not-open`
 */
export async function openWalkIn(step: Step, { gate, personId, seenAtMs }: CommandOf<'walk-in'>): Promise<void> {
  if (!isOpenEntrance(step, gate)) {
    throw refusal('gate-not-open', `Nobody may walk in unasked at ${gate}.`, 'See "open" of the gate in the profile.')
  }
  const inside = await step.trx
    .selectFrom('visits')
    .select('person_ids')
    .where('state', 'in', ['admitted', 'open'])
    .execute()
  if (inside.some(({ person_ids }) => (JSON.parse(person_ids) as string[]).includes(personId))) return
  const { scanId, number } = await newScanId(step)
  const none = { account_id: null, role: 'unknown', gate } as const
  // Its number is that of a scan, so that people know every visit by a number of its own.
  await step.trx
    .insertInto('scans')
    .values({ scan_id: scanId, number, answer: 'admitted', at_ms: step.nowMs, ...none })
    .execute()
  await walkIn(step, 1)
  const visit = await openVisit(step, {
    ...{ visit_id: visitIdOf(scanId), scan_id: scanId, ...none, party: 1, state: 'admitted' },
    ...{ opened_at_ms: step.nowMs, person_ids: stored([personId]), due_at_ms: step.nowMs },
  })
  await happen(step, visit, 'entered', { passes: 1, entered_at_ms: seenAtMs })
}

/** No contact counts who leaves by an open entrance: whoever left is counted by their visit. */
export async function countOut(step: Step, visit: VisitRow, gate: string | null, atMs: number): Promise<void> {
  if (gate === null || !isOpenEntrance(step, gate)) return
  for (let person = 0; person < visit.passes; person++) await walkOut(step, atMs)
}
