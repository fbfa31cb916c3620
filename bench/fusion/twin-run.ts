/** One store with simulated shoppers for some minutes of virtual time, and what became of each line. */

import type { WeightEvent } from '../../runtime/contract/messages.ts'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { Product, StoreLayout } from '../../runtime/profile/layout.ts'
import type { Arrival } from '../../runtime/store/recorded-store.ts'
import { replayStore } from '../../runtime/store/replay-store.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import type { TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'
import { behaviourOf, mixes } from '../../runtime/twin/shoppers/behaviour.ts'
import { CustomerBase } from '../../runtime/twin/shoppers/customer.ts'
import { arrivalsOf } from '../../runtime/twin/virtual/arrivals-of.ts'
import type { Comer } from '../../runtime/twin/virtual/callers.ts'
import { visitIdOf } from '../../runtime/twin/virtual/records.ts'
import { runVirtual, usualStartMs, type VirtualTruth } from '../../runtime/twin/virtual/run-virtual.ts'
import { goodAppliance, overConfidentAppliance, poorAppliance } from '../../runtime/twin/vision/sightings.ts'
import { hash32, streamOf } from '../../runtime/twin/world/hash-noise.ts'
import { itemsOf, type VisitTruth } from '../../runtime/twin/world/truth.ts'
import { processorMs } from '../processor-time.ts'
import { type Shortfall, shortfallsOf } from './causes.ts'
import type { LineOutcome } from './line-outcome.ts'
import type { StoreMemory } from './store-memory.ts'

export const appliances = {
  good: goodAppliance,
  poor: poorAppliance,
  'over-confident': overConfidentAppliance,
} as const
export const runMixes = mixes

export const isOneOf = <T extends object>(known: T, name: string): name is Extract<keyof T, string> =>
  Object.hasOwn(known, name)

export interface RunPlan {
  store: string
  seed: number
  visits: number
  /** How many shoppers are inside at once, about. */
  crowd: number
  mix: keyof typeof runMixes
  appliance: keyof typeof appliances
  /** Of which run of its store this is, from 0: it begins where the ones before it ended. */
  turn: number
}

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

/** About how long a shopper stays: so many come in that time as shall be inside at once. */
const usualStayMs = 60_000
/** Runs of one store are so far apart. */
const turnMs = 3_600_000
/** Scales tell weights, not identities: grams may differ by this share. */
const gramsTolerance = 0.03

/** @param memory what the store knows from its runs before, and keeps of this one */
export function runTwin(plan: RunPlan, { loaded, goods }: TwinStore, memory: StoreMemory): RunResult {
  const { seed } = plan
  const { layout } = loaded
  const startMs = usualStartMs + plan.turn * turnMs
  let truth: VirtualTruth | undefined
  let twinMs = 0
  function* arrivals(): Generator<Arrival> {
    const comers = comersOf(plan)
    const run = arrivalsOf(runVirtual({ layout, goods, seed, startMs, comers, certainty: appliances[plan.appliance] }))
    for (;;) {
      const beforeMs = processorMs()
      const step = run.next()
      twinMs += processorMs() - beforeMs
      if (step.done) {
        truth = step.value
        return
      }
      yield step.value
    }
  }
  const startedMs = processorMs()
  const delays = new LineDelays()
  const evidence = new Map<string, Evidence>()
  const { visits } = replayStore(
    { startMs, durationMs: 0, layout: memory.layout, admission: 'by-scan', arrivals: arrivals() },
    {
      recalled: memory.recalled,
      onEvidence: (one) => {
        delays.told(one.event)
        evidence.set(one.event.eventId, one)
      },
      onAttribution: ({ lines, receivedAtMs }) => {
        for (const { eventIds } of lines) for (const eventId of eventIds) delays.stands(eventId, receivedAtMs)
      },
    },
  )
  const platformSeconds = (processorMs() - startedMs - twinMs) / 1000
  if (!truth) throw new RangeError('a run that did not come to its end')
  const outcome = outcomeOf(plan, layout, visits, truth)
  const shortfalls = shortfallsOf(outcome.lines, { truth: truth.visits, visits, evidence })
  memory.keep({ visits, lines: outcome.lines, evidence })
  return { ...outcome, platformSeconds, lineDelaysMs: delays.all, shortfalls }
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

export function comersOf({ seed, visits, crowd, mix }: RunPlan): Comer[] {
  const random = (what: string) => seededRandom(hash32(seed, streamOf(what), 0))
  const customers = new CustomerBase(random('cards'), random('codes'), visits)
  const gaps = random('arrivals')
  let atMs = 0
  return Array.from({ length: visits }, (_, i) => {
    const customer = customers.comes()
    if (!customer) throw new RangeError('more visits than customers')
    atMs += (-Math.log(1 - gaps.next()) * usualStayMs) / crowd
    return { atMs, customer, choice: { behaviour: behaviourOf(runMixes[mix], i + 1, seed) } }
  })
}

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
