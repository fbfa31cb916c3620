import type { Logger } from 'pino'
import { type Clock, sleep } from '../../contract/clock.ts'
import { AisleError, errorSentence } from '../../contract/errors.ts'

const retryMs = 1000
/** Hours of a busy gate; beyond it the oldest are given up, because doors must go on. */
const mostWaiting = 10_000

/**
 * What the doors saw, on its way into the ledger: in order, and again and again until it is written. The doors
 * never wait for it.
 */
export class DoorRecord {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #end = new AbortController()
  readonly #waiting: (() => Promise<unknown>)[] = []
  #writing: Promise<void> | undefined

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  add(write: () => Promise<unknown>): void {
    this.#waiting.push(write)
    if (this.#waiting.length > mostWaiting) {
      this.#waiting.shift()
      this.#log.error('the ledger is away for too long: the oldest event of the doors is lost')
    }
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
  }

  /** Gives what waits one more try each. */
  async stop(): Promise<void> {
    this.#end.abort()
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    for (let write = this.#waiting[0]; write; write = this.#waiting[0]) {
      try {
        await write()
        this.#done(write)
      } catch (error) {
        this.#log.error({ error: errorSentence(error) }, 'an event of the doors could not be written')
        // What the ledger refuses it will always refuse; anything else is worth another try.
        if (error instanceof AisleError || this.#end.signal.aborted) this.#done(write)
        else await sleep(this.#clock, retryMs, this.#end.signal)
      }
    }
  }

  #done(write: () => Promise<unknown>): void {
    if (this.#waiting[0] === write) this.#waiting.shift()
  }
}
