/**
 * Receipts from the store's own cameras against receipts from a vision appliance, for the same visits: the cameras of
 * corner-shop's profile are rendered, looked at with the model that comes with Open Aisle and tracked, as in a store
 * that runs with --vision. The appliance is measured with what it sees in hands, and with its tracks alone.
 */
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { envelope } from '../../runtime/contract/messages.ts'
import type { StoreLayout } from '../../runtime/profile/layout.ts'
import type { Arrival } from '../../runtime/store/recorded-store.ts'
import { replayStore } from '../../runtime/store/replay-store.ts'
import { loadTwinStore, type TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'
import { arrivalsOf } from '../../runtime/twin/virtual/arrivals-of.ts'
import type { VirtualRecord } from '../../runtime/twin/virtual/records.ts'
import { runVirtual, usualStartMs, type VirtualTruth } from '../../runtime/twin/virtual/run-virtual.ts'
import type { World } from '../../runtime/twin/world/world.ts'
import type { DetectedFrame } from '../../runtime/vision/detection.ts'
import { CameraPeople } from '../../runtime/vision/tracking/camera-people.ts'
import { RenderedDetector } from '../vision/rendered-detector.ts'
import { shopCameras } from '../vision/scene.ts'
import { isRight, type LineOutcome } from './line-outcome.ts'
import { appliances, comersOf, type RunPlan } from './run-plan.ts'
import { outcomeOf } from './twin-run.ts'

type Options = Pick<RunPlan, 'mix' | 'appliance' | 'seed' | 'visits'>

/** How right receipts are: what lines charge or show to a reviewer, against what was taken. */
export interface ReceiptMeasures {
  visits: number
  precision: number
  recall: number
  f1: number
  /** Share of the visits whose receipt says exactly what was taken. */
  exact: number
  reviewPerThousand: number
  /** Charged lines that say more than was taken, per 1,000. */
  wrongPerThousand: number
}

interface Run {
  records: VirtualRecord[]
  truth: VirtualTruth
}

const storeName = 'corner-shop'
/** Shelves are not filled up meanwhile, so a run ends before they are empty. */
const visitsInRun = 8
const crowd = 3
/** From the picture to its detections, where the machine keeps up. */
const looksMs = 100

export async function measureVision(options: Options, asJson: boolean): Promise<void> {
  const store = await loadTwinStore(`hardware-profiles/${storeName}`)
  const rows: Record<'appliance' | 'applianceTracks' | 'ownCameras', LineOutcome[]> = {
    appliance: [],
    applianceTracks: [],
    ownCameras: [],
  }
  const reviews = { appliance: 0, applianceTracks: 0, ownCameras: 0 }
  const visits = { appliance: 0, applianceTracks: 0, ownCameras: 0 }
  for (let first = 0; first < options.visits; first += visitsInRun) {
    process.stderr.write(`\r${first} of ${options.visits} visits`)
    const plan: RunPlan = {
      ...{ store: storeName, crowd, mix: options.mix, appliance: options.appliance },
      seed: options.seed * 1_000_000 + first,
      visits: Math.min(visitsInRun, options.visits - first),
      turn: 0,
    }
    const { run, own } = await watched(plan, store)
    const seen: [keyof typeof rows, VirtualRecord[]][] = [
      ['appliance', run.records],
      ['applianceTracks', run.records.filter(({ type }) => type !== 'sighting')],
      ['ownCameras', withPeople(run.records, own)],
    ]
    for (const [name, records] of seen) {
      const outcome = receiptsOf(plan, store, { ...run, records })
      rows[name].push(...outcome.lines)
      reviews[name] += outcome.visitsInReview
      visits[name] += outcome.visits
    }
  }
  process.stderr.write('\r')
  const measures = (name: keyof typeof rows) => measuresOf(rows[name], visits[name], reviews[name], store.loaded.layout)
  const result = {
    ...{ store: storeName, appliance: measures('appliance'), applianceTracks: measures('applianceTracks') },
    ownCameras: measures('ownCameras'),
  }
  if (asJson) console.log(JSON.stringify(result))
  else print(result)
}

/** The run as it was, and what the store's own cameras told of its people meanwhile. */
async function watched(
  plan: RunPlan,
  { loaded, goods }: TwinStore,
): Promise<{ run: Run; own: (VirtualRecord & { type: 'people' })[] }> {
  const { layout, profile } = loaded
  const cameras = shopCameras(profile.cameras)
  const detector = new RenderedDetector(plan.seed)
  const clock = new VirtualClock(usualStartMs)
  const own: (VirtualRecord & { type: 'people' })[] = []
  const people = new CameraPeople({
    ...{ source: 'own', layout, clock, idPrefix: `own-${plan.seed}` },
    cameras: profile.cameras,
    onPeople: ({ receivedAtMs, seenAtMs, ...seen }) =>
      own.push({
        ...{ type: 'people', atMs: receivedAtMs },
        message: { ...envelope(layout.storeId, own.length + 1, receivedAtMs, seenAtMs), ...seen },
      }),
  })
  let world: World | undefined
  const certainty = appliances[plan.appliance]
  const virtual = runVirtual({
    ...{ layout, goods, seed: plan.seed, comers: comersOf(plan), certainty, vision: { frameHz: 10 } },
    onWorld: (made) => {
      world = made
    },
  })
  const records: VirtualRecord[] = []
  let looking: DetectedFrame[] = []
  let step = virtual.next()
  for (; !step.done; step = virtual.next()) {
    const record = step.value
    records.push(record)
    // As often as the appliance tells of people the cameras give pictures.
    if (record.type !== 'people' || !world) continue
    for (const frame of looking) {
      clock.advanceTo(frame.takenAtMs + looksMs)
      people.take(frame)
    }
    const moment = { atMs: record.atMs, people: [], world }
    looking = []
    for (const camera of cameras) looking.push(await detector.detect(camera, moment))
  }
  people.stop()
  return { run: { records, truth: step.value }, own }
}

/** What the cameras told in place of what the appliance did; they do not know what hands hold. */
function withPeople(records: readonly VirtualRecord[], own: readonly VirtualRecord[]): VirtualRecord[] {
  const others = records.filter(({ type }) => type !== 'people' && type !== 'sighting')
  return [...others, ...own].toSorted((a, b) => a.atMs - b.atMs)
}

function receiptsOf(plan: RunPlan, { loaded: { layout } }: TwinStore, { records, truth }: Run) {
  function* again(): Generator<VirtualRecord, VirtualTruth> {
    yield* records
    return truth
  }
  const arrivals: Generator<Arrival> = arrivalsOf(again())
  const { visits } = replayStore({
    ...{ startMs: usualStartMs, durationMs: 0, layout, admission: 'by-scan', arrivals },
  })
  return outcomeOf(plan, layout, visits, truth)
}

function measuresOf(
  lines: readonly LineOutcome[],
  visits: number,
  reviews: number,
  { products }: StoreLayout,
): ReceiptMeasures {
  const byWeight = new Set(products.filter(({ soldBy }) => soldBy === 'weight').map(({ sku }) => sku))
  // What is sold by weight is one piece, right or not.
  const pieces = (line: LineOutcome, quantity: number) => (byWeight.has(line.sku) ? Math.sign(quantity) : quantity)
  const [total, charged] = [{ right: 0, told: 0, taken: 0 }, lines.filter(({ outcome }) => outcome === 'charge')]
  const mistaken = new Set<string>()
  for (const line of lines) {
    const told = line.outcome === 'charge' || line.outcome === 'review' ? line.quantity : 0
    const isSame = told === line.trueQuantity
    const both = byWeight.has(line.sku) ? Number(isSame && told > 0) : Math.min(told, line.trueQuantity)
    total.right += both
    total.told += pieces(line, told)
    total.taken += pieces(line, line.trueQuantity)
    if (!isSame) mistaken.add(line.visitId)
  }
  const precision = total.right / Math.max(1, total.told)
  const recall = total.right / Math.max(1, total.taken)
  return {
    ...{ visits, precision, recall, f1: (2 * total.right) / Math.max(1, total.told + total.taken) },
    exact: 1 - mistaken.size / Math.max(1, visits),
    reviewPerThousand: (1000 * reviews) / Math.max(1, visits),
    wrongPerThousand: (1000 * charged.filter((line) => !isRight(line)).length) / Math.max(1, charged.length),
  }
}

function print({
  store,
  ...rows
}: { store: string } & Record<'appliance' | 'applianceTracks' | 'ownCameras', ReceiptMeasures>): void {
  console.log(`${store.padEnd(34)} visits     F1  precision  recall  exact  review ‰  wrong ‰`)
  const names = {
    appliance: 'appliance: tracks and sightings',
    applianceTracks: 'appliance: tracks alone',
    ownCameras: 'own cameras',
  } as const
  for (const [key, name] of Object.entries(names) as [keyof typeof names, string][]) {
    const row = rows[key]
    const cells = [
      String(row.visits).padStart(6),
      row.f1.toFixed(3).padStart(6),
      row.precision.toFixed(3).padStart(10),
      row.recall.toFixed(3).padStart(7),
      row.exact.toFixed(3).padStart(6),
      row.reviewPerThousand.toFixed(0).padStart(9),
      row.wrongPerThousand.toFixed(0).padStart(8),
    ]
    console.log(`${name.padEnd(34)} ${cells.join(' ')}`)
  }
}
