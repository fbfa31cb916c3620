/**
 * The store without protocols, as fast as it can be computed: the same world and shoppers, and a doorkeeper that
 * admits everybody, for tests of weighing and fusion on thousands of visits.
 */
import { envelope, type GatePass, type People, type Sighting } from '../../contract/messages.ts'
import { type Random, seededRandom } from '../../contract/random.ts'
import type { Point3DM, StoreLayout } from '../../profile/layout.ts'
import type { Planogram } from '../../profile/profile-schema.ts'
import type { SampleBatch } from '../../sensing-api/sensing-client.ts'
import type { RealGoods } from '../goods.ts'
import type { Act } from '../shoppers/acts.ts'
import { Arrivals } from '../shoppers/arrivals.ts'
import { type Behaviour, demonstrationBehaviour } from '../shoppers/behaviour.ts'
import { type Customer, CustomerBase } from '../shoppers/customer.ts'
import { Deliveries } from '../shoppers/deliveries.ts'
import { PeopleView } from '../vision/people-view.ts'
import { type Certainty, Sightings } from '../vision/sightings.ts'
import type { VisionQuality } from '../vision/vision-quality.ts'
import { facingQuantityOf } from '../world/facing-quantity.ts'
import { hash32, streamOf } from '../world/hash-noise.ts'
import type { Piece } from '../world/piece.ts'
import type { HandOver, VisitTruth } from '../world/truth.ts'
import { tickMs, World } from '../world/world.ts'
import { Doorkeeper } from './doorkeeper.ts'

export interface VirtualOptions {
  layout: StoreLayout
  /** How many of what the planogram has; without it the usual number. */
  planogram?: Planogram
  /** What really lies there, where catalogue and planogram are mistaken; `planogram` does not matter then. */
  goods?: RealGoods
  seed: number
  /** How many shoppers come at random; it ends some seconds after the last has left. */
  visits?: number
  /** The doors close for good: nobody comes any more, and it ends some seconds after the last has left. */
  closes?: (nowMs: number) => boolean
  /** Who comes when, instead of shoppers at random and deliveries: in the order of their coming. */
  comers?: readonly Comer[]
  /** Whether the doors let somebody in; without it everybody. */
  admits?: (visit: VisitTruth, atMs: number) => boolean
  shoppersPerHour?: number
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
  /** Who does what; `visit` counts from 1. Defaults to the demonstration's mix. */
  behaviourOf?: (visit: number) => Behaviour | { plan: Act[] }
  quiet?: boolean
}

/** Somebody who comes as soon after this time as the gate is free. */
export interface Comer {
  /** After the doors open. */
  atMs: number
  customer: Customer
  choice: Parameters<World['arrive']>[1]
}

/** What a store's sensors and doors say, in the order in which it is known. */
export type VirtualRecord = { atMs: number } & (
  | { type: 'samples'; batch: SampleBatch }
  | { type: 'people'; message: People }
  | { type: 'sighting'; message: Sighting }
  | {
      type: 'scan'
      gate: string
      token: string
      visitId: string
      role: VisitTruth['role']
      party: number
      admitted: boolean
    }
  | { type: 'gate-pass'; message: GatePass }
)

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

/** Who comes to the door. */
interface Callers {
  /** To be called each tick. */
  call(nowMs: number): void
  left(customer: Customer): void
  /** Nobody more will come. */
  readonly done: boolean
}

/** Customers at random, and staff who fill the shelves up when they run low. */
class Passersby implements Callers {
  readonly #world: World
  readonly #visits: number
  readonly #closes: (nowMs: number) => boolean
  #closed = false
  readonly #behaviourOf: NonNullable<VirtualOptions['behaviourOf']>
  readonly #customers: CustomerBase
  readonly #arrivals: Arrivals
  readonly #deliveries: Deliveries

  constructor(
    world: World,
    { visits, closes, behaviourOf = demonstrationBehaviour }: VirtualOptions,
    given: { random: (what: string) => Random; shoppersPerHour: number; startMs: number },
  ) {
    const { random, shoppersPerHour, startMs } = given
    this.#world = world
    this.#visits = visits ?? (closes ? Number.POSITIVE_INFINITY : 0)
    this.#closes = closes ?? (() => false)
    this.#behaviourOf = behaviourOf
    this.#customers = new CustomerBase(random('cards'), random('codes'))
    this.#arrivals = new Arrivals(random('arrivals'), { shoppersPerHour, floorM: world.plan.sizeM, startMs })
    this.#deliveries = new Deliveries(world, random('deliveries'))
  }

  get done(): boolean {
    return this.#closed || this.#world.truth.shoppers >= this.#visits
  }

  call(nowMs: number): void {
    this.#closed ||= this.#closes(nowMs)
    if (this.done) return
    const world = this.#world
    const shop = this.#deliveries.shop(nowMs)
    if (shop === 'delivery') world.arrive(this.#deliveries.comes(nowMs), { plan: this.#deliveries.plan() })
    if (shop !== 'open' || !this.#arrivals.due(nowMs, world.shoppers.length, world.gateFree)) return
    const choice = this.#behaviourOf(world.truth.shoppers + 1)
    const customer = this.#customers.comes()
    if (customer) world.arrive(customer, 'plan' in choice ? choice : { behaviour: choice })
  }

  left(customer: Customer): void {
    this.#customers.goes(customer)
  }
}

/** A list of who comes when. */
class Expected implements Callers {
  readonly #world: World
  readonly #waiting: Comer[]
  readonly #startMs: number

  constructor(world: World, comers: readonly Comer[], startMs: number) {
    this.#world = world
    this.#waiting = [...comers]
    this.#startMs = startMs
  }

  get done(): boolean {
    return this.#waiting.length === 0
  }

  call(nowMs: number): void {
    const [next] = this.#waiting
    if (!next || nowMs < this.#startMs + next.atMs || !this.#world.gateFree) return
    this.#waiting.shift()
    this.#world.arrive(next.customer, next.choice)
  }

  left(): void {}
}

/** Turns a fixture's plates into batches. */
class Sampler {
  readonly #world: World
  readonly #fixture: string
  readonly #plates: string[]
  readonly #rateHz: number
  readonly #size: number
  #firstAtMs: number

  constructor(world: World, fixture: string, rateHz: number, size: number, firstAtMs: number) {
    this.#world = world
    this.#fixture = fixture
    this.#plates = world.layout.plates.filter((plate) => plate.fixture === fixture).map(({ id }) => id)
    this.#rateHz = rateHz
    this.#size = size
    this.#firstAtMs = firstAtMs
  }

  *until(nowMs: number): Generator<VirtualRecord> {
    if (this.#plates.length === 0) return
    const stepMs = 1000 / this.#rateHz
    while (this.#firstAtMs + (this.#size - 1) * stepMs <= nowMs) {
      const firstAtMs = this.#firstAtMs
      const row = (plate: string) =>
        Array.from({ length: this.#size }, (_, i) => round(this.#world.shelves.gramsAt(plate, firstAtMs + i * stepMs)))
      const batch: SampleBatch = {
        fixture: this.#fixture,
        firstAtMs,
        rateHz: this.#rateHz,
        plates: this.#plates,
        grams: this.#plates.map(row),
      }
      this.#firstAtMs += this.#size * stepMs
      yield { type: 'samples', atMs: nowMs, batch }
    }
  }
}

/** Makes the messages that the till and sensing would make of what the world says. */
class Records {
  readonly #storeId: string
  #sequence = 0
  #waiting: VirtualRecord[] = []

  constructor(storeId: string) {
    this.#storeId = storeId
  }

  take(): VirtualRecord[] {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }

  scan(gate: string, visit: VisitTruth, atMs: number, admitted: boolean): void {
    const { credential: token, role, party } = visit
    this.#waiting.push({
      type: 'scan',
      ...{ atMs, gate, token, role, party, admitted },
      visitId: visitIdOf(visit),
    })
  }

  pass(gate: string, direction: 'in' | 'out', visit: VisitTruth, atMs: number): void {
    const passId = `${visitIdOf(visit)}-${direction}`
    // Whoever walks out says nothing: only the floor knows who it was.
    const visitId = direction === 'in' ? visitIdOf(visit) : null
    const message: GatePass = { type: 'gate-pass', ...this.#envelope(atMs), passId, gate, direction, visitId }
    this.#waiting.push({ type: 'gate-pass', atMs, message })
  }

  sighting(sightings: Sightings, piece: Piece, handM: Point3DM, atMs: number): void {
    const { camera, position, candidates } = sightings.of(piece, handM)
    const message: Sighting = {
      type: 'sighting',
      ...this.#envelope(atMs),
      camera,
      positionM: position,
      candidates: candidates.map(({ sku, p }) => ({ sku, probability: p })),
    }
    this.#waiting.push({ type: 'sighting', atMs, message })
  }

  people(view: PeopleView, atMs: number): VirtualRecord {
    const people = view
      .people(atMs)
      .map(({ id, head, hands, score }) => ({ trackId: id, headM: head, handsM: hands, score }))
    return { type: 'people', atMs, message: { type: 'people', ...this.#envelope(atMs), source: 'twin', people } }
  }

  #envelope(atMs: number) {
    return envelope(this.#storeId, ++this.#sequence, atMs)
  }
}

/** The visit as this run's messages call it. */
export const visitIdOf = (visit: VisitTruth): string => `visit-${visit.visit}`

const round = (grams: number) => Math.round(grams * 10) / 10
