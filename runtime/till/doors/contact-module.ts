/**
 * A module with relays and inputs: reads all inputs about twenty times a second, writes what the gates want.
 * Several gates may share one.
 */
import type { Logger } from 'pino'
import { type Clock, SystemClock, sleep } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import type { RelayModule } from '../../devices/definition-schema.ts'
import { ModbusConnection } from '../../devices/modbus/modbus-connection.ts'
import { ModbusError } from '../../devices/modbus/modbus-error.ts'
import type { ModbusAddress } from '../../devices/modbus/open-port.ts'

export interface ContactModuleOptions {
  name: string
  address: ModbusAddress
  /** Modbus unit id. */
  unit: number
  definition: RelayModule
  clock: Clock
  log: Logger
}

/** One poll's answer; inputs and counters by their number minus 1. */
export interface ContactSample {
  inputs: boolean[]
  /** How often each input has closed, as the module counts, read before the inputs; null: it does not. */
  counts: number[] | null
}

/** In the store's time, as are the pulses of the contacts. */
const pollMs = 50
/** So long without an answer, in real time, and the module counts as offline. */
const offlineAfterMs = 1000
/** Relays are written again although nothing changed: the module may have been switched off and on. */
const rewriteMs = 1000
/** For a module that cannot time a pulse itself. */
const pulseMs = 500

export class ContactModule {
  readonly #options: ContactModuleOptions
  readonly #connection: ModbusConnection
  readonly #wire = new SystemClock()
  readonly #end = new AbortController()
  /** What each relay shall be, by its number from 1, and when it was last written. */
  readonly #wanted = new Map<number, { on: boolean; writtenAtMs: number | null }>()
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

  /** Calls `onPoll` after each poll, with null when there was no answer. */
  start(onPoll: (sample: ContactSample | null) => void): void {
    this.#connection.open()
    this.#running = this.#run(onPoll)
  }

  /** Lets the watchdogs fall: the gates open their exits by themselves. */
  async stop(watchdogs: readonly number[]): Promise<void> {
    this.#end.abort()
    await this.#running
    await Promise.all(watchdogs.map((relay) => this.#write(relay, false)))
    this.#connection.close()
  }

  /** The relay is written soon, and again and again. */
  set(relay: number, on: boolean): void {
    if (this.#wanted.get(relay)?.on !== on) this.#wanted.set(relay, { on, writtenAtMs: null })
  }

  /** One pulse, now or never: a gate must not open when nobody expects it any more. */
  pulse(relay: number): void {
    const { pulse } = this.#options.definition.relays
    void (pulse ? this.#send(pulse.coil + relay - 1, true) : this.#pulseByHand(relay))
  }

  async #pulseByHand(relay: number): Promise<void> {
    await this.#write(relay, true)
    await sleep(this.#options.clock, pulseMs)
    await this.#write(relay, false)
  }

  async #run(onPoll: (sample: ContactSample | null) => void): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#end
    while (!signal.aborted) {
      const beganMs = clock.nowMs()
      onPoll(await this.#read())
      await this.#writeWanted()
      await sleep(clock, Math.max(1, pollMs - (clock.nowMs() - beganMs)), signal)
    }
  }

  async #read(): Promise<ContactSample | null> {
    const { definition, unit } = this.#options
    const { inputs } = definition
    if (!this.#connection.connected) return null
    try {
      if (!inputs) return { inputs: [], counts: null }
      const counts = await this.#readCounts()
      const read = inputs.readFunction === 2 ? 'readDiscreteInputs' : 'readCoils'
      const values = await this.#connection[read](unit, inputs.address, inputs.count)
      this.#heardAtMs = this.#wire.nowMs()
      return { inputs: values, counts }
    } catch {
      // The connection tells by itself when it is lost; silence shows in `online`.
      return null
    }
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

  async #writeWanted(): Promise<void> {
    const { clock } = this.#options
    for (const [relay, wanted] of this.#wanted) {
      if (wanted.writtenAtMs !== null && clock.nowMs() - wanted.writtenAtMs < rewriteMs) continue
      if (await this.#write(relay, wanted.on)) wanted.writtenAtMs = clock.nowMs()
    }
  }

  #write(relay: number, on: boolean): Promise<boolean> {
    return this.#send(this.#options.definition.relays.coil + relay - 1, on)
  }

  async #send(coil: number, on: boolean): Promise<boolean> {
    const { unit, name, log } = this.#options
    try {
      await this.#connection.writeCoil(unit, coil, on)
      return true
    } catch (error) {
      log.warn({ device: name, coil, on, error: errorSentence(error) }, 'a relay was not written')
      return false
    }
  }
}
