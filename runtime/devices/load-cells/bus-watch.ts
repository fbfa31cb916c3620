/** Health of a line as a whole: whether it keeps its rate, and whether anybody else talks on it. */
import type { HealthState } from '../../contract/messages.ts'
import type { ModbusConnection } from '../modbus/modbus-connection.ts'

const lookEveryMs = 10_000
/** A late answer now and then is nobody's fault. */
const straysAllowed = 20
/** The line keeps up as long as it misses fewer of its rounds than this. */
const missedShare = 0.5

export class BusWatch {
  readonly #connection: ModbusConnection
  readonly #pollHz: number
  readonly #onState: (state: HealthState, reason: string) => void
  #lookedAtMs: number | undefined
  #strays = 0
  #planned = 0
  #missed = 0

  constructor(connection: ModbusConnection, pollHz: number, onState: (state: HealthState, reason: string) => void) {
    this.#connection = connection
    this.#pollHz = pollHz
    this.#onState = onState
  }

  /** @param busy the unit was still being read when its turn came */
  planned(busy: boolean): void {
    this.#planned++
    if (busy) this.#missed++
  }

  look(nowMs: number): void {
    if (this.#lookedAtMs !== undefined && Math.abs(nowMs - this.#lookedAtMs) < lookEveryMs) return
    const { strays } = this.#connection
    if (this.#lookedAtMs !== undefined) this.#judge(strays - this.#strays)
    this.#lookedAtMs = nowMs
    this.#strays = strays
    this.#planned = 0
    this.#missed = 0
  }

  #judge(strays: number): void {
    const missed = this.#planned === 0 ? 0 : this.#missed / this.#planned
    if (strays > straysAllowed) {
      const reason = `${strays} answers or bytes came within 10 s that nobody asked for: see whether somebody else talks on this line, or two units have one address.`
      this.#onState('noisy', reason)
    } else if (missed > missedShare) {
      const hz = (this.#pollHz * (1 - missed)).toFixed(1)
      const reason = `Its units are read ${hz} times a second in place of ${this.#pollHz}: raise the baud rate, spread them over more lines, or lower pollHz.`
      this.#onState('late', reason)
    } else this.#onState('online', 'Connected, and it keeps its rate.')
  }
}
