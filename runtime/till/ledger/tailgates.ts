/** Somebody walked in whom nobody had admitted: an alarm, and what the gate's rule says besides. */
import type { TailgatePolicy } from '../../profile/profile-schema.ts'
import { latch, recordAlarm, recordPass, type SeenPass } from './gates.ts'
import type { Step } from './step.ts'
import { change, loadVisit } from './visits.ts'

export interface SeenTailgate extends Omit<SeenPass, 'direction' | 'visitId'> {
  policy: TailgatePolicy
  /** The visit whose party they followed; null where nobody walked in just before. */
  behind: string | null
}

const walkedIn = 'Somebody walked in whom nobody had admitted'

export async function recordTailgate(step: Step, { policy, behind, ...seen }: SeenTailgate): Promise<void> {
  const joined = policy === 'add-to-party' && behind !== null && (await join(step, behind))
  await recordPass(step, { ...seen, direction: 'in', visitId: joined ? behind : null })
  const text = joined
    ? `${walkedIn}, right behind the party of ${behind}: they count into it.`
    : policy === 'ask-staff'
      ? `${walkedIn}: no more shoppers are admitted until staff have looked.`
      : `${walkedIn}.`
  await recordAlarm(step, { gate: seen.gate, alarm: 'tailgate', text })
  if (policy === 'ask-staff') await latch(step, seen.gate, { asks_staff: 1 })
}

/** Counts one more person into a party, where the account may bring so many. */
async function join(step: Step, visitId: string): Promise<boolean> {
  const visit = await loadVisit(step.trx, visitId)
  if (!['admitted', 'open'].includes(visit.state)) return false
  const account = await step.trx
    .selectFrom('accounts')
    .select('party')
    .where('account_id', '=', visit.account_id)
    .executeTakeFirst()
  if (!account || visit.party >= account.party) return false
  await change(step, visit, { party: visit.party + 1 })
  return true
}
