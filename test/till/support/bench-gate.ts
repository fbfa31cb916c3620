/** One turnstile of the twin on a bench: the device that its definition describes, on its own protocol, at a wire. */
import { pino } from 'pino'
import { BrokerAccess } from '../../../runtime/broker/access.ts'
import { type Broker, startBroker } from '../../../runtime/broker/broker.ts'
import { SystemClock } from '../../../runtime/contract/clock.ts'
import { contactTopics } from '../../../runtime/devices/contact-messages.ts'
import type { Profile } from '../../../runtime/profile/profile-schema.ts'
import { Faults } from '../../../runtime/twin/devices/faults.ts'
import { serveModbus } from '../../../runtime/twin/devices/modbus-server.ts'
import type { ModbusUnit } from '../../../runtime/twin/devices/modbus-unit.ts'
import { adam6050 } from '../../../runtime/twin/devices/relays/adam-6050.ts'
import { e1214 } from '../../../runtime/twin/devices/relays/e1214.ts'
import { startMqttGate } from '../../../runtime/twin/devices/relays/mqtt-gate.ts'
import { waveshareRelay } from '../../../runtime/twin/devices/relays/waveshare-relay.ts'
import { GateMechanics, type GateWiring, RelayModule } from '../../../runtime/twin/world/gate-mechanics.ts'
import { Wire } from './wire.ts'

const modbusUnits: Record<string, (module: RelayModule, clock: SystemClock) => ModbusUnit> = {
  'moxa-e1214': e1214,
  'adam-6050': adam6050,
  'waveshare-relay-8': waveshareRelay,
}
/** Each definition of a gate's contacts that the twin stands in for. */
export const benchDefinitions = [...Object.keys(modbusUnits), 'mqtt-gate']

const topic = 'shop/gate'
const passwords = { till: 'password-of-the-till', device: 'password-of-the-gate' }

/** As the corner shop is wired. */
export const fullWiring: GateWiring = {
  entryRelay: 1,
  exitRelay: 2,
  watchdogRelay: 3,
  passInInput: 1,
  passOutInput: 2,
  exitRequestInput: 3,
  fireInput: 4,
}

export class BenchGate {
  readonly clock = new SystemClock()
  readonly faults = new Faults(this.clock)
  readonly module = new RelayModule()
  readonly mechanics: GateMechanics
  readonly definition: string
  wire = new Wire(0)
  readonly #served: { stop(): Promise<void> }[] = []
  readonly #changedAtMs = new Map<number, number>()
  #broker: Broker | undefined

  /** @param passTimeoutMs until it closes again when nobody passes; the gate's own when left out */
  constructor(definition: string, wiring = fullWiring, passTimeoutMs?: number) {
    this.definition = definition
    this.mechanics = new GateMechanics('gate-1', this.module, wiring, passTimeoutMs)
    this.module.onChange = (relay) => this.#changedAtMs.set(relay, performance.now())
  }

  async start(): Promise<this> {
    this.wire = await new Wire(await this.#serve()).start()
    return this
  }

  /** As a profile names it. */
  device(id = 'gate-contacts'): Profile['devices'][number] {
    const address =
      this.#broker === undefined
        ? { transport: 'modbus-tcp' as const, host: '127.0.0.1', port: this.wire.port }
        : { transport: 'mqtt' as const, topic }
    return { id, definition: this.definition, address }
  }

  /** Where the till finds the broker, through the wire. */
  readonly broker = () => ({ host: '127.0.0.1', port: this.wire.port, password: passwords.till })

  /** When a relay last changed, by the machine's clock. */
  changedAtMs(relay: number): number {
    return this.#changedAtMs.get(relay) ?? Number.POSITIVE_INFINITY
  }

  turns = (direction: 'in' | 'out') => this.mechanics.turns(direction, this.clock.nowMs())
  walks = (direction: 'in' | 'out') => this.mechanics.passed(direction, this.clock.nowMs())
  pressExit = () => this.mechanics.pressExit(this.clock.nowMs(), 500)

  async stop(): Promise<void> {
    await this.wire.stop()
    for (const served of this.#served.reverse()) await served.stop()
  }

  /** The port at which the device, or the broker that it speaks to, is found. */
  async #serve(): Promise<number> {
    const { clock, faults, module } = this
    const unitOf = modbusUnits[this.definition]
    if (unitOf) {
      faults.declare('gate', 'modbus-device')
      const unit = unitOf(module, clock)
      const at = { device: 'gate', host: '127.0.0.1', port: 0 }
      const served = await serveModbus({ ...at, clock, faults, unit: () => unit, powered: () => module.powered })
      this.#served.push(served)
      return served.port
    }
    faults.declare('gate', 'mqtt-gate')
    const { contacts, orders } = contactTopics(topic)
    const access = new BrokerAccess([
      { name: 'gate', password: passwords.device, publishes: topic, hearsAll: false, hears: [orders] },
      { name: 'till', password: passwords.till, publishes: orders, hearsAll: false, hears: [contacts] },
    ])
    const log = pino({ level: 'silent' })
    this.#broker = await startBroker({ host: '127.0.0.1', port: 0, access, log })
    this.#served.push(this.#broker)
    const brokerUrl = `mqtt://127.0.0.1:${this.#broker.port}`
    const board = { device: 'gate', brokerUrl, password: passwords.device, topic, clock, faults, module }
    this.#served.push(startMqttGate({ ...board, advance() {} }))
    return this.#broker.port
  }
}
