/**
 * A module with relays and inputs on Modbus: reads all inputs about twenty times a second, writes what the gates
 * want. Several gates may share one.
 */
import type { Logger } from 'pino'
import { type Clock, SystemClock, sleep, type Timer } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import type { RelayModule } from '../../devices/definition-schema.ts'
import { ModbusConnection } from '../../devices/modbus/modbus-connection.ts'
import { ModbusError } from '../../devices/modbus/modbus-error.ts'
import type { ModbusAddress } from '../../devices/modbus/open-port.ts'
import { writeCoilRequest, writeCoilValueRequest } from '../../devices/modbus/pdu.ts'
import { type ContactSample, type Contacts, holdMs, offlineAfterMs, pulseMs, rewriteMs } from './contacts.ts'

export interface ContactModuleOptions {
  name: string
  address: ModbusAddress
  /** Modbus unit id. */
  unit: number
  definition: RelayModule
  clock: Clock
  log: Logger
}

/** In the store's time, as are the pulses of the contacts. */
const pollMs = 50
/** What a relay shall be: held is on, and off by itself when nobody writes it any more. */
type Wanted = 'on' | 'off' | 'held'

export class ContactModule implements Contacts {
  readonly #options: ContactModuleOptions
  readonly #connection: ModbusConnection
  readonly #wire = new SystemClock()
  readonly #end = new AbortController()
  /** By the relay's number, with when it was last written. */
  readonly #wanted = new Map<number, { as: Wanted; writtenAtMs: number | null }>()
  readonly #pulses = new Map<number, Timer>()
  #heardAtMs = Number.NEGATIVE_INFINITY
  #counts = true
  #running: Promise<void> | undefined

  constructor(options: ContactModuleOptions) {
    this.#options = options
    const { name, address, definition } = options
    this.#connection = new ModbusConnection({
      name,
      address,
      clock: this.#wire,
      answerWithinMs: definition.limits.answerWithinMs,
      minIntervalMs: definition.limits.minIntervalMs,
    })
  }

  get online(): boolean {
    return this.#wire.nowMs() - this.#heardAtMs < offlineAfterMs
  }

  start(onPoll: (sample: ContactSample | null) => void): void {
    this.#connection.open()
    this.#running = this.#run(onPoll)
  }

  async stop(relays: readonly number[]): Promise<void> {
    this.#end.abort()
    await this.#running
    for (const timer of this.#pulses.values()) this.#options.clock.clear(timer)
    await Promise.all([...this.#pulses.keys(), ...relays].map((relay) => this.#write(relay, 'off')))
    this.#connection.close()
  }

  set(relay: number, on: boolean): void {
    this.#want(relay, on ? 'on' : 'off')
  }

  hold(relay: number): void {
    this.#want(relay, 'held')
  }

  rest(relay: number): void {
    if (!this.#options.definition.relays.pulse) this.set(relay, false)
  }

  pulse(relay: number): void {
    const { pulse } = this.#options.definition.relays
    if (pulse) void this.#send(pulseRequest(pulse, relay, pulseMs))
    else this.#pulseByHand(relay)
  }

  #want(relay: number, as: Wanted): void {
    if (this.#wanted.get(relay)?.as !== as) this.#wanted.set(relay, { as, writtenAtMs: null })
  }

  /** Also after it failed the relay is written off, until that has succeeded: an answer may have been lost. */
  #pulseByHand(relay: number): void {
    const { clock } = this.#options
    clock.clear(this.#pulses.get(relay))
    this.#wanted.delete(relay)
    void this.#write(relay, 'on')
    const end = clock.after(pulseMs, () => {
      this.#pulses.delete(relay)
      this.set(relay, false)
    })
    this.#pulses.set(relay, end)
  }

  async #run(onPoll: (sample: ContactSample | null) => void): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#end
    while (!signal.aborted) {
      const beganMs = clock.nowMs()
      onPoll(await this.#read())
      if (this.#connection.connected) await this.#writeWanted()
      await sleep(clock, Math.max(1, pollMs - (clock.nowMs() - beganMs)), signal)
    }
  }

  async #read(): Promise<ContactSample | null> {
    if (!this.#connection.connected) return null
    try {
      const counts = await this.#readCounts()
      const inputs = await this.#readInputs()
      this.#heardAtMs = this.#wire.nowMs()
      return { inputs, counts }
    } catch {
      // The connection tells by itself when it is lost; silence shows in `online`.
      return null
    }
  }

  async #readInputs(): Promise<boolean[]> {
    const { definition, unit } = this.#options
    const { inputs, relays } = definition
    if (!inputs) {
      // Only to know that it is there.
      await this.#connection.readCoils(unit, relays.coil, 1)
      return []
    }
    const read = inputs.readFunction === 2 ? 'readDiscreteInputs' : 'readCoils'
    const bits = await this.#connection[read](unit, inputs.address, inputs.count)
    return inputs.closedIs === 0 ? bits.map((bit) => !bit) : bits
  }

  async #readCounts(): Promise<number[] | null> {
    const { definition, unit, name, log } = this.#options
    const { inputs } = definition
    if (!inputs?.counters || !this.#counts) return null
    try {
      const words = await this.#connection.readInput(unit, inputs.counters.register, 2 * inputs.count)
      return Array.from({ length: inputs.count }, (_, i) => (words[2 * i] ?? 0) * 0x1_0000 + (words[2 * i + 1] ?? 0))
    } catch (error) {
      if (!(error instanceof ModbusError && error.failure === 'exception')) throw error
      this.#counts = false
      log.warn({ device: name, error: errorSentence(error) }, 'the module does not count: passes may be missed')
      return null
    }
  }

  /** What has changed goes first: a fire must not wait for what only says the same again. */
  async #writeWanted(): Promise<void> {
    const { clock } = this.#options
    const due = [...this.#wanted].filter(
      ([, { writtenAtMs }]) => writtenAtMs === null || clock.nowMs() - writtenAtMs >= rewriteMs,
    )
    due.sort(([, a], [, b]) => (a.writtenAtMs ?? 0) - (b.writtenAtMs ?? 0))
    for (const [relay, wanted] of due) {
      if (await this.#write(relay, wanted.as)) wanted.writtenAtMs = clock.nowMs()
    }
  }

  #write(relay: number, as: Wanted): Promise<boolean> {
    const { coil, whenSilent, pulse } = this.#options.definition.relays
    const drops = as === 'held' && whenSilent === 'stay' && pulse?.stepMs !== undefined
    return this.#send(drops ? pulseRequest(pulse, relay, holdMs) : writeCoilRequest(coil + relay - 1, as !== 'off'))
  }

  #send(request: Buffer): Promise<boolean> {
    const { unit, name, log } = this.#options
    return new Promise((resolve) => {
      this.#connection.request(unit, request, (error) => {
        if (error) log.warn({ device: name, error: errorSentence(error) }, 'a relay was not written')
        resolve(!error)
      })
    })
  }
}

function pulseRequest(pulse: NonNullable<RelayModule['relays']['pulse']>, relay: number, lengthMs: number): Buffer {
  const coil = pulse.coil + relay - 1
  if (pulse.stepMs === undefined) return writeCoilRequest(coil, true)
  return writeCoilValueRequest(coil, Math.ceil(lengthMs / pulse.stepMs))
}
