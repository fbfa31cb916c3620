/** Who comes to the door of a run without protocols: shoppers at random, or a list of who comes when. */
import type { Random } from '../../contract/random.ts'
import type { Act } from '../shoppers/acts.ts'
import { type ArrivalRate, Arrivals } from '../shoppers/arrivals.ts'
import { type Behaviour, behaviourOf, type Mix, mixes } from '../shoppers/behaviour.ts'
import { type Customer, CustomerBase } from '../shoppers/customer.ts'
import { Deliveries } from '../shoppers/deliveries.ts'
import type { World } from '../world/world.ts'

/** Somebody who comes as soon after this time as the gate is free. */
export interface Comer {
  /** After the doors open. */
  atMs: number
  customer: Customer
  choice: Parameters<World['arrive']>[1]
}

export interface Callers {
  /** To be called each tick. */
  call(nowMs: number): void
  left(customer: Customer): void
  /** Nobody more will come. */
  readonly done: boolean
}

/** Who comes at random. */
export interface PassersbyOptions {
  seed: number
  /** How many shoppers come at random; it ends some seconds after the last has left. */
  visits?: number
  /** The doors close for good: nobody comes any more, and it ends some seconds after the last has left. */
  closes?: (nowMs: number) => boolean
  /** Whose hours `shoppersPerHour` means, where they differ; UTC by default. */
  timeZone?: string
  /** Which kinds of shoppers come; the demonstration's by default. */
  mix?: Mix
  /** Who does what, instead of a mix; `visit` counts from 1. */
  behaviourOf?: (visit: number) => Behaviour | { plan: Act[] }
}

/** Customers at random, and staff who fill the shelves up when they run low. */
export class Passersby implements Callers {
  readonly #world: World
  readonly #visits: number
  readonly #closes: (nowMs: number) => boolean
  #closed = false
  readonly #behaviourOf: NonNullable<PassersbyOptions['behaviourOf']>
  readonly #customers: CustomerBase
  readonly #arrivals: Arrivals
  readonly #deliveries: Deliveries

  constructor(
    world: World,
    { visits, closes, mix = mixes.demonstration, seed, timeZone, ...options }: PassersbyOptions,
    given: { random: (what: string) => Random; shoppersPerHour: ArrivalRate; startMs: number },
  ) {
    const { random, shoppersPerHour, startMs } = given
    this.#world = world
    this.#visits = visits ?? (closes ? Number.POSITIVE_INFINITY : 0)
    this.#closes = closes ?? (() => false)
    this.#behaviourOf = options.behaviourOf ?? ((visit) => behaviourOf(mix, visit, seed))
    this.#customers = new CustomerBase(random('cards'), random('codes'))
    this.#arrivals = new Arrivals(random('arrivals'), { shoppersPerHour, floorM: world.plan.sizeM, startMs, timeZone })
    this.#deliveries = new Deliveries(world, random('deliveries'), { clean: mix.staffClean })
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
export class Expected implements Callers {
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
