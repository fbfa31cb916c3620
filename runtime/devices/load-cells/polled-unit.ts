/** One unit on a line as its poller sees it: what to ask, what came, and how long it has been silent. */
import type { LoadCellTransmitter } from '../definition-schema.ts'
import type { Done } from '../modbus/modbus-connection.ts'
import type { ModbusError } from '../modbus/modbus-error.ts'
import { readRequest } from '../modbus/pdu.ts'
import { type ChannelReading, UnitDecoder } from './decode.ts'
import type { PlatePlan, UnitPlan } from './gateway-plan.ts'

export interface UnitRequest {
  request: Buffer
  seldom: boolean
  /** Made once, because it is handed over with every poll. */
  done: Done
}

/** What came of a request: its error, or its data, which are valid only during the call. */
export type StepDone = (unit: PolledUnit, step: number, error: ModbusError | undefined, data: Buffer) => void

export interface PolledFixture {
  fixture: string
  plates: readonly PlatePlan[]
  plateIds: string[]
}

/** Settings of the device itself are looked at again this often. */
const seldomEveryMs = 30_000
/** A weight that changes by more than this from one reading to the next: somebody is at the plate. */
const touchedG = 4
/** Read fast for so long after that. */
const touchedForMs = 5000

export class PolledUnit {
  readonly unit: number
  readonly fixtures: readonly PolledFixture[]
  readonly requests: readonly UnitRequest[]
  readonly plates: readonly PlatePlan[]
  /** By channel, from 0: what was last told of it. */
  readonly told: Int16Array
  busy = false
  /** Its turn came while it was busy. */
  owed = false
  missedReads = 0
  /** It is asked only now and then, to see whether it is back. */
  demoted = false
  probedAtMs = Number.NEGATIVE_INFINITY
  /** When its flags were last taken back. */
  clearedAtMs = Number.NEGATIVE_INFINITY
  /** Somebody may reach for its plates. */
  attended = true
  readonly #decoder: UnitDecoder
  readonly #answers: (Buffer | undefined)[]
  readonly #buffers: Buffer[]
  readonly #lastG: Float64Array
  #touchedAtMs = Number.NEGATIVE_INFINITY
  #seldomAtMs = Number.NEGATIVE_INFINITY

  constructor({ unit, fixtures }: UnitPlan, definition: LoadCellTransmitter, done: StepDone) {
    this.unit = unit
    this.fixtures = fixtures.map(({ fixture, plates }) => ({
      fixture,
      plates,
      plateIds: plates.map(({ plate }) => plate),
    }))
    this.plates = fixtures.flatMap(({ plates }) => plates)
    this.requests = definition.reads.map(({ address, count, seldom = false }, step) => ({
      request: readRequest(definition.readFunction, address, count),
      seldom,
      done: (error, data) => done(this, step, error, data),
    }))
    this.#buffers = definition.reads.map(({ count }) => Buffer.alloc(2 * count))
    this.#answers = definition.reads.map(() => undefined)
    this.#decoder = new UnitDecoder(definition)
    this.#lastG = new Float64Array(definition.channels).fill(Number.NaN)
    this.told = new Int16Array(definition.channels).fill(-1)
  }

  /** The next request of this poll from `step` on, or undefined when there is none. */
  nextStep(step: number, nowMs: number): number | undefined {
    for (let at = step; at < this.requests.length; at++) {
      const { seldom } = this.requests[at] as UnitRequest
      // A clock that was set back must not put it off for long.
      if (!seldom || this.#answers[at] === undefined || Math.abs(nowMs - this.#seldomAtMs) >= seldomEveryMs) return at
    }
    return undefined
  }

  /** Keeps an answer; its bytes are valid only now. */
  keep(step: number, data: Buffer, nowMs: number): void {
    const buffer = this.#buffers[step] as Buffer
    data.copy(buffer)
    this.#answers[step] = buffer
    if (this.requests[step]?.seldom) this.#seldomAtMs = nowMs
  }

  /** The readings of all channels; overwritten by the next poll. */
  decode(nowMs: number): readonly ChannelReading[] {
    const readings = this.#decoder.decode(this.#answers)
    for (let channel = 0; channel < readings.length; channel++) {
      const weightG = readings[channel]?.weightG ?? Number.NaN
      if (Math.abs(weightG - (this.#lastG[channel] as number)) > touchedG) this.#touchedAtMs = nowMs
      this.#lastG[channel] = weightG
    }
    return readings
  }

  /** The conditions of a channel, from 0, as bits. */
  conditions(channel: number): number {
    return this.#decoder.conditions[channel] as number
  }

  isFast(nowMs: number): boolean {
    return this.attended || Math.abs(nowMs - this.#touchedAtMs) < touchedForMs
  }

  /** What it said before is not to be trusted any more, such as its settings after it was replaced. */
  forget(): void {
    this.#answers.fill(undefined)
    this.#lastG.fill(Number.NaN)
  }
}
