/**
 * The store without protocols, as fast as it can be computed: the same world and shoppers, and a doorkeeper that
 * admits everybody, for tests of weighing and fusion on thousands of visits.
 */
import { envelope, type GatePass, type People, type Sighting } from '../../contract/messages.ts'
import { seededRandom } from '../../contract/random.ts'
import type { Point3DM, StoreLayout } from '../../profile/layout.ts'
import type { Planogram } from '../../profile/profile-schema.ts'
import type { SampleBatch } from '../../sensing-api/sensing-client.ts'
import { Arrivals } from '../shoppers/arrivals.ts'
import { type Act, type Behaviour, demonstrationBehaviour } from '../shoppers/behaviour.ts'
import { CustomerBase } from '../shoppers/customer.ts'
import { Deliveries } from '../shoppers/deliveries.ts'
import { frameHz, PeopleView } from '../vision/people-view.ts'
import { type Certainty, Sightings } from '../vision/sightings.ts'
import { facingQuantityOf } from '../world/facing-quantity.ts'
import { hash32, streamOf } from '../world/hash-noise.ts'
import type { Piece } from '../world/piece.ts'
import type { VisitTruth } from '../world/truth.ts'
import { tickMs, World } from '../world/world.ts'
import { Doorkeeper } from './doorkeeper.ts'

export interface VirtualOptions {
  layout: StoreLayout
  planogram: Planogram
  seed: number
  /** How many shoppers come; it ends some seconds after the last has left. */
  visits: number
  shoppersPerHour?: number
  /** Unix ms; whole seconds make the times easy to read. */
  startMs?: number
  /** Samples a second of each plate. */
  rateHz?: number
  /** Samples in a batch. */
  batchSize?: number
  idChangesPerMinute?: number
  /** How good the appliance's classifier is. */
  certainty?: Certainty
  /** Who does what; `visit` counts from 1. Defaults to the demonstration's mix. */
  behaviourOf?: (visit: number) => Behaviour | { plan: Act[] }
  quiet?: boolean
}

/** What a store's sensors and doors say, in the order in which it is known. */
export type VirtualRecord = { atMs: number } & (
  | { type: 'samples'; batch: SampleBatch }
  | { type: 'people'; message: People }
  | { type: 'sighting'; message: Sighting }
  | { type: 'scan'; gate: string; token: string; visitId: string; role: VisitTruth['role'] }
  | { type: 'gate-pass'; message: GatePass }
)

/** The end of a run. */
export interface VirtualTruth {
  startMs: number
  endMs: number
  visits: VisitTruth[]
}

const defaults = { shoppersPerHour: 120, startMs: 1_800_000_000_000, rateHz: 15, batchSize: 3 }
/** Plates are heard for this long before the first comes and after the last has gone. */
const quietMs = 5000
/** Nobody stays longer; a run that would is broken. */
const longestVisitMs = 20 * 60_000

/** @returns when exhausted: the truth. Holds no more than the moment, so runs can be of any length. */
export function* runVirtual(options: VirtualOptions): Generator<VirtualRecord, VirtualTruth> {
  const { layout, seed, visits } = options
  const { shoppersPerHour, startMs, rateHz, batchSize } = { ...defaults, ...options }
  const random = (what: string) => seededRandom(hash32(seed, streamOf(what), 0))
  const records = new Records(layout.storeId)
  const doorkeeper = new Doorkeeper(layout)
  const customers = new CustomerBase(random('cards'), random('codes'))
  const sightings = new Sightings(layout, random('sightings'), options.certainty)
  const world = new World({
    layout,
    facingQuantity: facingQuantityOf(options.planogram),
    mechanics: doorkeeper.mechanics,
    seed,
    startMs,
    quiet: options.quiet ?? false,
    events: {
      credentialShown(gate, visit, atMs) {
        doorkeeper.shown(gate, atMs)
        records.scan(gate, visit, atMs)
      },
      passed: (gate, direction, visit, atMs) => records.pass(gate, direction, visit, atMs),
      seen: (_, piece, handM, atMs) => records.sighting(sightings, piece, handM, atMs),
      left: (_, customer) => customers.goes(customer),
    },
  })
  const view = new PeopleView(world, { seed, idChangesPerMinute: options.idChangesPerMinute ?? 0 })
  const arrivals = new Arrivals(random('arrivals'), {
    shoppersPerHour,
    floorM: world.plan.sizeM,
    startMs: startMs + quietMs,
  })
  const samplers = layout.fixtures.map(
    ({ id }, i) =>
      new Sampler(world, id, rateHz, batchSize, startMs + (i * 1000) / rateHz / (layout.fixtures.length + 1)),
  )
  const deliveries = new Deliveries(world, random('deliveries'))
  const ticksPerFrame = Math.round(1000 / frameHz / tickMs)
  let emptySinceMs = startMs
  for (let tick = 1; ; tick++) {
    const nowMs = startMs + tick * tickMs
    world.advanceTo(nowMs + 0.001)
    doorkeeper.mind(nowMs)
    const come = world.truth.shoppers
    const shop = come < visits ? deliveries.shop(nowMs) : 'open'
    if (shop === 'delivery') world.arrive(deliveries.comes(nowMs), { plan: deliveries.plan() })
    else if (shop === 'open' && come < visits && arrivals.due(nowMs, world.shoppers.length, world.gateFree)) {
      const choice = (options.behaviourOf ?? demonstrationBehaviour)(come + 1)
      const customer = customers.comes()
      if (customer) world.arrive(customer, 'plan' in choice ? choice : { behaviour: choice })
    }
    yield* records.take()
    if (tick % ticksPerFrame === 0) yield records.people(view, nowMs)
    for (const sampler of samplers) yield* sampler.until(nowMs)
    if (world.shoppers.length > 0 || come < visits) emptySinceMs = nowMs
    if (nowMs - emptySinceMs > quietMs) return { startMs, endMs: nowMs, visits: world.truth.visits }
    if (nowMs > startMs + (visits + 1) * longestVisitMs) throw new RangeError(`seed ${seed}: a visit never ends`)
  }
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

  scan(gate: string, visit: VisitTruth, atMs: number): void {
    this.#waiting.push({
      type: 'scan',
      atMs,
      gate,
      token: visit.credential,
      visitId: visitIdOf(visit),
      role: visit.role,
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
