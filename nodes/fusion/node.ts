import { errorSentence } from '../../runtime/contract/errors.ts'
import type { Attribution, Visit } from '../../runtime/contract/messages.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import { defaultFusionPolicy } from '../../runtime/fusion/fusion-policy.ts'
import { UnbrokenView } from '../../runtime/fusion/unbroken-view.ts'
import type { HabitsPolicy } from '../../runtime/policy/habits.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import type { TillEvent, TillState, VisitState } from '../../runtime/till-api/events.ts'
import { businessId } from '../kit/business-id.ts'
import { journalled } from '../kit/journal.ts'
import { keptOf } from '../kit/kept.ts'
import type { Controller, NodeContext, Send } from '../kit/node-context.ts'
import { noAliases, personAliases } from '../visit/person-aliases.ts'
import { purchasesAsker } from './purchases-asker.ts'

/** How often time moves on while nothing is seen. */
const tickMs = 250
/** How often it is looked whether something was learned. */
const learnedTickMs = 2000
/** After a restart, what sensing kept is seen again first: nothing is summarised before. */
const catchUpMs = 3000
/**
 * So many of the till's events from before all open visits tell what lies where: about a hundred takings, since each
 * is told with its evidence, baskets and payments. More would make a restart slow.
 */
const recalledEvents = 1000
/** Sightings that another node of the flow may send a second time. */
const rememberedSightings = 500

type Input = 'weight-event' | 'people' | 'sighting' | 'visit' | 'device-health'

export default (context: NodeContext<HabitsPolicy>): Controller<Input> => {
  const { clock, layout, till } = context.store
  const fusion = new Fusion(layout, context.settings)
  const view = new UnbrokenView(clock, context.store.wireClock ?? clock)
  const sightings = new Set<number>()
  let waitUntilMs = 0
  let learned = 0
  let complaint = ''

  const advance = async (send: Send = context.send) => {
    const nowMs = clock.nowMs()
    if (nowMs < waitUntilMs) return
    const summaries = fusion.advance(nowMs)
    if (summaries.length > 0) {
      await journal(summaries)
      sendAll(
        summaries.flatMap((evidence) => fusion.addEvidence(evidence)),
        send,
      )
    }
    // A recording ends, and nobody looks any more; in a store, that is a reason to wait.
    if (!context.store.isReplay && !view.isSettled) return
    for (const visitId of fusion.finishable(nowMs)) sendAll(fusion.finish(visitId), send)
  }

  /** What cannot be read changes nothing: fusion goes on with what it has. */
  const takeUpLearned = () => {
    try {
      const current = context.store.learned?.current()
      complaint = ''
      if (!current || current.number === learned) return
      learned = current.number
      sendAll(fusion.takeUp(current.goods), context.send)
    } catch (error) {
      if (errorSentence(error) !== complaint) context.report(error)
      complaint = errorSentence(error)
    }
  }

  const journal = (evidence: Evidence[]) =>
    context.tell({
      type: 'add-evidence',
      commandId: businessId('summary', ...evidence.map((summary) => JSON.stringify(summary))),
      evidence,
    })

  const purchases = purchasesAsker(context, (visitId, bought) => {
    sendAll(fusion.observePurchases(visitId, bought), context.send)
  })
  const observeVisit = (visit: Visit) => {
    fusion.observeVisit(visit)
    if (visit.state === 'exited') purchases.exited(visit.visitId)
    else if (context.settings.pastPurchases > 0) purchases.opened(visit.visitId)
  }

  const sendAll = (attributions: Attribution[], send: Send) => {
    for (const attribution of attributions) send(attribution)
    const last = attributions.at(-1)
    if (last) context.status('green', `${last.lines.length} lines for ${last.visitId ?? last.personId}`)
  }

  /** Visits and evidence as the till has them; each basket is told once, as it is in the end. */
  const recover = async () => {
    takeUpLearned()
    const state = await till.state(context.signal)
    fusion.restorePersons(keptOf(context.store, personAliases, noAliases).value)
    for (const visit of visitsOf(state)) observeVisit({ ...context.stamp(visit.seenAtMs), ...visit })
    const baskets = new Map<string, Attribution>()
    const oldestMs = clock.nowMs() - defaultFusionPolicy.memoryMs
    const all = await journalled(context, state, ['evidence', 'visit-changed'], recalledEvents)
    const isPast = ({ sequence }: { sequence: number }) => sequence <= (state.recoverAfter ?? 0)
    const present = all.filter((one) => !isPast(one))
    const told = evidenceOf(present)
    const toldIds = new Set(told.map(({ event }) => event.eventId))
    const past = evidenceOf(all.filter(isPast))
    fusion.recall(past.filter(({ event }) => event.settledAtMs >= oldestMs && !toldIds.has(event.eventId)))
    const summarised = new Set(told.filter(({ near }) => near !== null).map(revisionOf))
    for (const one of present) {
      // What had been told before somebody had left explains nothing of what came after.
      if (one.type === 'visit-changed') {
        if (!inStore.has(one.data.state)) fusion.recoverEnd(one.data.visitId, one.data.personIds)
        continue
      }
      const evidence = one.data
      if (evidence.event.settledAtMs < oldestMs) continue
      waitUntilMs = clock.nowMs() + catchUpMs
      // Journalled before anybody looked. One that has its summary keeps it: who was there is not seen a second time.
      if (evidence.near === null && !summarised.has(revisionOf(evidence))) fusion.observeWeight(evidence.event)
      for (const attribution of fusion.addEvidence(evidence)) {
        baskets.set(attribution.visitId ?? attribution.personId, attribution)
      }
    }
    sendAll([...baskets.values()], context.send)
  }

  context.begin(recover)
  context.every(tickMs, () => advance())
  if (context.store.learned) context.every(learnedTickMs, takeUpLearned)

  return {
    async onMessage(message, send) {
      if (message.type === 'people') {
        view.seen(message.receivedAtMs)
        fusion.observePeople(message)
      } else if (message.type === 'weight-event') fusion.observeWeight(message)
      else if (message.type === 'device-health') fusion.observeHealth(message)
      else if (message.type === 'visit') observeVisit(message)
      else if (isNew(message.sequence, sightings)) fusion.observeSighting(message)
      await advance(send)
    },
  }
}

/** States of a visit with which fusion still has to do, or will have. */
const inStore: ReadonlySet<VisitState> = new Set(['admitted', 'open', 'exited'])

const evidenceOf = (events: readonly TillEvent[]): Evidence[] =>
  events.flatMap((one) => (one.type === 'evidence' ? [one.data] : []))

const revisionOf = ({ event }: Evidence): string => `${event.eventId} ${event.revision}`

function isNew(sequence: number, seen: Set<number>): boolean {
  if (seen.has(sequence)) return false
  seen.add(sequence)
  const [oldest] = seen
  if (seen.size > rememberedSightings && oldest !== undefined) seen.delete(oldest)
  return true
}

/** The visits of a till's state that fusion still has to do with. */
function visitsOf(
  state: TillState,
): Pick<Visit, 'type' | 'visitId' | 'state' | 'gate' | 'personIds' | 'role' | 'seenAtMs'>[] {
  return state.visits
    .filter((visit) => visit.state === 'open' || visit.state === 'exited')
    .map(({ visitId, gate, personIds, role, exitedAtMs, openedAtMs }) => ({
      type: 'visit',
      ...{ visitId, gate, personIds, role },
      state: exitedAtMs === null ? 'opened' : 'exited',
      seenAtMs: exitedAtMs ?? openedAtMs,
    }))
}
