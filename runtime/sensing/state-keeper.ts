/**
 * Sends weight events so that a crash at any moment neither loses one nor makes one up: an event is saved,
 * with the plates' levels after it, before anybody can see it. After a crash the levels on file and the events
 * on file or beyond it agree, and what changed since is found by weighing as a gap.
 */
import type { Logger } from 'pino'
import type { Clock, Timer } from '../contract/clock.ts'
import { errorSentence } from '../contract/errors.ts'
import type { WeightEvent } from '../contract/messages.ts'
import type { SensedMessage } from '../sensing-api/sensing-client.ts'
import type { PlateLevels, Weighing } from '../weighing/weighing.ts'
import type { Backlog } from './backlog.ts'
import { type SavedState, saveState } from './saved-state.ts'

export interface StateKeeperOptions {
  directory: string
  /** The store's time. */
  clock: Clock
  /** Real time: a crash comes in it. */
  wireClock: Clock
  backlog: Backlog
  weighing: Weighing
  log: Logger
}

/** Short, because until the first save after the first start there is no level that a crash could be compared with. */
const saveIntervalMs = 1000

export class StateKeeper {
  readonly #options: StateKeeperOptions
  #unsent: WeightEvent[] = []
  #saving: Promise<void> | undefined
  #timer: Timer | undefined

  constructor(options: StateKeeperOptions) {
    this.#options = options
  }

  /** Puts an earlier run's state back, then saves every second. */
  start(saved: SavedState | undefined): void {
    if (saved) this.#restore(saved)
    this.#saveLater()
  }

  send(events: readonly WeightEvent[]): void {
    if (events.length === 0) return
    this.#unsent.push(...events)
    void this.#save()
  }

  /** Resolves when everything is sent and saved. */
  async stop(): Promise<void> {
    this.#options.wireClock.clear(this.#timer)
    await this.#saving
    await this.#save()
  }

  #restore({ levels, untaken, unsent, consumers }: SavedState): void {
    const { backlog, weighing } = this.#options
    for (const [name, position] of Object.entries(consumers)) backlog.restorePosition(name, position)
    for (const event of untaken) backlog.restore(event)
    // It is not known whether they were still sent; their receivers know them by event id and revision.
    for (const event of unsent) backlog.append(event)
    weighing.restoreLevels(afterwards(levels))
  }

  #saveLater(): void {
    this.#timer = this.#options.wireClock.after(saveIntervalMs, () => {
      void this.#save()
      this.#saveLater()
    })
  }

  /** One at a time; events that come meanwhile are in the next one. */
  #save(): Promise<void> {
    this.#saving ??= this.#saveAndSend()
    return this.#saving
  }

  async #saveAndSend(): Promise<void> {
    const { directory, backlog, log } = this.#options
    do {
      const events = [...this.#unsent]
      try {
        await saveState(directory, this.#state(events))
      } catch (error) {
        // A full disk must not stop the store: the flows journal events in the till as long as they live.
        log.error({ error: errorSentence(error) }, 'the state could not be saved')
      }
      this.#unsent.splice(0, events.length)
      for (const event of events) backlog.append(event)
    } while (this.#unsent.length > 0)
    // Here, not when the promise settles: an event that comes in between would be left lying.
    this.#saving = undefined
  }

  #state(unsent: WeightEvent[]): SavedState {
    const { clock, backlog, weighing } = this.#options
    const untaken = backlog.untaken('weight-event').map(({ line }) => JSON.parse(line) as SensedMessage as WeightEvent)
    return {
      savedAtMs: clock.nowMs(),
      sequence: backlog.sequence,
      levels: weighing.levels(),
      untaken,
      unsent,
      consumers: backlog.positions(),
    }
  }
}

/**
 * The levels as of the next millisecond: a gap begins after the last moment that was seen. An event that was told
 * before may have begun at that very moment, and the two must not have one time, and so one id.
 */
const afterwards = (levels: PlateLevels): PlateLevels =>
  Object.fromEntries(Object.entries(levels).map(([plate, { weightG, atMs }]) => [plate, { weightG, atMs: atMs + 1 }]))
