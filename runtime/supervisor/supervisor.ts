/** Starts a store's programs together, keeps each running, and ends them in order. */
import { type ClockRate, nextRate } from '../contract/clock.ts'
import type { ProgramName } from '../program/run-settings.ts'
import { type ProgramPlan, WatchedProgram } from './watched-program.ts'

/** What takes in comes down first; what has to write down what was taken in comes down last. */
const stopOrder: readonly ProgramName[][] = [
  ['console', 'phone', 'kiosk', 'flows', 'twin', 'vision'],
  ['sensing'],
  ['till'],
  ['broker'],
]

/** Long enough for every program to hear of a change of speed before it comes. */
const changeLeadMs = 500
const speeds = { least: 0.1, most: 20 }

export class Supervisor {
  readonly #programs: WatchedProgram[]
  readonly #say: (line: string) => void
  readonly #onClock: (clock: ClockRate) => void
  /** Undefined in a live store. */
  #clock: ClockRate | undefined

  /** @param onClock told how the demonstration's time runs from now on */
  constructor(plans: ProgramPlan[], say: (line: string) => void, onClock: (clock: ClockRate) => void = () => {}) {
    this.#say = say
    this.#onClock = onClock
    this.#programs = plans.map(
      (plan) =>
        new WatchedProgram(plan, say, {
          speed: (scale) => this.changeSpeed(scale),
          restart: (names) => void this.renew(names),
        }),
    )
    const [first] = plans
    if (first && !first.settings.live) this.#clock = first.settings.clock
  }

  /**
   * Starts all; each waits for those that it needs by itself, so the order does not matter.
   * @throws AisleError of the first program that could not start; the others are ended again
   */
  async start(): Promise<void> {
    try {
      await Promise.all(this.#programs.map((program) => program.start()))
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  pid(name: ProgramName): number | undefined {
    return this.#programs.find(({ plan }) => plan.name === name)?.pid
  }

  /** Lets a demonstration run at another speed; a live store runs at the speed of its shoppers. */
  changeSpeed(scale: number): void {
    if (!this.#clock || !(scale >= speeds.least && scale <= speeds.most) || scale === this.#clock.scale) return
    this.#clock = nextRate(this.#clock, scale, Math.max(Date.now(), this.#clock.originMs) + changeLeadMs)
    this.#onClock(this.#clock)
    for (const program of this.#programs) program.changeClock(this.#clock)
    this.#say(`The demonstration runs ${scale} times as fast as real time`)
  }

  /** Has these end and start anew; the others go on. Resolves when they have ended. */
  async renew(names: readonly ProgramName[]): Promise<void> {
    await Promise.all(this.#programs.filter(({ plan }) => names.includes(plan.name)).map((program) => program.renew()))
  }

  async stop(): Promise<void> {
    for (const names of stopOrder) {
      await Promise.all(this.#programs.filter(({ plan }) => names.includes(plan.name)).map((program) => program.stop()))
    }
  }
}
