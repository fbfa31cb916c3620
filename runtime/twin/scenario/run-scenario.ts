/** Runs a scenario in virtual time, through the same stages as a replay, and says what came out of each visit. */
import type { Attribution, DecidedLine } from '../../contract/messages.ts'
import { decideEntry, defaultEntryRules } from '../../policy/entry-rules.ts'
import { defaultLineRules } from '../../policy/line-rules.ts'
import type { Product } from '../../profile/layout.ts'
import type { ReplayInput } from '../../store/recorded-store.ts'
import { replayStore } from '../../store/replay-store.ts'
import type { VisitSnapshot } from '../../till-api/events.ts'
import { behaviours } from '../shoppers/behaviour.ts'
import { arrivalsOf } from '../virtual/arrivals-of.ts'
import type { Comer } from '../virtual/callers.ts'
import { visitIdOf } from '../virtual/records.ts'
import { quietMs, runVirtual, usualStartMs, type VirtualTruth } from '../virtual/run-virtual.ts'
import { type StreamFault, withFaults } from '../virtual/stream-faults.ts'
import { goodAppliance, poorAppliance } from '../vision/sightings.ts'
import { type Item, itemsOf, type VisitTruth } from '../world/truth.ts'
import type { Scenario, ScenarioVisit } from './scenario-schema.ts'
import { type ScenarioStore, scenarioStore, type TwinStore } from './scenario-store.ts'

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

/** @param seed instead of the scenario's own, to try the same with other luck */
export function runScenario(scenario: Scenario, twin: TwinStore, seed = scenario.seed): ScenarioRun {
  const store = scenarioStore(scenario, twin)
  let truth: VirtualTruth | undefined
  const input: ReplayInput = {
    startMs: startMsOf(scenario),
    durationMs: 0,
    layout: store.stated,
    admission: 'by-scan',
    arrivals: (function* () {
      truth = yield* arrivalsOf(virtualRun(scenario, store, { seed, timeZone: twin.loaded.profile.timeZone }))
    })(),
  }
  const shelves = new ShelfMoves()
  const { visits } = replayStore(input, {
    policy: { ...defaultLineRules, ...scenario.policy?.lines },
    onAttribution: (attribution) => shelves.add(attribution),
  })
  if (!truth) throw new RangeError('a run without an end')
  const products = new Map(store.stated.products.map((product) => [product.sku, product]))
  return {
    seed,
    visits: truth.visits.map((visit) => outcomeOf(visit, visits, products)),
    misplaced: shelves.misplaced,
    durationMs: truth.endMs - truth.startMs,
  }
}

function virtualRun(
  scenario: Scenario,
  { stated, real }: ScenarioStore,
  { seed, timeZone }: { seed: number; timeZone: string },
) {
  const startMs = startMsOf(scenario)
  const { rateHz, batchSize, appliance = 'good', idChangesPerMinute } = scenario.sensors ?? {}
  const run = runVirtual({
    ...{ layout: stated, goods: real, seed, startMs },
    ...(rateHz === undefined ? {} : { rateHz }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(idChangesPerMinute === undefined ? {} : { idChangesPerMinute }),
    certainty: appliance === 'poor' ? poorAppliance : goodAppliance,
    comers: comersOf(scenario),
    admits: doorOf(scenario, timeZone),
  })
  return withFaults(run, faultsOf(scenario, startMs), seed)
}

const startMsOf = ({ opensAt }: Scenario) => (opensAt === undefined ? usualStartMs : Date.parse(opensAt) - quietMs)

function comersOf({ visits }: Scenario): Comer[] {
  return visits
    .map((visit): Comer => {
      const { name, role = 'shopper', comesAtS = 0 } = visit
      const customer = { accountId: name, role, credential: `code-of-${name}`, payment: null }
      return { atMs: comesAtS * 1000, customer, choice: choiceOf(visit) }
    })
    .sort((a, b) => a.atMs - b.atMs)
}

function choiceOf({ does, behaviour, with: companions }: ScenarioVisit): Comer['choice'] {
  const known = behaviour === undefined ? undefined : behaviours[behaviour]
  return { ...(known ? { behaviour: known } : { plan: does ?? [] }), ...(companions ? { companions } : {}) }
}

/** The entry rules, as the flow's node would apply them. */
function doorOf(scenario: Scenario, timeZone: string): (visit: VisitTruth, atMs: number) => boolean {
  const policy = { ...defaultEntryRules, ...scenario.policy?.entry }
  const admitted = new Set<VisitTruth>()
  return (visit, atMs) => {
    const { name, account } = scenario.visits.find((one) => one.name === visit.accountId) as ScenarioVisit
    const inside = [...admitted].filter((other) => other.role === 'shopper' && other.leftAtMs === null).length
    const { decision } = decideEntry(
      {
        ...{ known: true, openVisit: false, debt: false, blocked: false, adult: null, usable: true },
        ...{ accountId: name, role: visit.role, party: visit.party },
        ...account,
      },
      policy,
      { atMs, timeZone },
      { inside, canSee: true },
    )
    if (decision === 'admit') admitted.add(visit)
    return decision === 'admit'
  }
}

function faultsOf({ faults = [] }: Scenario, startMs: number): StreamFault[] {
  return faults.map(({ atS, forS, ...fault }) => {
    const fromMs = atS === undefined ? startMs : startMs + quietMs + atS * 1000
    const untilMs = forS === undefined ? Number.POSITIVE_INFINITY : fromMs + forS * 1000
    return { share: 1, ...fault, fromMs, untilMs } as StreamFault
  })
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
    const wrong = [...this.#moves.values()].filter(({ misplaced }) => misplaced)
    const places = Map.groupBy(wrong, ({ plate, sku }) => JSON.stringify([plate, sku]))
    return [...places.values()].flatMap((moves) => {
      const { plate, sku } = moves[0] as Misplaced
      const quantity = moves.reduce((sum, move) => sum + move.quantity, 0)
      return quantity === 0 ? [] : [{ plate, sku, quantity }]
    })
  }
}
