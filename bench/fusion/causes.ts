/** Why a line was wrong, waited for a person or was let go: found from what really happened, which only the twin knows. */
import type { Evidence } from '../../runtime/till-api/commands.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { visitIdOf } from '../../runtime/twin/virtual/records.ts'
import type { TruthEvent, VisitTruth } from '../../runtime/twin/world/truth.ts'
import { isRight, type LineOutcome, missedQuantity } from './line-outcome.ts'

export interface Shortfall {
  visitId: string
  sku: string
  what: 'wrong' | 'review' | 'let go'
  cause: string
  /** Of what was let go. */
  worthMinor: number
  /** As the line stated it; 0 when no line told of it. */
  probability: number
}

/** What a run's visits, and all that fusion heard of them, came to. */
export interface Happened {
  truth: readonly VisitTruth[]
  visits: readonly VisitSnapshot[]
  /** The last that was said of each event. */
  evidence: ReadonlyMap<string, Evidence>
}

/** A movement and its weight event may be this much apart. */
const apartMs = 1500
/** Scales and catalogues agree within this: more was something else's. */
const sigmas = 4
const standingG = 3

export function shortfallsOf(lines: readonly LineOutcome[], happened: Happened): Shortfall[] {
  return lines.flatMap((line) => {
    const { visitId, sku, probability, priceMinor } = line
    const cause = causeOf(line, basketLineOf(line, happened)?.eventIds ?? [], happened)
    const common = { visitId, sku, cause, probability }
    const worthMinor = missedQuantity(line) * priceMinor
    return [
      ...(line.outcome === 'charge' && !isRight(line) ? [{ ...common, what: 'wrong' as const, worthMinor: 0 }] : []),
      ...(line.outcome === 'review' ? [{ ...common, what: 'review' as const, worthMinor: 0 }] : []),
      ...(worthMinor > 0 ? [{ ...common, what: 'let go' as const, worthMinor }] : []),
    ]
  })
}

const basketLineOf = ({ visitId, lineId }: LineOutcome, { visits }: Happened) =>
  visits.find((visit) => visit.visitId === visitId)?.basket?.lines.find((line) => line.lineId === lineId)

function causeOf({ visitId, sku }: LineOutcome, eventIds: readonly string[], happened: Happened): string {
  const visit = happened.truth.find((one) => visitIdOf(one) === visitId)
  const own = visit?.events.filter((event) => event.sku === sku) ?? []
  return own.length > 0 ? ofMoved(own, visitId, happened) : ofNeverMoved(eventIds, happened)
}

/** The visit did move this product. */
function ofMoved(own: readonly TruthEvent[], visitId: string, { truth, visits, evidence }: Happened): string {
  const told = own.map((event) => [...evidence.values()].filter((one) => isOf(event, one)))
  if (visits.find((visit) => visit.visitId === visitId)?.personIds.length === 0) return 'nobody bound to the visit'
  if (told.some((evidences) => evidences.length === 0)) return 'no weight event told of it'
  const bound = new Set(visits.flatMap(({ personIds }) => personIds))
  const actors = told.flatMap((evidences) => evidences.flatMap(({ near }) => near?.[0]?.personId ?? []))
  if (actors.some((personId) => !bound.has(personId))) return 'its taker is bound to no visit'
  const all = truth.flatMap(({ events }) => events)
  const isShared = (event: TruthEvent) =>
    all.some((other) => other !== event && other.plate !== event.plate && apart(other, event) < apartMs / 2)
  if (told.some((evidences) => evidences.some(({ event }) => event.kind === 'gap'))) return 'across a gap'
  const isOff = own.some((event, i) => told[i]?.every((one) => Math.abs(one.event.deltaG - event.deltaG) > slackG(one)))
  if (isOff) return own.some(isShared) ? 'weighed with something else' : 'weighed wrong'
  if (own.some(({ quantity }) => quantity < 0)) return 'put back'
  return 'told well'
}

/** The visit never touched this product. */
function ofNeverMoved(eventIds: readonly string[], { truth, evidence }: Happened): string {
  const told = eventIds.flatMap((eventId) => evidence.get(eventId) ?? [])
  const really = truth.flatMap(({ events }) => events).filter((event) => told.some((one) => isOf(event, one)))
  if (really.length === 0) return 'not goods, taken for some'
  return really.some(({ quantity }) => quantity > 0) ? 'other goods, taken for it' : 'a put-back, taken for it'
}

const isOf = (event: TruthEvent, { event: told }: Evidence) =>
  told.plates.some(({ plate }) => event.plates.includes(plate)) &&
  event.fromMs <= told.settledAtMs + apartMs &&
  event.untilMs >= told.startedAtMs - apartMs

const apart = (a: TruthEvent, b: TruthEvent) => Math.max(a.fromMs - b.untilMs, b.fromMs - a.untilMs)
const slackG = ({ event }: Evidence) => sigmas * event.sigmaG + standingG

export interface CauseRow {
  cause: string
  wrongLines: number
  reviewLines: number
  /** Share of the worth of all goods. */
  letGo: number
}

/** What each cause comes to, the dearest first. */
export function causeRows(shortfalls: readonly Shortfall[], worthMinor: number): CauseRow[] {
  const count = (of: readonly Shortfall[], what: Shortfall['what']) => of.filter((one) => one.what === what).length
  return [...Map.groupBy(shortfalls, ({ cause }) => cause)]
    .map(([cause, of]) => ({
      cause,
      wrongLines: count(of, 'wrong'),
      reviewLines: count(of, 'review'),
      letGo: of.reduce((sum, one) => sum + one.worthMinor, 0) / Math.max(1, worthMinor),
    }))
    .sort((a, b) => b.wrongLines - a.wrongLines || b.letGo - a.letGo || b.reviewLines - a.reviewLines)
}
