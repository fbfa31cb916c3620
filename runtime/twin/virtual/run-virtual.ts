/**
 * The store without protocols, as fast as it can be computed: the same world and shoppers, and a doorkeeper that
 * admits everybody, for tests of weighing and fusion on thousands of visits.
 */
import { seededRandom } from '../../contract/random.ts'
import type { StoreLayout } from '../../profile/layout.ts'
import type { Planogram } from '../../profile/profile-schema.ts'
import type { RealGoods } from '../goods.ts'
import type { ArrivalRate } from '../shoppers/arrivals.ts'
import { PeopleView } from '../vision/people-view.ts'
import { type Certainty, Sightings } from '../vision/sightings.ts'
import type { VisionQuality } from '../vision/vision-quality.ts'
import { facingQuantityOf } from '../world/facing-quantity.ts'
import { hash32, streamOf } from '../world/hash-noise.ts'
import type { HandOver, VisitTruth } from '../world/truth.ts'
import { tickMs, World } from '../world/world.ts'
import { type Comer, Expected, Passersby, type PassersbyOptions } from './callers.ts'
import { Doorkeeper } from './doorkeeper.ts'
import { Records, type VirtualRecord } from './records.ts'
import { Sampler } from './sampler.ts'

export interface VirtualOptions extends PassersbyOptions {
  layout: StoreLayout
  /** How many of what the planogram has; without it the usual number. */
  planogram?: Planogram
  /** What really lies there, where catalogue and planogram are mistaken; `planogram` does not matter then. */
  goods?: RealGoods
  /** Who comes when, instead of shoppers at random and deliveries: in the order of their coming. */
  comers?: readonly Comer[]
  /** Whether the doors let somebody in; without it everybody. */
  admits?: (visit: VisitTruth, atMs: number) => boolean
  shoppersPerHour?: ArrivalRate
  /** Unix ms; whole seconds make the times easy to read. */
  startMs?: number
  /** Samples a second of each plate. */
  rateHz?: number
  /** Samples in a batch. */
  batchSize?: number
  idChangesPerMinute?: number
  /** How well the appliance follows people; what is not given is as in the demonstration. */
  vision?: Partial<VisionQuality>
  /** How good the appliance's classifier is. */
  certainty?: Certainty
  quiet?: boolean
  /** Share of the pieces that lie over two plates of their product. Default 0. */
  straddling?: number
  /** Is given the world before anything happens in it, to look at it whenever the run pauses. */
  onWorld?: (world: World) => void
}

/** The end of a run. */
export interface VirtualTruth {
  startMs: number
  endMs: number
  visits: VisitTruth[]
  handOvers: HandOver[]
}

/** Unix ms; whole seconds make the times easy to read. */
export const usualStartMs = 1_800_000_000_000
const defaults = { shoppersPerHour: 120, startMs: usualStartMs, rateHz: 15, batchSize: 3 }
/** Plates are heard for this long before the doors open and after the last has gone. */
export const quietMs = 5000
/** Nobody stays longer; a run that would is broken. */
const longestVisitMs = 20 * 60_000

/** @returns when exhausted: the truth. Holds no more than the moment, so runs can be of any length. */
export function* runVirtual(options: VirtualOptions): Generator<VirtualRecord, VirtualTruth> {
  const { layout, seed } = options
  const { shoppersPerHour, startMs, rateHz, batchSize } = { ...defaults, ...options }
  const random = (what: string) => seededRandom(hash32(seed, streamOf(what), 0))
  const records = new Records(layout.storeId)
  const doorkeeper = new Doorkeeper(layout)
  const sightings = new Sightings(layout, random('sightings'), options.certainty)
  const world = new World({
    layout: options.goods?.layout ?? layout,
    facingQuantity:
      options.goods?.facingQuantity ?? (options.planogram ? facingQuantityOf(options.planogram) : new Map()),
    mechanics: doorkeeper.mechanics,
    seed,
    startMs,
    quiet: options.quiet ?? false,
    straddling: options.straddling ?? 0,
    events: {
      credentialShown(gate, visit, atMs) {
        const admitted = options.admits?.(visit, atMs) ?? true
        if (admitted) doorkeeper.shown(gate, atMs, visit.party)
        records.scan(gate, visit, atMs, admitted)
      },
      passed: (gate, direction, visit, atMs) => records.pass(gate, direction, visit, atMs),
      seen: (_, piece, handM, atMs) => records.sighting(sightings, piece, handM, atMs),
      left: (_, customer) => callers.left(customer),
    },
  })
  options.onWorld?.(world)
  const { idChangesPerMinute = options.vision?.idChangesPerMinute ?? 0 } = options
  const view = new PeopleView(world, { ...options.vision, seed, idChangesPerMinute })
  const callers = options.comers
    ? new Expected(world, options.comers, startMs + quietMs)
    : new Passersby(world, options, { random, shoppersPerHour, startMs: startMs + quietMs })
  const samplers = layout.fixtures.map(
    ({ id }, i) =>
      new Sampler(world, id, rateHz, batchSize, startMs + (i * 1000) / rateHz / (layout.fixtures.length + 1)),
  )
  const ticksPerFrame = Math.max(1, Math.round(1000 / view.frameHz / tickMs))
  let emptySinceMs = startMs
  for (let tick = 1; ; tick++) {
    const nowMs = startMs + tick * tickMs
    world.advanceTo(nowMs + 0.001)
    doorkeeper.mind(nowMs)
    callers.call(nowMs)
    yield* records.take()
    if (tick % ticksPerFrame === 0) yield records.people(view, nowMs)
    for (const sampler of samplers) yield* sampler.until(nowMs)
    if (world.shoppers.length > 0 || !callers.done) emptySinceMs = nowMs
    if (nowMs - emptySinceMs > quietMs) return { startMs, endMs: nowMs, ...truthOf(world) }
    if (world.shoppers.some(({ visit }) => nowMs - (visit.scannedAtMs ?? nowMs) > longestVisitMs)) {
      throw new RangeError(`seed ${seed}: a visit never ends`)
    }
  }
}

const truthOf = ({ truth: { visits, handOvers } }: World) => ({ visits, handOvers })
