/** When the next customer comes: at random, as many an hour as asked for, never more than the shop holds. */
import type { Random } from '../../contract/random.ts'
import type { PointM } from '../../profile/layout.ts'

/** Two customers never come closer together than this (chosen): one has to put the phone away first. */
const leastGapMs = 3000
/** Floor for each customer at the most crowded moment (chosen): a small shop with one at every shelf. */
const floorPerShopperM2 = 12

export class Arrivals {
  readonly #random: Random
  readonly #meanGapMs: number
  readonly #most: number
  #nextMs: number

  constructor(random: Random, options: { shoppersPerHour: number; floorM: PointM; startMs: number }) {
    this.#random = random
    this.#meanGapMs = 3_600_000 / Math.max(0.001, options.shoppersPerHour)
    this.#most = Math.max(2, Math.floor((options.floorM[0] * options.floorM[1]) / floorPerShopperM2))
    // The first one is not kept waiting: whoever starts a demonstration wants to see somebody.
    this.#nextMs = options.startMs + leastGapMs
  }

  /** Whether somebody comes now; asked often. Who finds the shop full comes as soon as there is room. */
  due(nowMs: number, inside: number, gateFree: boolean): boolean {
    if (nowMs < this.#nextMs || inside >= this.#most || !gateFree) return false
    this.#nextMs = nowMs + leastGapMs - Math.log(1 - this.#random.next()) * Math.max(0, this.#meanGapMs - leastGapMs)
    return true
  }
}
