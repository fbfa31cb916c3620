import type { NodeStatus } from 'node-red'
import type { Clock, Timer } from '../../runtime/contract/clock.ts'

/** The editor's status channel has an unbounded queue: a node speaks on change, at most once in this time. */
const shortestPauseMs = 1000

/** The line under a node in the editor. An error is shown above the state until the next success clears it. */
export class StatusLine {
  readonly #clock: Clock
  readonly #write: (status: NodeStatus) => void
  #state: NodeStatus = {}
  #error: string | undefined
  /** Node-RED starts a node without a status. */
  #written = JSON.stringify({})
  #lastMs = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined

  constructor(clock: Clock, write: (status: NodeStatus) => void) {
    this.#clock = clock
    this.#write = write
  }

  show(state: NodeStatus): void {
    this.#state = state
    this.#update()
  }

  fail(text: string): void {
    this.#error = text
    this.#update()
  }

  succeed(): void {
    this.#error = undefined
    this.#update()
  }

  close(): void {
    this.#clock.clear(this.#timer)
  }

  #update(): void {
    if (this.#timer) return
    const waitMs = this.#lastMs + shortestPauseMs - this.#clock.nowMs()
    if (waitMs <= 0) {
      this.#writeNow()
      return
    }
    this.#timer = this.#clock.after(waitMs, () => {
      this.#timer = undefined
      this.#writeNow()
    })
  }

  #writeNow(): void {
    const status: NodeStatus =
      this.#error === undefined ? this.#state : { fill: 'red', shape: 'ring', text: this.#error.slice(0, 80) }
    const written = JSON.stringify(status)
    if (written === this.#written) return
    this.#written = written
    this.#lastMs = this.#clock.nowMs()
    this.#write(status)
  }
}
