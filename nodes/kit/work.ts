/**
 * How much work the nodes of one store have in hand. A replay asks when they are done with what they were
 * given before it moves its clock on; sources wait here while those behind them are busy, because Node-RED
 * itself has no back-pressure.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { StoreBinding } from '../../runtime/store/binding.ts'

/** A message needs one turn of the event loop for each wire; so many plain nodes in a row are bridged. */
const turnsOfSilence = 12
/** Sources wait while more than this is in hand. */
const roomLimit = 100

export class Work {
  #pending = 0
  #waiting: (() => void)[] = []

  get pending(): number {
    return this.#pending
  }

  begin(): void {
    this.#pending++
  }

  end(): void {
    this.#pending--
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Resolves when nothing is in hand and nothing is under way on a wire. */
  async whenIdle(): Promise<void> {
    for (let silent = 0; silent < turnsOfSilence; silent++) {
      await nextTurn()
      while (this.#pending > 0) {
        silent = 0
        await this.#change()
      }
    }
  }

  /** Lets what was just sent arrive, then waits until there is room for more. */
  async room(signal: AbortSignal): Promise<void> {
    await nextTurn()
    while (this.#pending > roomLimit && !signal.aborted) await this.#change()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}

const works = new WeakMap<StoreBinding, Work>()

export function workOf(store: StoreBinding): Work {
  const work = works.get(store) ?? new Work()
  works.set(store, work)
  return work
}

/** Messages and events that the nodes of this store are working on or have waiting. */
export const pendingWork = (store: StoreBinding): number => workOf(store).pending

/** Resolves when the nodes of this store have finished with everything that they were given. */
export const whenIdle = (store: StoreBinding): Promise<void> => workOf(store).whenIdle()
