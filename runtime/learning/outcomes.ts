/**
 * What the till's journal says of how visits came out: which lines a person confirmed, corrected or gave back. Who
 * they were is never looked at.
 */
import type { DecidedLine } from '../contract/messages.ts'
import type { Evidence } from '../till-api/commands.ts'
import type { VisitSnapshot } from '../till-api/events.ts'
import type { ConfirmedTaking } from './learned-version.ts'

export interface Outcomes {
  /** Visits that came to their end. */
  visits: number
  confirmed: number
  corrected: number
  givenBack: number
  takings: { sku: string; taking: ConfirmedTaking }[]
  /** Events of lines that were given back: whatever they confirmed, they do not any more. */
  doubtedEvents: ReadonlySet<string>
  sold: ReadonlyMap<string, number>
  mistaken: { sku: string; takenFor: string }[]
}

/** A line as it came out. */
interface EndedLine {
  sku: string
  quantity: number
  /** What the likeliest explanation rests on. */
  eventIds: string[]
  charged: boolean
  /** A person said that it is right. */
  confirmed: boolean
  /** A person said that it is wrong. */
  denied: boolean
  givenBack: boolean
}

export interface EndedVisit {
  visitId: string
  /** Position in the journal at which it came to its end. */
  endedAt: number
  lines: EndedLine[]
}

const endedStates: ReadonlySet<VisitSnapshot['state']> = new Set(['paid', 'empty', 'debt'])
/** As the till marks a line that a person decided. */
const byPerson = 'review'

/** undefined: the visit goes on, or nobody shopped. */
export function endedVisit({
  visitId,
  role,
  state,
  basket,
  decision,
  payment,
  refunds = [],
  disputes = [],
}: VisitSnapshot): EndedVisit | undefined {
  if (role === 'staff' || !endedStates.has(state) || !basket || !decision || !payment) return undefined
  const lines = decision.lines.flatMap((decided): EndedLine[] => {
    const line = basket.lines.find(({ lineId }) => lineId === decided.lineId)
    if (!line) return []
    const ofLine = <T extends { lineId: string }>(one: T) => one.lineId === decided.lineId
    const dispute = disputes.find(ofLine)
    const explained = new Set(line.notes.flatMap(({ eventId }) => eventId ?? []))
    const eventIds = explained.size > 0 ? line.eventIds.filter((eventId) => explained.has(eventId)) : line.eventIds
    const charged = decided.outcome === 'charge'
    // Also where the provider could not carry it out: somebody said that the line was wrong.
    const givenBack = refunds.some(ofLine) || dispute?.state === 'refunded'
    return [
      {
        ...{ sku: decided.sku, quantity: decided.quantity, eventIds, charged, givenBack },
        confirmed: charged && !givenBack && (isByPerson(decided) || dispute?.state === 'rejected'),
        denied: decided.outcome === 'let-go' && isByPerson(decided),
      },
    ]
  })
  return { visitId, endedAt: payment.sequence, lines }
}

const isByPerson = ({ rule }: DecidedLine) => rule === byPerson

/** Lines whose events are worth looking up. */
export const isWorthLooking = ({ lines }: EndedVisit): boolean => lines.some(({ confirmed }) => confirmed)

/**
 * @param visits that ended or changed after their end, each as it is now
 * @param countedTo visits that had ended by then have been counted; what was said of them since is new
 * @param evidence the newest of each event, of those visits that are worth looking
 * @param byWeight products of which no piece has a weight of its own
 */
export function outcomesOf(
  visits: readonly EndedVisit[],
  countedTo: number,
  evidence: ReadonlyMap<string, Evidence>,
  byWeight: ReadonlySet<string>,
): Outcomes {
  const ended = visits.filter(({ endedAt }) => endedAt > countedTo)
  const all = visits.flatMap(({ lines }) => lines)
  const owners = chargedLinesOf(all)
  const takings = all.flatMap((line) => {
    const taking = line.confirmed && !byWeight.has(line.sku) ? takingOf(line, evidence, owners) : undefined
    return taking ? [{ sku: line.sku, taking }] : []
  })
  const mistaken = ended.flatMap(mistakenOf)
  const sold = new Map<string, number>()
  for (const { sku, charged, givenBack } of ended.flatMap(({ lines }) => lines)) {
    if (charged && !givenBack) sold.set(sku, (sold.get(sku) ?? 0) + 1)
  }
  const givenBack = all.filter((line) => line.givenBack)
  return {
    visits: ended.length,
    confirmed: ended.flatMap(({ lines }) => lines).filter(({ confirmed }) => confirmed).length,
    corrected: mistaken.length,
    givenBack: givenBack.length,
    takings,
    doubtedEvents: new Set(givenBack.flatMap(({ eventIds }) => eventIds)),
    sold,
    mistaken,
  }
}

function chargedLinesOf(lines: readonly EndedLine[]): ReadonlyMap<string, number> {
  const count = new Map<string, number>()
  for (const { eventIds, charged } of lines) {
    if (charged) for (const eventId of eventIds) count.set(eventId, (count.get(eventId) ?? 0) + 1)
  }
  return count
}

/** A change this small beside a larger one may be an offset of its plate and no goods. */
const offsetShare = 0.2

/** What a piece weighed, where the events say it beyond doubt: whole, of this line alone, and seen by the sensors. */
function takingOf(
  { quantity, eventIds }: EndedLine,
  evidence: ReadonlyMap<string, Evidence>,
  owners: ReadonlyMap<string, number>,
): ConfirmedTaking | undefined {
  const [first] = eventIds
  const events = eventIds.flatMap((eventId) => evidence.get(eventId)?.event ?? [])
  const isClear = events.every(
    ({ eventId, kind, plates, deltaG }) =>
      (kind === 'removed' || kind === 'added') &&
      owners.get(eventId) === 1 &&
      plates.every((change) => Math.abs(change.deltaG) > offsetShare * Math.abs(deltaG)),
  )
  const takenG = -events.reduce((total, { deltaG }) => total + deltaG, 0)
  if (first === undefined || events.length < eventIds.length || !isClear || !Number.isInteger(quantity))
    return undefined
  if (takenG <= 0) return undefined
  const sigmaG = Math.hypot(...events.map((event) => event.sigmaG))
  return { event: first, pieceG: rounded(takenG / quantity), sigmaG: rounded(sigmaG / quantity), pieces: quantity }
}

/** A line that a person denied, where another that rests on the same events is charged: the one was taken for the other. */
function mistakenOf({ lines }: EndedVisit): Outcomes['mistaken'] {
  return lines
    .filter(({ denied, eventIds }) => denied && eventIds.length > 0)
    .flatMap((denied) => {
      const truly = lines.find(
        ({ sku, charged, givenBack, eventIds }) =>
          charged &&
          !givenBack &&
          sku !== denied.sku &&
          eventIds.length > 0 &&
          eventIds.every((eventId) => denied.eventIds.includes(eventId)),
      )
      return truly ? [{ sku: truly.sku, takenFor: denied.sku }] : []
    })
}

const rounded = (grams: number) => Math.round(grams * 100) / 100
