/** Health of a line as a whole: whether it keeps its rate, and whether anybody else talks on it. */
import type { HealthState } from '../../contract/messages.ts'
import type { ModbusConnection } from '../modbus/modbus-connection.ts'

const lookEveryMs = 10_000
/** A late answer now and then is nobody's fault. */
const straysAllowed = 20
/** The line keeps up as long as it misses fewer of its rounds than this. */
const missedShare = 0.5
/** Turns that come later than this part of a period, on average: the machine has no time for them. */
const lateTurns = 0.25

export interface BusRate {
  pollHz: number
  /** What a round of all units takes on the wires at least; 0 where it is not known what they are. */
  lineMs: number
}

export class BusWatch {
  readonly #connection: ModbusConnection
  readonly #rate: BusRate
  readonly #onState: (state: HealthState, reason: string) => void
  #lookedAtMs: number | undefined
  #strays = 0
  #planned = 0
  #missed = 0
  #turns = 0
  #latePeriods = 0

  constructor(connection: ModbusConnection, rate: BusRate, onState: (state: HealthState, reason: string) => void) {
    this.#connection = connection
    this.#rate = rate
    this.#onState = onState
  }

  /** @param busy the unit was still being read when its turn came */
  planned(busy: boolean): void {
    this.#planned++
    if (busy) this.#missed++
  }

  /** @param latePeriods how late a turn began, in poll periods */
  turned(latePeriods: number): void {
    this.#turns++
    this.#latePeriods += Math.max(0, latePeriods)
  }

  look(nowMs: number): void {
    if (this.#lookedAtMs !== undefined && Math.abs(nowMs - this.#lookedAtMs) < lookEveryMs) return
    const { strays } = this.#connection
    if (this.#lookedAtMs !== undefined) this.#judge(strays - this.#strays)
    this.#lookedAtMs = nowMs
    this.#strays = strays
    this.#planned = 0
    this.#missed = this.#turns = this.#latePeriods = 0
  }

  #judge(strays: number): void {
    const missed = this.#planned === 0 ? 0 : this.#missed / this.#planned
    if (strays > straysAllowed) {
      const reason = `${strays} answers or bytes came within 10 s that nobody asked for: see whether somebody else talks on this line, or two units have one address.`
      this.#onState('noisy', reason)
    } else if (missed > missedShare) {
      this.#onState('late', this.#whyLate(missed))
    } else this.#onState('online', 'Connected, and it keeps its rate.')
  }

  /** Nobody is sent to the line that it is not at: its baud rate says what it can carry, our own turns whether we came. */
  #whyLate(missed: number): string {
    const { pollHz, lineMs } = this.#rate
    const periodMs = 1000 / pollHz
    const read = `Its units are read ${(pollHz * (1 - missed)).toFixed(1)} times a second in place of ${pollHz}`
    const lateMs = (periodMs * this.#latePeriods) / Math.max(1, this.#turns)
    if (lineMs < periodMs && lateMs > lateTurns * periodMs) {
      return `${read} because this machine is short of processor time and comes ${lateMs.toFixed(0)} ms late to its work: see what else runs on it.`
    }
    if (lineMs > 0 && lineMs < periodMs) {
      return `${read}, although a round takes the line ${lineMs.toFixed(0)} ms only: see whether the gateway or its units answer slowly, or this machine is short of processor time.`
    }
    return `${read}: raise the baud rate, spread them over more lines, or lower pollHz.`
  }
}
