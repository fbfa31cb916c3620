/** Where hands may be: the plates within reach of somebody. Fed from people positions, for polling by need. */
import type { Clock, Timer } from '../contract/clock.ts'
import type { Person } from '../contract/messages.ts'
import type { Plate } from '../profile/layout.ts'

/** An arm, a step, and what a tracked position is off by. */
const reachM = 1.5
/** Without news of people for so long nobody knows where they are. */
const blindAfterMs = 2000

export class Attention {
  #plates: readonly Plate[]
  readonly #clock: Clock
  readonly #onChange: (plates: ReadonlySet<string> | undefined) => void
  #blind: Timer | undefined

  /** @param onChange called with the plates within reach of somebody; undefined: nobody knows */
  constructor(plates: readonly Plate[], clock: Clock, onChange: (plates: ReadonlySet<string> | undefined) => void) {
    this.#plates = plates
    this.#clock = clock
    this.#onChange = onChange
  }

  /** These are the store's plates from now on. */
  change(plates: readonly Plate[]): void {
    this.#plates = plates
  }

  see(people: readonly Person[]): void {
    this.#clock.clear(this.#blind)
    this.#blind = this.#clock.after(blindAfterMs, () => this.#onChange(undefined))
    const near = this.#plates.filter(({ positionM: [x, y] }) =>
      people.some(({ headM: [px, py] }) => Math.hypot(px - x, py - y) <= reachM),
    )
    this.#onChange(new Set(near.map(({ id }) => id)))
  }

  stop(): void {
    this.#clock.clear(this.#blind)
  }
}
