/** One store with simulated shoppers for some minutes of virtual time, and what became of each line. */

import type { WeightEvent } from '../../runtime/contract/messages.ts'
import type { Product, StoreLayout } from '../../runtime/profile/layout.ts'
import type { Arrival } from '../../runtime/store/recorded-store.ts'
import { replayStore } from '../../runtime/store/replay-store.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import type { TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'
import { visitIdOf } from '../../runtime/twin/virtual/records.ts'
import type { VirtualTruth } from '../../runtime/twin/virtual/run-virtual.ts'
import { itemsOf, type VisitTruth } from '../../runtime/twin/world/truth.ts'
import { processorMs } from '../processor-time.ts'
import { type Shortfall, shortfallsOf } from './causes.ts'
import type { LineOutcome } from './line-outcome.ts'
import { type RunPlan, startMsOf } from './run-plan.ts'
import type { SensedEnd, SensedRun } from './sensed-run.ts'
import type { StoreMemory } from './store-memory.ts'

export interface RunResult {
  plan: RunPlan
  visits: number
  visitsInReview: number
  lines: LineOutcome[]
  mostAtOnce: number
  storeSeconds: number
  /** What weighing, people, fusion and decisions took together, of one core. */
  platformSeconds: number
  /** From a weight event's telling until its line stood in a basket. */
  lineDelaysMs: number[]
  /** Why lines were wrong, in review or let go. */
  shortfalls: Shortfall[]
}

/** Scales tell weights, not identities: grams may differ by this share. */
const gramsTolerance = 0.03

/**
 * @param sensed what sensing tells in it
 * @param memory what the store knows from its runs before, and keeps of this one
 * @throws RangeError of a run that jams
 */
export function runTwin(
  plan: RunPlan,
  { loaded: { layout } }: TwinStore,
  sensed: SensedRun,
  memory: StoreMemory,
): RunResult {
  let end: SensedEnd | undefined
  let sensingMs = 0
  function* arrivals(): Generator<Arrival> {
    for (;;) {
      const beforeMs = processorMs()
      const step = sensed.next()
      sensingMs += processorMs() - beforeMs
      if (step.done) {
        end = step.value
        return
      }
      yield step.value
    }
  }
  const startedMs = processorMs()
  const delays = new LineDelays()
  const evidence = new Map<string, Evidence>()
  const { visits } = replayStore(
    { startMs: startMsOf(plan), durationMs: 0, layout: memory.layout, admission: 'by-scan', arrivals: arrivals() },
    {
      memory: memory.fusion,
      onEvidence: (one) => {
        delays.told(one.event)
        evidence.set(one.event.eventId, one)
      },
      onAttribution: ({ lines, receivedAtMs }) => {
        for (const { eventIds } of lines) for (const eventId of eventIds) delays.stands(eventId, receivedAtMs)
      },
    },
  )
  const othersMs = processorMs() - startedMs - sensingMs
  if (!end) throw new RangeError('a run that did not come to its end')
  const { truth, weighingMs } = end
  const outcome = outcomeOf(plan, layout, visits, truth)
  const shortfalls = shortfallsOf(outcome.lines, { truth: truth.visits, visits, evidence })
  memory.keep({ visits, lines: outcome.lines, evidence })
  return { ...outcome, platformSeconds: (weighingMs + othersMs) / 1000, lineDelaysMs: delays.all, shortfalls }
}

/** What a run's visits came to, against what really happened. */
export function outcomeOf(
  plan: RunPlan,
  layout: StoreLayout,
  visits: readonly VisitSnapshot[],
  truth: VirtualTruth,
): Omit<RunResult, 'platformSeconds' | 'lineDelaysMs' | 'shortfalls'> {
  const products = new Map(layout.products.map((product) => [product.sku, product]))
  const shoppers = truth.visits.filter(({ role, enteredAtMs }) => role === 'shopper' && enteredAtMs !== null)
  return {
    plan,
    visits: shoppers.length,
    visitsInReview: shoppers.filter((visit) => snapshotOf(visit, visits)?.decision?.outcome === 'review').length,
    lines: shoppers.flatMap((visit) => linesOf(visit, snapshotOf(visit, visits), products)),
    mostAtOnce: mostAtOnce(shoppers),
    storeSeconds: (truth.endMs - truth.startMs) / 1000,
  }
}

const snapshotOf = (visit: VisitTruth, visits: readonly VisitSnapshot[]) =>
  visits.find(({ visitId }) => visitId === visitIdOf(visit))

function linesOf(
  visit: VisitTruth,
  snapshot: VisitSnapshot | undefined,
  products: ReadonlyMap<string, Product>,
): LineOutcome[] {
  const isByWeight = (sku: string) => products.get(sku)?.soldBy === 'weight'
  const priceMinor = (sku: string) => (products.get(sku)?.priceMinor ?? 0) / (isByWeight(sku) ? 1000 : 1)
  const visitId = visitIdOf(visit)
  const really = new Map(
    itemsOf(visit).map(({ sku, quantity }) => [sku, isByWeight(sku) ? gramsOf(sku, visit) : quantity]),
  )
  const lines = snapshot?.decision?.lines ?? []
  const told = lines.map(({ lineId, sku, outcome, probability, quantity }, i): LineOutcome => {
    const left = really.get(sku) ?? 0
    const isLast = !lines.slice(i + 1).some((line) => line.sku === sku)
    let trueQuantity = isLast ? left : Math.min(left, quantity)
    if (isByWeight(sku) && Math.abs(quantity - left) <= gramsTolerance * left) trueQuantity = quantity
    really.set(sku, Math.max(0, left - trueQuantity))
    return { visitId, lineId, sku, outcome, probability, quantity, trueQuantity, priceMinor: priceMinor(sku) }
  })
  const untold = [...really].filter(([sku]) => !told.some((line) => line.sku === sku))
  return [
    ...told,
    ...untold.map(([sku, trueQuantity]): LineOutcome => {
      const nothing = { outcome: 'untold' as const, probability: 0, quantity: 0 }
      return { visitId, sku, ...nothing, trueQuantity, priceMinor: priceMinor(sku) }
    }),
  ]
}

/** What somebody took of what is sold by weight. */
const gramsOf = (wanted: string, { events, putBackByOthers }: VisitTruth): number =>
  -[...events.filter(({ payer }) => payer === undefined), ...putBackByOthers]
    .filter(({ sku }) => sku === wanted)
    .reduce((sum, { deltaG }) => sum + deltaG, 0)

function mostAtOnce(visits: readonly VisitTruth[]): number {
  const inside = (atMs: number) =>
    visits.filter(
      ({ enteredAtMs, leftAtMs }) => (enteredAtMs ?? 0) <= atMs && (leftAtMs ?? Number.POSITIVE_INFINITY) > atMs,
    ).length
  return Math.max(0, ...visits.map(({ enteredAtMs }) => inside(enteredAtMs ?? 0)))
}

/** How long after it was told an event stands in somebody's basket for the first time. */
class LineDelays {
  readonly #toldAtMs = new Map<string, number>()
  readonly #delaysMs = new Map<string, number>()

  get all(): number[] {
    return [...this.#delaysMs.values()]
  }

  /** Of put-backs, baskets say nothing by their ids. */
  told({ eventId, deltaG, receivedAtMs }: WeightEvent): void {
    if (deltaG < 0 && !this.#toldAtMs.has(eventId)) this.#toldAtMs.set(eventId, receivedAtMs)
  }

  stands(eventId: string, atMs: number): void {
    const toldAtMs = this.#toldAtMs.get(eventId)
    if (toldAtMs !== undefined && !this.#delaysMs.has(eventId)) this.#delaysMs.set(eventId, atMs - toldAtMs)
  }
}
