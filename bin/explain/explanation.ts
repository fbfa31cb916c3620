/**
 * Why a visit's basket is what it is, as data: what the till keeps of the visit, joined with what was journalled of the
 * shelves. Nobody is named: people are letters.
 */
import type { EventPlotView, FloorPlanLayout } from '../../runtime/console/pages/live-view.ts'
import { floorPlanOf } from '../../runtime/console/store-view.ts'
import { eventsOfBasket, lettersOf, plotOf } from '../../runtime/console/visit-events.ts'
import type { EvidenceNote } from '../../runtime/contract/messages.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import type { EvidenceEvent, VisitSnapshot } from '../../runtime/till-api/events.ts'
import { type LineDecisionView, lineDecision } from './line-rule-words.ts'

export interface VisitExplanation {
  visitId: string
  role: VisitSnapshot['role']
  party: number
  state: VisitSnapshot['state']
  openedAtMs: number
  enteredAtMs: number | null
  exitedAtMs: number | null
  /** Later evidence may still change the basket until it is final. */
  basketFinal: boolean
  paidMinor: number | null
  debtSettled: NonNullable<VisitSnapshot['debtSettled']> | null
  /** Letters of the visit's own people, where they were near one of the events. */
  ownPeople: string[]
  lines: LineExplanation[]
  /** What the lines rest on, by time. */
  events: EventExplanation[]
  /** Events that the lines rest on and of which the journal of the visit's time has nothing. */
  eventsNotFound: string[]
}

export interface LineExplanation {
  lineId: string
  sku: string
  product: string
  /** Pieces, or grams for what is sold by weight. */
  quantity: number
  soldBy: 'each' | 'weight'
  amountMinor: number
  probability: number
  /** null: the line rules have not been asked yet. */
  decision: LineDecisionView | null
  refund: { state: string; amountMinor: number } | null
  /** What became of the shopper's word that the line is wrong; their reason is theirs. */
  dispute: string | null
  /** Strongest first. */
  evidence: NoteExplanation[]
  alternatives: { text: string; probability: number }[]
}

export interface NoteExplanation {
  kind: EvidenceNote['kind']
  text: string
  /** Natural logarithm; positive speaks for the line. */
  logOdds: number
  /** What this alone would make of even odds. */
  fromEvenOdds: number
  eventId: string | null
}

export interface EventExplanation {
  eventId: string
  kind: Evidence['event']['kind']
  deltaG: number
  sigmaG: number
  startedAtMs: number
  settledAtMs: number
  /** When the flows were told of it. */
  toldAtMs: number
  /** When the till journalled it as it is here. */
  journalledAtMs: number
  plates: { plate: string; place: string; products: string[]; deltaG: number }[]
  /** Nearest hand first; null: who was near had not been summarised. */
  people: { person: string; own: boolean; handM: number | null; headM: number; seen: number }[] | null
  /** What cameras took the thing for; `person` is null where nobody's hand was at it. */
  looks: { person: string | null; product: string; probability: number }[]
  /** How the weight and the nearest hands went, where that was kept. */
  plot: Pick<EventPlotView, 'weight' | 'hands'>
}

/** @param journalled the till's evidence of the visit's time, in the journal's order */
export function explainVisit(
  visit: VisitSnapshot,
  journalled: readonly EvidenceEvent[],
  store: Pick<LoadedStore, 'profile' | 'layout'>,
): VisitExplanation {
  const lines = visit.basket?.lines ?? []
  const wanted = new Set(lines.flatMap(({ eventIds }) => eventIds))
  const found = eventsOfBasket(visit, journalled)
  const letterOf = lettersOf(visit.personIds, found)
  const scene: Scene = {
    letterOf,
    own: new Set(visit.personIds),
    plateOf: new Map(floorPlanOf(store).plates.map((plate) => [plate.id, plate])),
    nameOf: new Map(store.layout.products.map(({ sku, name }) => [sku, name])),
  }
  const { visitId, role, party, state, openedAtMs, enteredAtMs, exitedAtMs, payment, basket, debtSettled } = visit
  return {
    ...{ visitId, role, party, state, openedAtMs, enteredAtMs, exitedAtMs },
    basketFinal: basket?.final ?? false,
    paidMinor: payment?.state === 'paid' ? payment.amountMinor : null,
    debtSettled: debtSettled ?? null,
    ownPeople: visit.personIds.flatMap((personId) => letterOf.get(personId) ?? []),
    lines: lines.map((line) => explainLine(line, visit)),
    events: found.map((one) => explainEvent(one, scene)),
    eventsNotFound: [...wanted].filter((eventId) => !found.some(({ data }) => data.event.eventId === eventId)),
  }
}

type BasketLine = NonNullable<VisitSnapshot['basket']>['lines'][number]

function explainLine(line: BasketLine, visit: VisitSnapshot): LineExplanation {
  const { lineId, sku, name, quantity, soldBy = 'each', amountMinor, probability, alternatives, notes } = line
  const ofLine = (one: { lineId: string }) => one.lineId === lineId
  const decided = visit.decision?.lines.find(ofLine)
  const refund = visit.refunds?.find(ofLine)
  return {
    ...{ lineId, sku, product: name, quantity, soldBy, amountMinor, probability },
    decision: decided ? lineDecision(decided) : null,
    refund: refund ? { state: refund.state, amountMinor: refund.amountMinor } : null,
    dispute: visit.disputes?.find(ofLine)?.state ?? null,
    evidence: notes
      .toSorted((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds))
      .map(({ kind, text, logOdds, eventId = null }) => ({
        ...{ kind, text, logOdds, eventId },
        fromEvenOdds: 1 / (1 + Math.exp(-logOdds)),
      })),
    alternatives,
  }
}

interface Scene {
  letterOf: ReadonlyMap<string, string>
  own: ReadonlySet<string>
  plateOf: ReadonlyMap<string, FloorPlanLayout['plates'][number]>
  /** Of a product. */
  nameOf: ReadonlyMap<string, string>
}

function explainEvent(journalled: EvidenceEvent, { letterOf, own, plateOf, nameOf }: Scene): EventExplanation {
  const { data, atMs } = journalled
  const { weight, hands } = plotOf(journalled, own, letterOf)
  const { eventId, kind, deltaG, sigmaG, startedAtMs, settledAtMs, receivedAtMs } = data.event
  const person = (personId: string) => letterOf.get(personId) ?? '?'
  const plates = data.event.plates.map(({ plate, deltaG }) => {
    const known = plateOf.get(plate)
    const place = known
      ? `${known.fixture}, shelf ${known.shelf} from below, place ${known.index} from the left`
      : plate
    return { plate, place, products: known?.products ?? [], deltaG }
  })
  return {
    ...{ eventId, kind, deltaG, sigmaG, startedAtMs, settledAtMs },
    ...{ toldAtMs: receivedAtMs, journalledAtMs: atMs, plates },
    people:
      data.near?.map(({ personId, handM, headM, seen }) => {
        return { person: person(personId), own: own.has(personId), handM, headM, seen }
      }) ?? null,
    looks: data.sighted.map(({ personId, sku, probability }) => {
      return { person: personId === null ? null : person(personId), product: nameOf.get(sku) ?? sku, probability }
    }),
    plot: { weight, hands },
  }
}
