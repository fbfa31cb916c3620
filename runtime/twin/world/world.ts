/**
 * The simulated store: shelves, people, gates and the truth about them. It moves in ticks of its own time, so
 * that the same seed gives the same day whether it runs live or as fast as it can.
 */
import { type Random, seededRandom, uniform } from '../../contract/random.ts'
import type { Kiosk, Point3DM, PointM, StoreLayout } from '../../profile/layout.ts'
import type { Act, Companion } from '../shoppers/acts.ts'
import { type Behaviour, demonstrationBehaviour } from '../shoppers/behaviour.ts'
import { Body } from '../shoppers/body.ts'
import type { Customer } from '../shoppers/customer.ts'
import { Gatherings } from '../shoppers/gatherings.ts'
import type { Offer } from '../shoppers/habits.ts'
import { live } from '../shoppers/life.ts'
import { planVisit } from '../shoppers/plan-visit.ts'
import { type Dropped, type Lifted, type Paying, Shopper, type Surroundings } from '../shoppers/shopper.ts'
import { bodyDistanceM } from '../shoppers/walking.ts'
import { FloorPlan, type Lane } from './floor-plan.ts'
import type { Direction, GateMechanics } from './gate-mechanics.ts'
import { along, distanceM } from './geometry.ts'
import { hash32, streamOf } from './hash-noise.ts'
import type { Piece } from './piece.ts'
import { type LiftChoice, type Moved, type PutDownChoice, Shelves } from './shelves.ts'
import { type Disturbance, TruthBook, type VisitTruth } from './truth.ts'

/** People move this often; finer than any camera looks. */
export const tickMs = 1000 / 30
/** After a longer stall (a suspended machine) the world goes on from now instead of catching up. */
const longestCatchUpMs = 30_000

const heightM: Record<'adult' | 'child', [number, number]> = { adult: [1.56, 1.82], child: [1.0, 1.3] }
/** Keeps the track ids of a party's members apart from those of later visits. */
const memberStep = 1_000_000

/** What the world tells the devices that are in it. */
export interface WorldEvents {
  credentialShown?(gate: string, visit: VisitTruth, atMs: number): void
  passed?(gate: string, direction: Direction, visit: VisitTruth, atMs: number): void
  /** A piece was held up in front of the body. */
  seen?(visit: VisitTruth, piece: Piece, handM: Point3DM, atMs: number): void
  /** Somebody wants to pay there. */
  atKiosk?(kiosk: string, visit: VisitTruth): Paying
  /** The last of a visit's people has gone. */
  left?(visit: VisitTruth, customer: Customer): void
}

/** Who comes, and what for. */
export interface Coming {
  /** As others' acts call this person; the account's id by default. */
  name?: string
  /** Defaults to the demonstration's mix. */
  behaviour?: Behaviour
  /** Overrules the behaviour, and is kept in its order. */
  plan?: readonly Act[]
  /** Without a code, behind the next who has one: no visit of the till's. */
  tailgates?: boolean
  /** Who comes along on the same code. */
  companions?: readonly Companion[]
}

/** How many people a code has to admit: children in tow are not counted. */
export function admitted({ companions, plan, behaviour }: Coming): number {
  if (companions) return 1 + companions.filter(({ child }) => !child).length
  return 1 + (plan ? 0 : (behaviour?.companions?.adults ?? 0))
}

export interface WorldOptions {
  layout: StoreLayout
  facingQuantity: ReadonlyMap<string, number>
  mechanics: ReadonlyMap<string, GateMechanics>
  seed: number
  startMs: number
  events?: WorldEvents
  quiet?: boolean
  /** Share of the pieces that lie over two plates of their product. Default 0. */
  straddling?: number
}

export class World implements Surroundings {
  readonly tickMs = tickMs
  readonly layout: StoreLayout
  readonly plan: FloorPlan
  readonly shelves: Shelves
  readonly truth = new TruthBook()
  readonly gatherings = new Gatherings()
  readonly dropped: Dropped[] = []
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
      straddling: options.straddling ?? 0,
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
    const isAway = ({ stage, tailgates }: Shopper) => stage === 'inside' || (tailgates && stage === 'outside')
    return this.#shoppers.every(({ shopper }) => isAway(shopper))
  }

  /** A customer comes to the gate, alone or with companions. */
  arrive(customer: Customer, coming: Coming = {}): VisitTruth {
    const number = this.truth.visits.length + 1
    const random = this.#randomFor(`visit-${number}`)
    const name = coming.name ?? customer.accountId
    const behaviour = coming.behaviour ?? demonstrationBehaviour(this.truth.shoppers + 1)
    const planned = coming.plan
      ? { plan: coming.plan, companions: [] }
      : planVisit(behaviour, this.offers(), random, `${name}-${number}`)
    const companions = coming.companions ?? planned.companions
    const lane = this.#laneOf('in', random)
    const visit = this.truth.open(customer, lane.gate, admitted({ companions }))
    const common = { customer, visit, flexible: coming.plan === undefined, tailgates: coming.tailgates ?? false }
    const leader = this.#comes(
      { ...common, name, plan: this.#planAt(lane, planned.plan, coming), leader: undefined, isChild: false, random },
      lane,
      0,
    )
    for (const [i, { name: called, child = false, plan = [] }] of companions.entries()) {
      const who = { name: called ?? `${name}-${i + 2}`, isChild: child, plan, leader }
      this.#comes({ ...common, ...who, random: this.#randomFor(`visit-${number}-${i + 2}`) }, lane, i + 1)
    }
    return visit
  }

  /** Where nobody was asked for a card at the door, whoever chooses freely what to do pays before leaving. */
  #planAt({ gate }: Lane, plan: readonly Act[], coming: Coming): readonly Act[] {
    return this.mechanics(gate).open && !coming.plan ? [...plan, { act: 'pay' }] : plan
  }

  /** @param place in the party's row before the gate */
  #comes(
    person: Pick<
      Shopper,
      'name' | 'customer' | 'visit' | 'flexible' | 'plan' | 'leader' | 'isChild' | 'tailgates' | 'random'
    >,
    lane: Lane,
    place: number,
  ): Shopper {
    const { random, visit, isChild, tailgates } = person
    const aside: PointM = [-lane.inwards[1], lane.inwards[0]]
    const shopper = new Shopper({
      ...person,
      trackId: String(100_000 + (hash32(this.#seed, streamOf('track'), visit.visit + memberStep * place) % 900_000)),
      body: new Body(
        along(lane.outerM, aside, (tailgates ? -1 : 1) * (0.8 + 0.6 * place)),
        uniform(random, ...heightM[isChild ? 'child' : 'adult']),
      ),
      speedMps: uniform(random, 0.9, 1.3),
      hand: random.next() < 0.15 ? 0 : 1,
    })
    this.#shoppers.push({ shopper, life: live(shopper, this) })
    return shopper
  }

  /** Plates with something on them. */
  offers(): Offer[] {
    const weightG = new Map(this.layout.products.map((product) => [product.sku, product.weightG]))
    return this.layout.plates.flatMap(({ id, fixture }) => {
      const front = this.shelves.pieces(id).at(-1)
      return front ? [{ plate: id, fixture, weightG: weightG.get(front.sku) ?? null }] : []
    })
  }

  #tick(): void {
    for (const { shopper, life } of this.#shoppers) {
      life.next()
      if (shopper.stage === 'inside') this.#freeLaneBehind(shopper)
    }
    const gone = this.#shoppers.filter(({ shopper }) => shopper.stage === 'gone')
    for (const one of gone) {
      const { visit, customer } = one.shopper
      this.#shoppers.splice(this.#shoppers.indexOf(one), 1)
      if (this.shoppers.every((other) => other.visit !== visit)) this.#events.left?.(visit, customer)
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

  inLane(shopper: Shopper): boolean {
    return [...this.#lanes.values()].includes(shopper)
  }

  showCredential(shopper: Shopper, gate: string): void {
    shopper.visit.scannedAtMs = this.nowMs
    this.#events.credentialShown?.(gate, shopper.visit, this.nowMs)
  }

  get kiosks(): readonly Kiosk[] {
    return this.layout.kiosks ?? []
  }

  standBeforeKiosk({ visit }: Shopper, kiosk: string): Paying {
    return this.#events.atKiosk?.(kiosk, visit) ?? { outcome: 'gave-up', left() {} }
  }

  passed(shopper: Shopper, gate: string, direction: Direction, counted: boolean): void {
    const { visit } = shopper
    if (direction === 'in') visit.enteredAtMs ??= this.nowMs
    else visit.leftAtMs = this.nowMs
    const mechanics = this.mechanics(gate)
    // Nothing counts at an open entrance.
    if (!counted || mechanics.open) return
    mechanics.passed(direction, this.nowMs)
    this.#events.passed?.(gate, direction, visit, this.nowMs)
  }

  footfall(shopper: Shopper): void {
    this.shelves.footfall(shopper.body.positionM, this.nowMs)
  }

  lift(shopper: Shopper, plate: string, choice: LiftChoice & { count?: number | undefined } = {}): Lifted | undefined {
    const lifted = this.shelves.liftTogether(plate, choice.count ?? 1, this.nowMs, choice)
    if (!lifted) return undefined
    for (const pieces of Map.groupBy(lifted.pieces, ({ sku }) => sku).values()) {
      this.truth.took(shopper.visit, pieces, this.#movement(plate, lifted))
    }
    return lifted
  }

  putDown(shopper: Shopper, plate: string, pieces: readonly Piece[], choice: PutDownChoice = {}): number {
    const moved = this.shelves.putDown(plate, pieces, this.nowMs, choice)
    for (const alike of Map.groupBy(pieces, ({ sku }) => sku).values()) {
      this.truth.put(shopper.visit, alike, this.#movement(plate, moved))
    }
    return moved.endMs
  }

  #movement(plate: string, { endMs, plates }: Moved) {
    const others = plates.map((one) => one.plate).filter((other) => other !== plate)
    return { fromMs: this.nowMs, untilMs: endMs, plates: [plate, ...others] }
  }

  changedHands(from: VisitTruth, to: Shopper, piece: Piece): void {
    this.truth.changedHands(from, to.visit, piece, this.nowMs)
  }

  disturbed(shopper: Shopper, what: Pick<Disturbance, 'act' | 'untilMs' | 'where' | 'deltaG'>): void {
    this.truth.disturbances.push({ ...what, fromMs: this.nowMs, visit: shopper.visit.visit })
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
