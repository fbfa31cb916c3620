/** Health of plates whose devices speak by themselves: late and then offline when they are silent. */
import type { Clock, Timer } from '../../contract/clock.ts'
import type { HealthState } from '../../contract/messages.ts'
import type { HealthReport } from '../health-report.ts'

export interface SilenceWatchOptions {
  device: string
  plates: readonly string[]
  lateMs: number
  offlineMs: number
  /** Real time. */
  wireClock: Clock
  onHealth(report: HealthReport): void
}

export class SilenceWatch {
  readonly #options: SilenceWatchOptions
  readonly #heardAtMs = new Map<string, number>()
  readonly #states = new Map<string, HealthState>()
  #timer: Timer | undefined

  constructor(options: SilenceWatchOptions) {
    this.#options = options
  }

  start(): void {
    const nowMs = this.#options.wireClock.nowMs()
    for (const plate of this.#options.plates) this.#heardAtMs.set(plate, nowMs)
    this.#look()
  }

  stop(): void {
    this.#options.wireClock.clear(this.#timer)
  }

  /** Something came of this plate, and it shows that state. */
  heard(plate: string, state: HealthState, reason: string): void {
    this.#heardAtMs.set(plate, this.#options.wireClock.nowMs())
    this.tell(plate, state, reason)
  }

  tell(plate: string | undefined, state: HealthState, reason: string): void {
    const subject = plate ?? ''
    if (this.#states.get(subject) === state) return
    this.#states.set(subject, state)
    const { device, onHealth } = this.#options
    onHealth({ device, ...(plate === undefined ? {} : { plate }), state, reason })
  }

  #look(): void {
    const { plates, lateMs, offlineMs, wireClock } = this.#options
    const nowMs = wireClock.nowMs()
    for (const plate of plates) {
      const silentMs = nowMs - (this.#heardAtMs.get(plate) ?? nowMs)
      // A clock that was set back: from now on.
      if (silentMs < 0) this.#heardAtMs.set(plate, nowMs)
      const seconds = (silentMs / 1000).toFixed(1)
      if (silentMs >= offlineMs) {
        this.tell(plate, 'offline', `Nothing came of it for ${seconds} s: check its power, its wiring and its address.`)
      } else if (silentMs >= lateMs) this.tell(plate, 'late', `Nothing came of it for ${seconds} s.`)
    }
    this.#timer = wireClock.after(lateMs / 2, () => this.#look())
  }
}
