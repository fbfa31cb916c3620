/** Brings customers to the gate: as the arrivals say, or as somebody asked for; each gets a fresh code first. */
import type { Clock } from '../contract/clock.ts'
import type { Accounts } from './accounts.ts'
import type { Arrivals } from './shoppers/arrivals.ts'
import type { Behaviour } from './shoppers/behaviour.ts'
import type { Customer, CustomerBase } from './shoppers/customer.ts'
import type { Deliveries } from './shoppers/deliveries.ts'
import { admitted, type Coming, type World } from './world/world.ts'

export interface DoorQueueOptions {
  world: World
  arrivals: Arrivals
  customers: CustomerBase
  deliveries: Deliveries
  accounts: Accounts
  clock: Clock
  /** What the next of those is like who come by themselves; the `visit`th, from 1. */
  behaviourOf(visit: number): Behaviour
  /** How many visits there shall be; null: no end. */
  visits: number | null
}

export class DoorQueue {
  readonly #options: DoorQueueOptions
  readonly #end = new AbortController()
  readonly #wanted: Coming[] = []
  #coming: Promise<void> | undefined
  #ready: { customer: Customer; wanted: Coming } | undefined
  #invited = 0

  constructor(options: DoorQueueOptions) {
    this.#options = options
  }

  /** Somebody comes as soon as the gate is free, beyond the number of visits that was set. */
  invite(wanted: Coming): void {
    this.#wanted.push(wanted)
    this.#invited++
  }

  /** To be called often. */
  mind(): void {
    const { world, arrivals, customers, deliveries, clock } = this.#options
    if (world.paused) return
    if (this.#ready && world.gateFree) {
      world.arrive(this.#ready.customer, this.#ready.wanted)
      this.#ready = undefined
    }
    if (this.#ready !== undefined || this.#coming !== undefined) return
    const nowMs = clock.nowMs()
    const shop = this.#moreToCome ? deliveries.shop(nowMs) : 'open'
    if (shop === 'closed') return
    if (shop === 'delivery') this.#bring(deliveries.comes(nowMs), { plan: deliveries.plan() })
    else if (this.#wanted.length > 0) this.#bring(customers.comes(), this.#wanted.shift() as Coming)
    else if (this.#moreToCome && arrivals.due(nowMs, world.shoppers.length, world.gateFree)) {
      this.#bring(customers.comes(), { behaviour: this.#options.behaviourOf(world.truth.shoppers + 1) })
    }
  }

  /** Whether no more will come by themselves and nobody is under way. */
  get finished(): boolean {
    const nobody = this.#options.world.shoppers.length === 0 && this.#coming === undefined && this.#ready === undefined
    return nobody && this.#wanted.length === 0 && !this.#moreToCome
  }

  async stop(): Promise<void> {
    this.#end.abort()
    await this.#coming
  }

  get #moreToCome(): boolean {
    const { visits, world } = this.#options
    if (visits === null) return true
    return (
      world.truth.visits.filter(({ turnedAway, role }) => !turnedAway && role === 'shopper').length <
      visits + this.#invited
    )
  }

  #bring(customer: Customer | undefined, wanted: Coming): void {
    const { customers, accounts } = this.#options
    if (!customer) return
    this.#coming = accounts.register(customer, admitted(wanted), this.#end.signal).then((registered) => {
      if (registered) this.#ready = { customer, wanted }
      else customers.goes(customer)
      this.#coming = undefined
    })
  }
}
