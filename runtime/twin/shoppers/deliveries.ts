/** Fills the shelves up again: when little is left, the shop closes, and a member of staff brings new goods. */
import type { Random } from '../../contract/random.ts'
import type { World } from '../world/world.ts'
import type { Act } from './acts.ts'
import { type Customer, codeOf } from './customer.ts'

/** Goods are brought when less than this share of them is left. */
const lowShare = 0.4
/** A tray holds so many pieces; they are put down together. */
const trayPieces = 6
/** Whoever was not let in does not try again sooner. */
const againMs = 30 * 60_000

export class Deliveries {
  readonly #world: World
  readonly #codes: Random
  readonly #clean: boolean
  #deliveries = 0
  #notBeforeMs = Number.NEGATIVE_INFINITY

  /** @param options `clean`: staff clean a fixture each time, one after the other */
  constructor(world: World, codes: Random, { clean = false }: { clean?: boolean } = {}) {
    this.#world = world
    this.#codes = codes
    this.#clean = clean
  }

  /** `closed`: shoppers are to leave first, or staff are at work; `delivery`: staff can come in now. */
  shop(nowMs: number): 'open' | 'closed' | 'delivery' {
    const { shoppers, shelves } = this.#world
    if (shoppers.some(({ customer }) => customer.role === 'staff')) return 'closed'
    if (nowMs < this.#notBeforeMs || shelves.stockShare >= lowShare) return 'open'
    return shoppers.length === 0 ? 'delivery' : 'closed'
  }

  /** The member of staff who brings the goods. */
  comes(nowMs: number): Customer {
    this.#notBeforeMs = nowMs + againMs
    return { accountId: 'staff-1', role: 'staff', credential: codeOf(this.#codes, 40), payment: null }
  }

  /** Tray by tray until everything is full; then, where staff clean, a fixture. */
  plan(): Act[] {
    const { layout } = this.#world
    const fixture = layout.fixtures[this.#deliveries++ % layout.fixtures.length]
    return this.#clean && fixture ? [...this.#trays(), { act: 'clean', fixture: fixture.id }] : this.#trays()
  }

  #trays(): Act[] {
    const { shelves } = this.#world
    return shelves.plateIds.flatMap((plate) =>
      shelves.missing(plate).flatMap(({ sku, count }) =>
        Array.from(
          { length: Math.ceil(count / trayPieces) },
          (_, tray): Act => ({
            act: 'fill',
            plate,
            sku,
            count: Math.min(trayPieces, count - tray * trayPieces),
          }),
        ),
      ),
    )
  }
}
