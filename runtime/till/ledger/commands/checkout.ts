/** Commands about a visit's end: the exit, the decision, a person's review. */
import type { BasketChange, DecidedLine } from '../../../contract/messages.ts'
import type { CommandOf } from '../../../till-api/commands.ts'
import type { SettledLine } from '../../../till-api/events.ts'
import { billOf } from '../../visits/bill.ts'
import { otherReadings, withReadings } from '../../visits/readings.ts'
import { beginCharge } from '../charges.ts'
import { isOverCaps } from '../outbox.ts'
import { uncovered } from '../prepayments.ts'
import { givePutBack } from '../refunds.ts'
import { refusal, type Step } from '../step.ts'
import { stored } from '../stored.ts'
import type { VisitRow } from '../tables.ts'
import {
  change,
  currentBasket,
  happen,
  loadVisit,
  prepaidOf,
  type StoredDecision,
  tellPayment,
  termsOf,
} from '../visits.ts'
import { countOut } from './walk-in.ts'

export async function endVisit(step: Step, command: CommandOf<'end-visit'>): Promise<void> {
  const visit = await loadVisit(step.trx, command.visitId)
  // The deadline of the stay came first; when they left is still worth knowing.
  if (visit.state === 'review' && visit.exited_at_ms === null) {
    return void (await change(step, visit, { exited_at_ms: command.exitedAtMs }))
  }
  await countOut(step, visit, command.gate, command.exitedAtMs)
  await leave(step, visit, command.exitedAtMs)
}

/** Nobody is left in the store: whoever has a visit open must have left it unseen, at the latest with the last. */
export async function endLeftVisits(step: Step, emptiedAtMs: number): Promise<void> {
  const visits = await step.trx.selectFrom('visits').selectAll().where('state', '=', 'open').execute()
  for (const visit of visits) await leave(step, visit, emptiedAtMs)
}

async function leave(step: Step, visit: VisitRow, exitedAtMs: number): Promise<void> {
  const left = await happen(step, visit, 'left', { exited_at_ms: exitedAtMs })
  if (left.state === 'void') return void (await change(step, left, await tellPayment(step, left, 'void', 0)))
  const basket = await currentBasket(step.trx, visit.visit_id)
  if (basket?.final) await happen(step, left, 'basket-final')
}

/** Takes the line rules' decision, and begins the charge, the review, or nothing. */
export async function decide(step: Step, command: CommandOf<'decide'>): Promise<void> {
  const visit = await loadVisit(step.trx, command.visitId)
  const undecided = visit.decided_by === null || (visit.decided_by === 'deadline' && !(await isReviewed(step, visit)))
  if (!undecided) {
    throw refusal('visit-decided', `Visit ${visit.visit_id} has been decided.`, 'Decide each visit once.')
  }
  const basket = await currentBasket(step.trx, visit.visit_id)
  checkAgainstBasket(command, basket)
  await step.journal.append('decided', visit.visit_id, {
    visitId: visit.visit_id,
    basketRevision: command.basketRevision,
    lines: command.lines,
    policyHash: command.policyHash,
    profileHash: command.profileHash,
  })
  // Of whom nobody knew who they were, an empty basket says nothing: a person hears of it, and nothing is charged.
  const unseen = command.lines.length === 0 && visit.person_ids === stored([])
  const unpaid = uncovered(command.lines, prepaidOf(visit))
  const lines = withReadings(await withinCaps(step, visit, unpaid, basket), basket?.lines ?? [])
  await settle(step, { ...visit, decided_by: 'flows' }, lines, command.policyHash, basket, unseen)
  await givePutBack(step, visit.visit_id, basket)
}

/** While the provider is away and enough waits for it, what would be charged waits for a person instead. */
async function withinCaps(
  step: Step,
  visit: VisitRow,
  lines: DecidedLine[],
  basket: BasketChange | null,
): Promise<DecidedLine[]> {
  const { totalMinor } = billOf(lines, basket, termsOf(step, visit))
  if (totalMinor === 0 || !(await isOverCaps(step, totalMinor))) return lines
  return lines.map((line) => (line.outcome === 'charge' ? { ...line, outcome: 'review', rule: 'provider-away' } : line))
}

const isReviewed = async (step: Step, visit: VisitRow) =>
  (await step.trx.selectFrom('reviews').select('line_id').where('visit_id', '=', visit.visit_id).executeTakeFirst()) !==
  undefined

/** A decision speaks of the basket as the till has it, line by line; it may only take away. */
function checkAgainstBasket(command: CommandOf<'decide'>, basket: BasketChange | null): void {
  const lines = new Map((basket?.lines ?? []).map((line) => [line.lineId, line]))
  if (command.basketRevision !== (basket?.revision ?? 0)) {
    throw refusal(
      'basket-stale',
      `The decision is about revision ${command.basketRevision} of the basket, the till has ${basket?.revision ?? 0}.`,
      'Decide the basket that the till last acknowledged.',
    )
  }
  const decided = new Set<string>()
  for (const { lineId, sku, quantity } of command.lines) {
    const line = lines.get(lineId)
    if (!line || line.sku !== sku || quantity > line.quantity || decided.has(lineId)) {
      throw refusal(
        'decision-invalid',
        `The decision on line ${lineId} (${quantity} of ${sku}) does not fit the basket.`,
        "Decide each of the basket's lines once, with at most its quantity.",
      )
    }
    decided.add(lineId)
  }
  if (decided.size < lines.size) {
    throw refusal('decision-invalid', 'The decision leaves out lines of the basket.', 'Decide each of its lines.')
  }
}

/**
 * A person decides one line; with the last one the visit goes on. Whoever charges one of two readings has decided the
 * other by that.
 * @throws AisleError `line-not-in-review`, `other-reading-charged`
 */
export async function resolveReview(step: Step, command: CommandOf<'resolve-review'>): Promise<void> {
  const { visitId, lineId, outcome, decidedBy } = command
  const visit = await loadVisit(step.trx, visitId)
  const decision = visit.decision === null ? null : (JSON.parse(visit.decision) as StoredDecision)
  const line = decision?.lines.find((one) => one.lineId === lineId)
  const readings = decision && line ? otherReadings(decision.lines, line) : []
  if (outcome === 'charge' && readings.some((other) => other.outcome === 'charge')) {
    throw refusal(
      'other-reading-charged',
      `Line ${lineId} of ${visitId} is another reading of a line that is charged.`,
      'One event was one product: refund the line that is charged if it was the other.',
    )
  }
  if (visit.state !== 'review' || !decision || line?.outcome !== 'review') {
    throw refusal('line-not-in-review', `Line ${lineId} of ${visitId} waits for no review.`, 'Ask for its state.')
  }
  const excluded = outcome === 'charge' ? readings.filter((other) => other.outcome === 'review') : []
  const resolved = new Map<string, 'charge' | 'let-go'>([
    ...excluded.map((other) => [other.lineId, 'let-go'] as const),
    [lineId, outcome],
  ])
  for (const [id, decided] of resolved) {
    const row = { visit_id: visitId, line_id: id, outcome: decided, decided_by: decidedBy, at_ms: step.nowMs }
    await step.trx.insertInto('reviews').values(row).execute()
    await step.journal.append('review-resolved', visitId, { visitId, lineId: id, outcome: decided, decidedBy })
  }
  const lines = decision.lines.map((one): SettledLine => {
    const decided = resolved.get(one.lineId)
    return decided === undefined ? one : { ...one, outcome: decided, rule: 'review' }
  })
  if (lines.some((one) => one.outcome === 'review')) {
    return void (await change(step, visit, { decision: stored({ ...decision, lines }) }))
  }
  await settle(step, visit, lines, decision.policyHash, await currentBasket(step.trx, visitId))
}

/** No decision came in time: every line waits for a person. */
export async function decideByDeadline(step: Step, visit: VisitRow): Promise<void> {
  const basket = await currentBasket(step.trx, visit.visit_id)
  const prepaid = prepaidOf(visit)
  const lines = uncovered(
    (basket?.lines ?? []).map(
      ({ lineId, sku, quantity, probability }): DecidedLine => ({
        lineId,
        sku,
        quantity,
        probability,
        outcome: 'review',
        rule: 'no-decision-in-time',
      }),
    ),
    prepaid,
  )
  const decision: StoredDecision = { lines, outcome: 'review', policyHash: '' }
  const payment = await tellPayment(step, visit, 'review', 0)
  const fields = { decision: stored(decision), decided_by: 'deadline' as const, ...payment }
  const overdue = await happen(step, visit, 'overdue', fields)
  // What was paid at a kiosk was all that they had: nobody has anything to decide.
  const covered = prepaid !== null && lines.length > 0 && lines.every(({ rule }) => rule === 'paid-at-kiosk')
  if (covered) await settle(step, overdue, lines, '', basket)
}

/** Nobody reviewed it in time: what is still open is let go, the rest is charged. */
export async function letGoUnreviewed(step: Step, visit: VisitRow): Promise<void> {
  const decision = JSON.parse(visit.decision ?? '{"lines":[],"policyHash":""}') as StoredDecision
  const lines = decision.lines.map(
    (line): SettledLine => (line.outcome === 'review' ? { ...line, outcome: 'let-go', rule: 'review-expired' } : line),
  )
  await step.journal.append('review-expired', visit.visit_id, { visitId: visit.visit_id })
  await settle(step, visit, lines, decision.policyHash, await currentBasket(step.trx, visit.visit_id))
}

/** Moves a visit whose lines are decided into review, towards the provider, or to its end. */
async function settle(
  step: Step,
  visit: VisitRow,
  lines: SettledLine[],
  policyHash: string,
  basket: BasketChange | null,
  unseen = false,
): Promise<void> {
  const waiting = unseen || lines.some((line) => line.outcome === 'review')
  const charged = lines.some((line) => line.outcome === 'charge')
  const outcome = waiting ? 'review' : charged ? 'charge' : 'empty'
  const decision: StoredDecision = { lines, outcome, policyHash }
  const fields = { decision: stored(decision), decided_by: visit.decided_by }
  if (waiting) {
    await happen(step, visit, 'to-review', { ...fields, ...(await tellPayment(step, visit, 'review', 0)) })
  } else {
    await beginCharge(step, visit, fields, basket)
  }
}
