/** One person in the store, and what of the world a person can use. */
import type { Random } from '../../contract/random.ts'
import type { Kiosk, Point3DM, PointM } from '../../profile/layout.ts'
import type { FloorPlan, Lane } from '../world/floor-plan.ts'
import type { GateMechanics } from '../world/gate-mechanics.ts'
import type { Piece } from '../world/piece.ts'
import type { LiftChoice, PutDownChoice, Shelves } from '../world/shelves.ts'
import type { Disturbance, VisitTruth } from '../world/truth.ts'
import type { Act } from './acts.ts'
import type { Body } from './body.ts'
import type { Customer } from './customer.ts'
import type { Gatherings } from './gatherings.ts'

/** A piece with a shopper, and where it was. */
export interface Held {
  item: string
  piece: Piece
  from: string
}

/** Left, right. */
export type Side = 0 | 1

export class Shopper {
  /** As others' acts call this person. */
  readonly name: string
  readonly customer: Customer
  readonly visit: VisitTruth
  /** Whom this person came along with; undefined: the one who has the code. */
  readonly leader: Shopper | undefined
  readonly isChild: boolean
  /** Has no code, and slips in behind somebody who has. */
  readonly tailgates: boolean
  /** The ids under which the vision appliance knew this person. */
  readonly trackIds: string[]
  readonly plan: readonly Act[]
  /** Does something else first when there is no room at a shelf; otherwise the plan's order is kept. */
  readonly flexible: boolean
  readonly body: Body
  readonly random: Random
  readonly speedMps: number
  readonly hand: Side
  stage: 'outside' | 'entering' | 'inside' | 'leaving' | 'gone' = 'outside'
  readonly hands: readonly [Held[], Held[]] = [[], []]
  /** Bag and pockets. */
  readonly bag: Held[] = []
  /** Where this person stands ready, with a hand at the plate or not. */
  ready: { plate: string; side: Side | null } | undefined
  /** Places of this person's last errands, newest last. */
  readonly been: PointM[] = []
  /** All of the plan is done: there is nothing to wait for but the others of the party. */
  finished = false
  /** Who wants this person to stand still. */
  caller: Shopper | undefined
  /** Whom this person has called. */
  calls: Shopper | undefined
  /** Stands still for its caller. */
  listens = false

  constructor(
    person: Pick<
      Shopper,
      | 'name'
      | 'customer'
      | 'visit'
      | 'leader'
      | 'isChild'
      | 'tailgates'
      | 'plan'
      | 'flexible'
      | 'body'
      | 'random'
      | 'speedMps'
      | 'hand'
    > & { trackId: string },
  ) {
    this.name = person.name
    this.customer = person.customer
    this.visit = person.visit
    this.leader = person.leader
    this.isChild = person.isChild
    this.tailgates = person.tailgates
    this.plan = person.plan
    this.flexible = person.flexible
    this.body = person.body
    this.random = person.random
    this.speedMps = person.speedMps
    this.hand = person.hand
    this.trackIds = [person.trackId]
    this.visit.trackIds.push(person.trackId)
  }

  /** What the preferred hand holds. */
  get inHand(): Held | undefined {
    return this.hands[this.hand][0]
  }

  /** The tracker lost this person, and found them again under another id. */
  retracked(trackId: string): void {
    this.trackIds.push(trackId)
    this.visit.trackIds.push(trackId)
  }
}

/** Something on the floor, and whose visit dropped it. */
export interface Dropped {
  held: Held
  atM: PointM
  by: VisitTruth
}

export interface Lifted {
  pieces: Piece[]
  /** Until when the plate feels it. */
  endMs: number
}

/** How it goes with paying at a kiosk. */
export interface Paying {
  /** null: not yet. */
  outcome: 'paid' | 'gave-up' | null
  /** The shopper goes away. */
  left(): void
}

/** What a shopper perceives of the world and does to it. */
export interface Surroundings {
  readonly nowMs: number
  readonly tickMs: number
  readonly plan: FloorPlan
  readonly shelves: Shelves
  readonly gatherings: Gatherings
  readonly kiosks: readonly Kiosk[]
  /** What lies on the floor. */
  readonly dropped: Dropped[]
  /** Everybody from the gate on. */
  readonly shoppers: Shopper[]
  mechanics(gate: string): GateMechanics
  /** Where everybody else stands. */
  others(shopper: Shopper): PointM[]
  /** Claims a place to stand: false when another's place or body is nearer than `spacingM`. Replaces the claim before. */
  claim(shopper: Shopper, place: PointM, spacingM: number): boolean
  /** Whether {@link claim} would succeed. */
  hasRoom(shopper: Shopper, place: PointM, spacingM: number): boolean
  release(shopper: Shopper): void
  /** Claims a gate's lane for oneself. */
  enterLane(shopper: Shopper, lane: Lane): boolean
  leaveLane(shopper: Shopper): void
  /** Whether somebody has a gate's lane to itself. */
  inLane(shopper: Shopper): boolean
  laneFor(direction: 'in' | 'out', shopper: Shopper): Lane
  showCredential(shopper: Shopper, gate: string): void
  standBeforeKiosk(shopper: Shopper, kiosk: string): Paying
  /** Has walked through; `counted` by the gate, or unseen by it. */
  passed(shopper: Shopper, gate: string, direction: 'in' | 'out', counted: boolean): void
  footfall(shopper: Shopper): void
  /** Takes pieces of one product off a plate at once. undefined: there is none. */
  lift(shopper: Shopper, plate: string, choice?: LiftChoice & { count?: number | undefined }): Lifted | undefined
  /** Puts pieces down on a plate at once. @returns until when the plate feels it */
  putDown(shopper: Shopper, plate: string, pieces: readonly Piece[], choice?: PutDownChoice): number
  changedHands(from: VisitTruth, to: Shopper, piece: Piece): void
  disturbed(shopper: Shopper, what: Pick<Disturbance, 'act' | 'untilMs' | 'where' | 'deltaG'>): void
  /** A piece is held up where cameras can see it. */
  looksAt(shopper: Shopper, piece: Piece, handM: Point3DM): void
}

/** What a shopper does, one world tick at a time. */
export type Life<T = void> = Generator<void, T, void>
