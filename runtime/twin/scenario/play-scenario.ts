/** A scenario as the twin plays it: who comes, whom the door lets in, and what breaks on the way to the platform. */
import { decideEntry, defaultEntryRules } from '../../policy/entry-rules.ts'
import { behaviours } from '../shoppers/behaviour.ts'
import type { Comer } from '../virtual/callers.ts'
import type { VirtualRecord } from '../virtual/records.ts'
import { quietMs, runVirtual, usualStartMs, type VirtualTruth } from '../virtual/run-virtual.ts'
import { type StreamFault, withFaults } from '../virtual/stream-faults.ts'
import { goodAppliance, overConfidentAppliance, poorAppliance } from '../vision/sightings.ts'
import { goodVision, poorVision } from '../vision/vision-quality.ts'
import type { VisitTruth } from '../world/truth.ts'
import type { Scenario, ScenarioVisit } from './scenario-schema.ts'
import type { ScenarioStore } from './scenario-store.ts'

/** What the platform of this scenario's store hears; when exhausted: the truth. */
export function playScenario(
  scenario: Scenario,
  { stated, real }: ScenarioStore,
  { seed, timeZone }: { seed: number; timeZone: string },
): Generator<VirtualRecord, VirtualTruth> {
  const startMs = startMsOf(scenario)
  const { rateHz, batchSize, appliance = 'good', tracking = 'good', idChangesPerMinute } = scenario.sensors ?? {}
  const run = runVirtual({
    ...{ layout: stated, goods: real, seed, startMs },
    ...(rateHz === undefined ? {} : { rateHz }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(idChangesPerMinute === undefined ? {} : { idChangesPerMinute }),
    certainty: appliances[appliance],
    vision: trackers[tracking],
    comers: comersOf(scenario),
    admits: doorOf(scenario, timeZone),
  })
  return withFaults(run, faultsOf(scenario, startMs), seed)
}

const appliances = { good: goodAppliance, poor: poorAppliance, 'over-confident': overConfidentAppliance } as const
const trackers = { good: goodVision, poor: poorVision } as const

/** When plates are first heard; the doors open a little later. */
export const startMsOf = ({ opensAt }: Scenario) =>
  opensAt === undefined ? usualStartMs : Date.parse(opensAt) - quietMs

function comersOf({ visits }: Scenario): Comer[] {
  return visits
    .map((visit): Comer => {
      const { name, role = 'shopper', comesAtS = 0 } = visit
      const customer = { accountId: name, role, credential: `code-of-${name}`, payment: null }
      return { atMs: comesAtS * 1000, customer, choice: choiceOf(visit) }
    })
    .sort((a, b) => a.atMs - b.atMs)
}

function choiceOf({ does, behaviour, tailgates = false, with: companions }: ScenarioVisit): Comer['choice'] {
  const known = behaviour === undefined ? undefined : behaviours[behaviour]
  return { ...(known ? { behaviour: known } : { plan: does ?? [] }), ...(companions ? { companions } : {}), tailgates }
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
