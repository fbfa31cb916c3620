/**
 * What stands behind a Modbus port: a serial line that carries one request at a time, each taking as long as its
 * frames do, and the ways in which it can break. How frames are packed is the business of whoever uses it.
 */
import { type Clock, sleep } from '../../contract/clock.ts'
import { hash32 } from '../world/hash-noise.ts'
import type { Fault } from './fault-catalogue.ts'
import type { Faults } from './faults.ts'
import { answerOf, exceptionTo, type ModbusUnit, modbusException } from './modbus-unit.ts'

export interface ModbusRequest {
  unitId: number
  pdu: Buffer
}

export interface SerialLine {
  baudRate: number
  parity: 'none' | 'even' | 'odd'
}

export interface ModbusLineOptions {
  /** Name under which it breaks. */
  device: string
  clock: Clock
  faults: Faults
  /** undefined: nobody answers under this id. */
  unit(unitId: number): ModbusUnit | undefined
  /** Whether it has power; always, when absent. */
  powered?(): boolean
  /** undefined: there is no serial line, the device itself sits on the network. */
  line?: SerialLine
}

/** What a silent unit leads to: a gateway says so after its time-out, on a bare line nothing comes. */
export type WhenSilent = 'exception' | 'nothing'

/** Start bit, 8 data bits, stop bit; a parity bit is one more. */
const bitsPerByte = 10
/** Unit id and checksum around a request or an answer; 3.5 bytes of silence after each. */
const envelopeBytes = 3
const silenceBytes = 3.5
/** How long a gateway waits for a unit (Moxa MGate's default). */
const silentUnitMs = 1000

export class ModbusLine {
  readonly #options: ModbusLineOptions
  readonly #whenSilent: WhenSilent
  #busy: Promise<unknown> = Promise.resolve()
  #garbled = 0

  constructor(options: ModbusLineOptions, whenSilent: WhenSilent) {
    this.#options = options
    this.#whenSilent = whenSilent
  }

  get offline(): boolean {
    return this.#broken('offline') || this.#options.powered?.() === false
  }

  /**
   * Serves a request when those before it are done.
   * @param pack makes a frame; `stranger` is true for one that answers no request of this master
   * @returns what goes on the wire, in this order; null: the connection breaks
   */
  request(
    request: ModbusRequest,
    pack: (answer: ModbusRequest, stranger: boolean) => Buffer,
  ): Promise<Buffer[] | null> {
    const served = this.#busy.then(() => this.#serve(request, pack))
    this.#busy = served
    return served
  }

  async #serve(
    request: ModbusRequest,
    pack: (answer: ModbusRequest, stranger: boolean) => Buffer,
  ): Promise<Buffer[] | null> {
    if (this.offline) return null
    const { clock, faults, device } = this.#options
    const unit = this.#unitOf(request.unitId)
    const pdu = unit ? this.#answer(unit, request.pdu) : exceptionTo(request.pdu, modbusException.targetSilent)
    const dueMs = unit ? this.#lineMs(request.pdu, pdu) + (unit.delayMs ?? 0) : this.#silentMs
    const waitMs = faults.value(device, 'slow') ?? dueMs
    if (waitMs > 0) await sleep(clock, waitMs)
    if (this.offline) return null
    if (this.#broken('no-answer') || (!unit && this.#whenSilent === 'nothing')) return []
    return this.#damaged(request.unitId, pdu, pack)
  }

  #unitOf(unitId: number): ModbusUnit | undefined {
    const { faults, device } = this.#options
    return faults.value(device, 'dead-unit') === unitId ? undefined : this.#options.unit(unitId)
  }

  #answer(unit: ModbusUnit, pdu: Buffer): Buffer {
    return this.#broken('exceptions') ? exceptionTo(pdu, modbusException.deviceFailure) : answerOf(unit, pdu)
  }

  get #silentMs(): number {
    return this.#whenSilent === 'exception' ? silentUnitMs : 0
  }

  #lineMs(request: Buffer, answer: Buffer): number {
    const { line } = this.#options
    if (!line) return 0
    const bytes = request.length + answer.length + 2 * (envelopeBytes + silenceBytes)
    return (bytes * (bitsPerByte + (line.parity === 'none' ? 0 : 1)) * 1000) / line.baudRate
  }

  #damaged(unitId: number, pdu: Buffer, pack: (answer: ModbusRequest, stranger: boolean) => Buffer): Buffer[] {
    const frame = pack({ unitId, pdu }, false)
    if (this.#broken('truncated')) return [frame.subarray(0, Math.ceil(frame.length / 2))]
    if (this.#broken('garbage')) return [this.#garbage(frame.length)]
    const before = this.#broken('foreign') ? [pack({ unitId: (unitId + 1) & 0xff, pdu }, true)] : []
    const after = this.#broken('repeated') ? [frame] : []
    return [...before, frame, ...after]
  }

  /** Other bytes each time, and in each run the same. */
  #garbage(length: number): Buffer {
    const run = this.#garbled++
    return Buffer.from(Array.from({ length }, (_, i) => hash32(run, 0, i) & 0xff))
  }

  #broken(fault: Fault<'modbus-device'>): boolean {
    return this.#options.faults.active(this.#options.device, fault)
  }
}
