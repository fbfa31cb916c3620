/**
 * The simulated store: shelves, people, gates and the truth about them. It moves in ticks of its own time, so
 * that the same seed gives the same day whether it runs live or as fast as it can.
 */
import { type Random, seededRandom, uniform } from '../../contract/random.ts'
import type { Point3DM, PointM, StoreLayout } from '../../profile/layout.ts'
import { type Act, type Behaviour, demonstrationBehaviour, type Offer, planVisit } from '../shoppers/behaviour.ts'
import { Body } from '../shoppers/body.ts'
import type { Customer } from '../shoppers/customer.ts'
import { live } from '../shoppers/life.ts'
import type { Held, Shopper, Surroundings } from '../shoppers/shopper.ts'
import { bodyDistanceM } from '../shoppers/walking.ts'
import { FloorPlan, type Lane } from './floor-plan.ts'
import type { Direction, GateMechanics } from './gate-mechanics.ts'
import { along, distanceM } from './geometry.ts'
import { hash32, streamOf } from './hash-noise.ts'
import type { Piece } from './piece.ts'
import { Shelves } from './shelves.ts'
import { TruthBook, type VisitTruth } from './truth.ts'

/** People move this often; finer than any camera looks. */
export const tickMs = 1000 / 30
/** After a longer stall (a suspended machine) the world goes on from now instead of catching up. */
const longestCatchUpMs = 30_000

/** What the world tells the devices that are in it. */
export interface WorldEvents {
  credentialShown?(gate: string, visit: VisitTruth, atMs: number): void
  passed?(gate: string, direction: Direction, visit: VisitTruth, atMs: number): void
  /** A piece was held up in front of the body. */
  seen?(visit: VisitTruth, piece: Piece, handM: Point3DM, atMs: number): void
  left?(visit: VisitTruth, customer: Customer): void
}

export interface WorldOptions {
  layout: StoreLayout
  facingQuantity: ReadonlyMap<string, number>
  mechanics: ReadonlyMap<string, GateMechanics>
  seed: number
  startMs: number
  events?: WorldEvents
  quiet?: boolean
}

export class World implements Surroundings {
  readonly tickMs = tickMs
  readonly layout: StoreLayout
  readonly plan: FloorPlan
  readonly shelves: Shelves
  readonly truth = new TruthBook()
  paused = false
  readonly #events: WorldEvents
  readonly #mechanics: ReadonlyMap<string, GateMechanics>
  readonly #seed: number
  readonly #startMs: number
  #ticks = 0
  readonly #shoppers: { shopper: Shopper; life: Generator<void, void, void> }[] = []
  readonly #claims = new Map<Shopper, PointM>()
  readonly #lanes = new Map<string, Shopper>()

  constructor(options: WorldOptions) {
    const { layout, seed } = options
    this.layout = layout
    this.#seed = seed
    this.#startMs = options.startMs
    this.#events = options.events ?? {}
    this.#mechanics = options.mechanics
    this.plan = new FloorPlan(layout)
    this.shelves = new Shelves({
      layout,
      facingQuantity: options.facingQuantity,
      footprints: this.plan.footprints,
      seed,
      random: this.#randomFor('shelves'),
      quiet: options.quiet ?? false,
    })
  }

  get nowMs(): number {
    return this.#startMs + this.#ticks * tickMs
  }

  /** Everybody from the reader on; those outside are not yet seen by any camera. */
  get shoppers(): Shopper[] {
    return this.#shoppers.map(({ shopper }) => shopper)
  }

  /** Lives on until `timeMs`. */
  advanceTo(timeMs: number): void {
    const behindMs = timeMs - this.nowMs
    if (behindMs > longestCatchUpMs) this.#ticks += Math.floor((behindMs - tickMs) / tickMs)
    while (this.nowMs + tickMs <= timeMs) {
      this.#ticks++
      if (!this.paused) this.#tick()
    }
  }

  /** Whether somebody can come to the gate now: nobody stands before it or passes it. */
  get gateFree(): boolean {
    return this.#shoppers.every(({ shopper }) => shopper.stage === 'inside')
  }

  /** A customer comes to the gate. The behaviour defaults to the demonstration's mix; `plan` overrules it. */
  arrive(customer: Customer, choice: { behaviour?: Behaviour; plan?: readonly Act[] } = {}): VisitTruth {
    const number = this.truth.visits.length + 1
    const random = this.#randomFor(`visit-${number}`)
    const plan =
      choice.plan ??
      planVisit(choice.behaviour ?? demonstrationBehaviour(this.truth.shoppers + 1), this.offers(), random)
    const trackId = String(100_000 + (hash32(this.#seed, streamOf('track'), number) % 900_000))
    const lane = this.#laneOf('in', random)
    const visit = this.truth.open(customer, lane.gate, trackId)
    const aside: PointM = [-lane.inwards[1], lane.inwards[0]]
    const shopper: Shopper = {
      customer,
      visit,
      plan,
      flexible: choice.plan === undefined,
      random,
      body: new Body(along(lane.outerM, aside, 0.8), uniform(random, 1.56, 1.82)),
      speedMps: uniform(random, 0.9, 1.3),
      hand: random.next() < 0.15 ? 0 : 1,
      stage: 'outside',
      inHand: undefined,
      bag: [],
    }
    this.#shoppers.push({ shopper, life: live(shopper, this) })
    return visit
  }

  /** Plates with something on them. */
  offers(): Offer[] {
    return this.layout.plates
      .filter(({ id }) => this.shelves.pieces(id).length > 0)
      .map(({ id, fixture }) => ({ plate: id, fixture }))
  }

  #tick(): void {
    for (const { shopper, life } of this.#shoppers) {
      life.next()
      if (shopper.stage === 'inside') this.#freeLaneBehind(shopper)
    }
    const gone = this.#shoppers.filter(({ shopper }) => shopper.stage === 'gone')
    for (const one of gone) {
      this.#shoppers.splice(this.#shoppers.indexOf(one), 1)
      this.#events.left?.(one.shopper.visit, one.shopper.customer)
    }
  }

  #freeLaneBehind(shopper: Shopper): void {
    for (const lane of this.plan.lanes) {
      const isIts = this.#lanes.get(lane.gate) === shopper
      const wantsOut = this.#leaving.has(shopper)
      if (isIts && !wantsOut && distanceM(shopper.body.positionM, lane.innerM) > 0.6) this.#lanes.delete(lane.gate)
    }
  }

  // ---- what shoppers see and do -----------------------------------------------------------------------

  readonly #leaving = new Set<Shopper>()

  mechanics(gate: string): GateMechanics {
    const mechanics = this.#mechanics.get(gate)
    if (!mechanics) throw new RangeError(`no mechanics for gate ${gate}`)
    return mechanics
  }

  others(shopper: Shopper): PointM[] {
    const others: PointM[] = []
    for (const { shopper: other } of this.#shoppers) if (other !== shopper) others.push(other.body.positionM)
    return others
  }

  hasRoom(shopper: Shopper, place: PointM, spacingM: number): boolean {
    for (const [other, claimed] of this.#claims) {
      if (other !== shopper && distanceM(claimed, place) < spacingM) return false
    }
    return this.others(shopper).every((other) => distanceM(other, place) >= Math.min(spacingM, bodyDistanceM + 0.1))
  }

  claim(shopper: Shopper, place: PointM, spacingM: number): boolean {
    const free = this.hasRoom(shopper, place, spacingM)
    if (free) this.#claims.set(shopper, place)
    return free
  }

  release(shopper: Shopper): void {
    this.#claims.delete(shopper)
  }

  laneFor(direction: Direction, shopper: Shopper): Lane {
    if (direction === 'in') return this.plan.lanes.find(({ gate }) => gate === shopper.visit.gate) as Lane
    return this.#laneOf(direction, shopper.random)
  }

  enterLane(shopper: Shopper, lane: Lane): boolean {
    const holder = this.#lanes.get(lane.gate)
    if (holder && holder !== shopper) return false
    this.#lanes.set(lane.gate, shopper)
    if (shopper.stage === 'inside') this.#leaving.add(shopper)
    return true
  }

  leaveLane(shopper: Shopper): void {
    for (const [gate, holder] of this.#lanes) if (holder === shopper) this.#lanes.delete(gate)
    this.#leaving.delete(shopper)
  }

  showCredential(shopper: Shopper, gate: string): void {
    shopper.visit.scannedAtMs = this.nowMs
    this.#events.credentialShown?.(gate, shopper.visit, this.nowMs)
  }

  passed(shopper: Shopper, gate: string, direction: Direction): void {
    if (direction === 'in') shopper.visit.enteredAtMs = this.nowMs
    else shopper.visit.leftAtMs = this.nowMs
    this.#events.passed?.(gate, direction, shopper.visit, this.nowMs)
  }

  footfall(shopper: Shopper): void {
    this.shelves.footfall(shopper.body.positionM, this.nowMs)
  }

  took(shopper: Shopper, held: Held, untilMs: number): void {
    this.truth.moved(shopper.visit, 1, [held.piece], held.from, this.nowMs, untilMs)
  }

  put(shopper: Shopper, pieces: readonly Piece[], plate: string, untilMs: number): void {
    this.truth.moved(shopper.visit, -1, pieces, plate, this.nowMs, untilMs)
  }

  looksAt(shopper: Shopper, piece: Piece, handM: Point3DM): void {
    this.#events.seen?.(shopper.visit, piece, handM, this.nowMs)
  }

  #laneOf(direction: Direction, random: Random): Lane {
    const fitting = this.plan.lanes.filter(
      ({ kind }) => kind === 'both' || kind === (direction === 'in' ? 'entry' : 'exit'),
    )
    const lane = fitting[Math.floor(random.next() * fitting.length)]
    if (!lane) throw new RangeError(`no gate to go ${direction}`)
    return lane
  }

  #randomFor(what: string): Random {
    return seededRandom(hash32(this.#seed, streamOf(what), 0))
  }
}
