/** Starts a store's programs together, keeps each running, and ends them in order. */
import type { ProgramName } from '../program/run-settings.ts'
import { type ProgramPlan, WatchedProgram } from './watched-program.ts'

/** What takes in comes down first; what has to write down what was taken in comes down last. */
const stopOrder: readonly ProgramName[][] = [['console', 'flows', 'twin'], ['sensing'], ['till'], ['broker']]

export class Supervisor {
  readonly #programs: WatchedProgram[]

  constructor(plans: ProgramPlan[], say: (line: string) => void) {
    this.#programs = plans.map((plan) => new WatchedProgram(plan, say))
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

  async stop(): Promise<void> {
    for (const names of stopOrder) {
      await Promise.all(this.#programs.filter(({ plan }) => names.includes(plan.name)).map((program) => program.stop()))
    }
  }
}
