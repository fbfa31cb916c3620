/** When the next customer comes: at random, as many an hour as that hour of the day has, never more than the shop holds. */

import { localMoment } from '../../contract/opening-hours.ts'
import type { Random } from '../../contract/random.ts'
import type { PointM } from '../../profile/layout.ts'

/** Shoppers an hour: the same all day, or one number for each hour of the day, from 0 to 23 o'clock. */
export type ArrivalRate = number | readonly number[]

/**
 * A convenience store near offices (assumption: hardly anybody at night, a morning, a noon and an evening peak), as
 * shares of the busiest hour.
 */
export const usualDayShape: readonly number[] = [
  0.08, 0.05, 0.03, 0.03, 0.04, 0.1, 0.3, 0.65, 0.8, 0.45, 0.4, 0.65, 1, 0.8, 0.45, 0.4, 0.45, 0.6, 0.85, 0.75, 0.55,
  0.4, 0.25, 0.15,
]

/** The usual day with so many shoppers in its busiest hour. */
export const usualDay = (busiestPerHour: number): number[] => usualDayShape.map((share) => share * busiestPerHour)

/** Two customers never come closer together than this (chosen): one has to put the phone away first. */
const leastGapMs = 3000
/** Floor for each customer at the most crowded moment (chosen): a small shop with one at every shelf. */
const floorPerShopperM2 = 12
const hourMs = 3_600_000
/** A day without anybody at all has no next arrival. */
const longestWaitMs = 48 * hourMs

export interface ArrivalsOptions {
  shoppersPerHour: ArrivalRate
  floorM: PointM
  startMs: number
  /** IANA name; whose hours the rates are of. Default UTC. */
  timeZone?: string | undefined
}

export class Arrivals {
  readonly #random: Random
  readonly #rate: ArrivalRate
  readonly #timeZone: string
  readonly #most: number
  #nextMs: number

  constructor(random: Random, { shoppersPerHour, floorM, startMs, timeZone = 'UTC' }: ArrivalsOptions) {
    this.#random = random
    this.#rate = shoppersPerHour
    this.#timeZone = timeZone
    this.#most = Math.max(2, Math.floor((floorM[0] * floorM[1]) / floorPerShopperM2))
    // The first one is not kept waiting: whoever starts a demonstration wants to see somebody.
    this.#nextMs = typeof shoppersPerHour === 'number' ? startMs + leastGapMs : this.#draw(startMs)
  }

  /** Whether somebody comes now; asked often. Who finds the shop full comes as soon as there is room. */
  due(nowMs: number, inside: number, gateFree: boolean): boolean {
    if (nowMs < this.#nextMs || inside >= this.#most || !gateFree) return false
    this.#nextMs = this.#draw(nowMs + leastGapMs)
    return true
  }

  #draw(fromMs: number): number {
    return this.#after(fromMs, -Math.log(1 - this.#random.next()))
  }

  /** From `fromMs` on, until as many mean gaps have passed as `gaps` says: an hour with short gaps uses up more. */
  #after(fromMs: number, gaps: number): number {
    let atMs = fromMs
    let left = gaps
    while (atMs - fromMs < longestWaitMs) {
      const { perHour, untilMs } = this.#rateAt(atMs)
      const restGapMs = perHour > 0 ? Math.max(0, hourMs / perHour - leastGapMs) : Number.POSITIVE_INFINITY
      if (left * restGapMs <= untilMs - atMs) return atMs + left * restGapMs
      left -= (untilMs - atMs) / restGapMs
      atMs = untilMs
    }
    return Number.POSITIVE_INFINITY
  }

  #rateAt(atMs: number): { perHour: number; untilMs: number } {
    if (typeof this.#rate === 'number') return { perHour: this.#rate, untilMs: Number.POSITIVE_INFINITY }
    const { minute } = localMoment(atMs, this.#timeZone)
    const untilMs = atMs - (atMs % 60_000) + (60 - (minute % 60)) * 60_000
    return { perHour: this.#rate[Math.floor(minute / 60)] ?? 0, untilMs }
  }
}
