/** One shopper, and what of the world a shopper can use. */
import type { Random } from '../../contract/random.ts'
import type { Point3DM, PointM } from '../../profile/layout.ts'
import type { FloorPlan, Lane } from '../world/floor-plan.ts'
import type { GateMechanics } from '../world/gate-mechanics.ts'
import type { Piece } from '../world/piece.ts'
import type { Shelves } from '../world/shelves.ts'
import type { VisitTruth } from '../world/truth.ts'
import type { Act } from './behaviour.ts'
import type { Body } from './body.ts'
import type { Customer } from './customer.ts'

/** A piece with a shopper, and where it was. */
export interface Held {
  item: string
  piece: Piece
  from: string
}

export interface Shopper {
  readonly customer: Customer
  readonly visit: VisitTruth
  readonly plan: readonly Act[]
  /** Does something else first when there is no room at a shelf; otherwise the plan's order is kept. */
  readonly flexible: boolean
  readonly body: Body
  readonly random: Random
  readonly speedMps: number
  /** 0: left-handed. */
  readonly hand: 0 | 1
  stage: 'outside' | 'entering' | 'inside' | 'leaving' | 'gone'
  inHand: Held | undefined
  readonly bag: Held[]
}

/** What a shopper perceives of the world and does to it. */
export interface Surroundings {
  readonly nowMs: number
  readonly tickMs: number
  readonly plan: FloorPlan
  readonly shelves: Shelves
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
  laneFor(direction: 'in' | 'out', shopper: Shopper): Lane
  showCredential(shopper: Shopper, gate: string): void
  passed(shopper: Shopper, gate: string, direction: 'in' | 'out'): void
  footfall(shopper: Shopper): void
  took(shopper: Shopper, held: Held, untilMs: number): void
  /** Puts pieces of one product down on a plate. */
  put(shopper: Shopper, pieces: readonly Piece[], plate: string, untilMs: number): void
  /** A piece is held up where cameras can see it. */
  looksAt(shopper: Shopper, piece: Piece, handM: Point3DM): void
}

/** What a shopper does, one world tick at a time. */
export type Life<T = void> = Generator<void, T, void>
