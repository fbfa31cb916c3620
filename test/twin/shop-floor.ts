/** The corner shop as a world of people alone: a doorkeeper admits everybody, and nobody comes unless told to. */
import assert from 'node:assert/strict'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import type { Act } from '../../runtime/twin/shoppers/acts.ts'
import type { Customer } from '../../runtime/twin/shoppers/customer.ts'
import { Doorkeeper } from '../../runtime/twin/virtual/doorkeeper.ts'
import type { Piece } from '../../runtime/twin/world/piece.ts'
import type { VisitTruth } from '../../runtime/twin/world/truth.ts'
import { type Coming, tickMs, World, type WorldEvents } from '../../runtime/twin/world/world.ts'

export const startMs = 1_800_000_000_000

export class ShopFloor {
  readonly world: World
  readonly doorkeeper: Doorkeeper
  /** What was held up where cameras see it. */
  readonly seen: { visit: VisitTruth; piece: Piece }[] = []
  /** What the gate counted. */
  readonly passes: { direction: 'in' | 'out'; visit: VisitTruth }[] = []
  #come = 0

  constructor({ layout }: LoadedStore, seed: number, options: { quiet?: boolean; admits?: boolean } = {}) {
    const { quiet = true, admits = true } = options
    this.doorkeeper = new Doorkeeper(layout)
    const events: WorldEvents = {
      credentialShown: (gate, visit, atMs) => {
        if (admits) this.doorkeeper.shown(gate, atMs, visit.party)
      },
      passed: (_, direction, visit) => this.passes.push({ direction, visit }),
      seen: (visit, piece) => this.seen.push({ visit, piece }),
    }
    const { mechanics } = this.doorkeeper
    this.world = new World({ layout, facingQuantity: new Map(), mechanics, seed, startMs, quiet, events })
  }

  comes(coming: Coming = {}, role: Customer['role'] = 'shopper'): VisitTruth {
    const number = ++this.#come
    const name = coming.name ?? `customer-${number}`
    const customer: Customer = { accountId: name, role, credential: `code-${number}`, payment: null }
    return this.world.arrive(customer, coming)
  }

  /** One tick; false once everybody has left. */
  tick(): boolean {
    const { world } = this
    world.advanceTo(world.nowMs + tickMs * 1.001)
    this.doorkeeper.mind(world.nowMs)
    assert.ok(world.nowMs - startMs < 60 * 60_000, 'somebody never leaves')
    return world.shoppers.length > 0
  }

  /** Until everybody has left; `meanwhile` at each tick. */
  untilEmpty(meanwhile?: () => void): void {
    while (this.tick()) meanwhile?.()
  }

  /** One person's whole visit. */
  visit(plan: readonly Act[], role?: Customer['role']): VisitTruth {
    const visit = this.comes({ plan }, role)
    this.untilEmpty()
    return visit
  }

  /** Several people at once, each as soon as the gate is free. */
  visits(...comings: Coming[]): VisitTruth[] {
    const visits = comings.map((coming) => {
      while (!this.world.gateFree) this.tick()
      return this.comes(coming)
    })
    this.untilEmpty()
    return visits
  }

  /** What a plate shows now. */
  gramsAt(plate: string): number {
    return this.world.shelves.gramsAt(plate, this.world.nowMs)
  }
}

/** What a visit moved: product, quantity, plate. */
export const moves = ({ events }: VisitTruth) => events.map(({ sku, quantity, plate }) => [sku, quantity, plate])
