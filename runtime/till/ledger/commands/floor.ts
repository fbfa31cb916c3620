/** Commands about what happens on the floor: evidence, persons, baskets, stock. */
import { isLikely } from '../../../contract/likely-line.ts'
import { type BasketChange, envelope } from '../../../contract/messages.ts'
import type { CommandOf } from '../../../till-api/commands.ts'
import { netLines } from '../../visits/bill.ts'
import { priceLine, totalMinor } from '../../visits/pricing.ts'
import { promote } from '../../visits/promotions.ts'
import { hasEnded } from '../../visits/visit-state.ts'
import { walkIn } from '../occupancy.ts'
import { refusal, type Step } from '../step.ts'
import { stored } from '../stored.ts'
import { change, happen, loadVisit, termsOf, wrongState } from '../visits.ts'
import type { WrittenCommandOf } from '../written-command.ts'

export async function addEvidence(step: Step, command: WrittenCommandOf<'add-evidence'>): Promise<void> {
  await step.journal.appendTexts('evidence', null, command.evidence)
}

export async function bindVisit(step: Step, command: CommandOf<'bind-visit'>): Promise<void> {
  const visit = await loadVisit(step.trx, command.visitId)
  const fields = { person_ids: stored(command.personIds) }
  // Who it was does not matter any more.
  if (hasEnded(visit.state) || fields.person_ids === visit.person_ids) return
  // Somebody on the floor is this visit's shopper: they did walk in, even if the pass was not seen.
  const unseen = visit.state === 'admitted' ? Math.min(command.personIds.length, visit.party) : 0
  if (unseen === 0) return void (await change(step, visit, fields))
  await walkIn(step, unseen)
  await happen(step, visit, 'entered', { ...fields, passes: unseen, entered_at_ms: step.nowMs })
}

const basketStates: readonly string[] = ['open', 'exited', 'deciding']

export async function setLines(step: Step, command: CommandOf<'set-lines'>): Promise<void> {
  const visit = await loadVisit(step.trx, command.visitId)
  const basket = await step.trx
    .selectFrom('baskets')
    .selectAll()
    .where('visit_id', '=', visit.visit_id)
    .executeTakeFirst()
  if (basket && command.revision <= basket.revision) return
  if (!basketStates.includes(visit.state)) throw wrongState(visit, 'set-lines')
  if (new Set(command.lines.map((line) => line.lineId)).size < command.lines.length) {
    throw refusal('lines-repeated', 'A line stands twice in this basket.', 'Give each line its own lineId.')
  }
  const lines = command.lines.map((line) => priceLine(line, step.shop.products))
  const likely = lines.filter(isLikely)
  const discounts = promote(likely, termsOf(step, visit).promotions)
  const changed: BasketChange = {
    type: 'basket-change',
    ...envelope(step.shop.storeId, step.journal.next, step.nowMs),
    visitId: visit.visit_id,
    revision: command.revision,
    final: command.final,
    currency: step.shop.currency,
    lines,
    ...(discounts.length > 0 ? { discounts } : {}),
    totalMinor: totalMinor(netLines(likely, discounts)),
  }
  const sequence = await step.journal.append('basket-change', visit.visit_id, changed)
  const values = { revision: command.revision, final: command.final ? 1 : 0, sequence }
  await step.trx
    .insertInto('baskets')
    .values({ visit_id: visit.visit_id, ...values })
    .onConflict((conflict) => conflict.column('visit_id').doUpdateSet(values))
    .execute()
  if (command.final && visit.state === 'exited') await happen(step, visit, 'basket-final')
}

export async function moveStock(step: Step, command: CommandOf<'move-stock'>): Promise<void> {
  const { reason, plate, sku, quantity, eventId } = command
  await step.journal.append('stock-moved', null, { reason, plate, sku, quantity, eventId })
  await step.trx
    .insertInto('stock')
    .values({ plate, sku, quantity })
    .onConflict((conflict) =>
      conflict
        .columns(['plate', 'sku'])
        .doUpdateSet((build) => ({ quantity: build('stock.quantity', '+', build.ref('excluded.quantity')) })),
    )
    .execute()
}
