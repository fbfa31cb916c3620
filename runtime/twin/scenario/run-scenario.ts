/** Runs a scenario in virtual time, through the same stages as a replay, and says what came out of each visit. */
import type { Attribution, DecidedLine } from '../../contract/messages.ts'
import { defaultLineRules, type LineRulesPolicy } from '../../policy/line-rules.ts'
import type { Product } from '../../profile/layout.ts'
import type { Arrival, ReplayInput } from '../../store/recorded-store.ts'
import { replayStore } from '../../store/replay-store.ts'
import type { VisitSnapshot } from '../../till-api/events.ts'
import { arrivalsOf } from '../virtual/arrivals-of.ts'
import { visitIdOf } from '../virtual/records.ts'
import type { VirtualTruth } from '../virtual/run-virtual.ts'
import { type Item, itemsOf, type VisitTruth } from '../world/truth.ts'
import { playScenario, startMsOf } from './play-scenario.ts'
import type { Scenario } from './scenario-schema.ts'
import { scenarioStore, type TwinStore } from './scenario-store.ts'

export interface VisitOutcome {
  name: string
  role: VisitTruth['role']
  refused: boolean
  /** Acts of the plan that could not be done: the scenario is not what it says. */
  undone: string[]
  /** What was really taken, and not put back. */
  taken: Item[]
  charged: DecidedLine[]
  inReview: DecidedLine[]
  letGo: DecidedLine[]
}

export interface Misplaced {
  plate: string
  sku: string
  quantity: number
}

export interface ScenarioRun {
  seed: number
  /** In the order in which they came. */
  visits: VisitOutcome[]
  /** What `restock` would tell of goods in the wrong place, added up. */
  misplaced: Misplaced[]
  /** Store time. */
  durationMs: number
}

/** A scenario that is ready to be played to a platform: replayed by the stages themselves, or through wires. */
export interface PreparedScenario {
  input: ReplayInput
  lineRules: LineRulesPolicy
  /** To be called once the input is exhausted, with what the platform made of it. */
  conclude(visits: readonly VisitSnapshot[], misplaced: Misplaced[]): ScenarioRun
}

/** @param seed instead of the scenario's own, to try the same with other luck */
export function prepareScenario(scenario: Scenario, twin: TwinStore, seed = scenario.seed): PreparedScenario {
  const store = scenarioStore(scenario, twin)
  const { timeZone } = twin.loaded.profile
  let truth: VirtualTruth | undefined
  function* arrivals(): Generator<Arrival> {
    truth = yield* arrivalsOf(playScenario(scenario, store, { seed, timeZone }))
  }
  const products = new Map(store.stated.products.map((product) => [product.sku, product]))
  return {
    input: {
      ...{ startMs: startMsOf(scenario), durationMs: 0, layout: store.stated },
      ...{ admission: 'by-scan', arrivals: arrivals() },
    },
    lineRules: { ...defaultLineRules, ...scenario.policy?.lines },
    conclude(visits, misplaced) {
      if (!truth) throw new RangeError('a scenario that was not played to its end')
      return {
        ...{ seed, misplaced, durationMs: truth.endMs - truth.startMs },
        visits: truth.visits.map((visit) => outcomeOf(visit, visits, products)),
      }
    },
  }
}

/** Runs a scenario in this process, by the stages that the shipped flow is made of. */
export function runScenario(scenario: Scenario, twin: TwinStore, seed = scenario.seed): ScenarioRun {
  const { input, lineRules, conclude } = prepareScenario(scenario, twin, seed)
  const shelves = new ShelfMoves()
  const { visits } = replayStore(input, {
    policy: lineRules,
    onAttribution: (attribution) => shelves.add(attribution),
  })
  return conclude(visits, shelves.misplaced)
}

function outcomeOf(
  truth: VisitTruth,
  visits: readonly VisitSnapshot[],
  products: ReadonlyMap<string, Product>,
): VisitOutcome {
  const lines = visits.find(({ visitId }) => visitId === visitIdOf(truth))?.decision?.lines ?? []
  const of = (outcome: DecidedLine['outcome']) => lines.filter((line) => line.outcome === outcome)
  return {
    name: truth.accountId,
    role: truth.role,
    refused: truth.turnedAway,
    undone: truth.undone.map(({ act }) => act.act),
    taken: itemsOf(truth).map(({ sku, quantity }) =>
      products.get(sku)?.soldBy === 'weight' ? { sku, quantity: gramsOf(sku, truth) } : { sku, quantity },
    ),
    ...{ charged: of('charge'), inReview: of('review'), letGo: of('let-go') },
  }
}

/** What somebody took of what is sold by weight. */
const gramsOf = (sku: string, { events, putBackByOthers }: VisitTruth): number =>
  -[...events.filter(({ payer }) => payer === undefined), ...putBackByOthers].reduce(
    (sum, event) => (event.sku === sku ? sum + event.deltaG : sum),
    0,
  )

/** What attributions told of the shelves; a move is told again when it is understood better. */
class ShelfMoves {
  readonly #moves = new Map<string, Attribution['shelf'][number]>()

  add({ shelf }: Attribution): void {
    for (const move of shelf) this.#moves.set(JSON.stringify([move.eventId, move.plate, move.sku]), move)
  }

  get misplaced(): Misplaced[] {
    return misplacedOf([...this.#moves.values()].filter(({ misplaced }) => misplaced))
  }
}

/** Adds up moves of goods that do not belong where they were put. */
export function misplacedOf(moves: readonly Misplaced[]): Misplaced[] {
  const places = Map.groupBy(moves, ({ plate, sku }) => JSON.stringify([plate, sku]))
  return [...places.values()].flatMap((ofPlace) => {
    const { plate, sku } = ofPlace[0] as Misplaced
    const quantity = ofPlace.reduce((sum, move) => sum + move.quantity, 0)
    return quantity === 0 ? [] : [{ plate, sku, quantity }]
  })
}
