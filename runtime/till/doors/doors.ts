/** The store's doors, which the till alone owns: gates with their contacts, and the readers beside them. */
import type { Logger } from 'pino'
import type { Clock } from '../../contract/clock.ts'
import { AisleError } from '../../contract/errors.ts'
import type { DeviceCatalogue } from '../../devices/catalogue.ts'
import type { Reader } from '../../devices/definition-schema.ts'
import type { Profile } from '../../profile/profile-schema.ts'
import type { TillState } from '../../till-api/events.ts'
import type { DoorMemory } from '../ledger/gates.ts'
import { ContactModule } from './contact-module.ts'
import { DoorRecord } from './door-record.ts'
import { type DoorLedger, GateDriver } from './gate-driver.ts'
import { type DoorReader, StreamReader } from './readers/stream-reader.ts'

export interface DoorsOptions {
  profile: Pick<Profile, 'gates' | 'devices'>
  definitions: DeviceCatalogue
  ledger: DoorLedger
  clock: Clock
  log: Logger
  /** Somebody showed something at a gate. What it was leaves the till nowhere but as a hash. */
  onCode(read: ReadCode): void
}

export interface ReadCode {
  gate: string
  code: string
  reader: Pick<Reader, 'reads' | 'adultAnswers'>
}

interface Module {
  contacts: ContactModule
  gates: GateDriver[]
}

export class Doors {
  readonly #gates = new Map<string, GateDriver>()
  readonly #modules = new Map<string, Module>()
  readonly #readers: DoorReader[] = []
  readonly #record: DoorRecord

  /** @throws AisleError `device-unknown`, `device-mismatch` */
  constructor(options: DoorsOptions) {
    this.#record = new DoorRecord(options.clock, options.log)
    for (const gate of options.profile.gates) {
      const module = gate.contacts === undefined ? undefined : this.#moduleOf(gate.contacts, options)
      const driver = new GateDriver(gate, { ...options, contacts: module?.contacts, record: this.#record })
      module?.gates.push(driver)
      this.#gates.set(gate.id, driver)
      for (const reader of [gate.reader ?? [], gate.otherReaders ?? []].flat()) {
        this.#readers.push(readerOf(gate.id, reader, options))
      }
    }
  }

  /** Takes up what was under way, without opening anything, and begins to watch. */
  start({ admitted, fires, counts }: DoorMemory): void {
    for (const { gate, ...counted } of counts) this.#gates.get(gate)?.resumeCounts(counted)
    for (const gate of fires) this.#gates.get(gate)?.resumeFire()
    for (const { gate, visitId, missing } of admitted) this.#gates.get(gate)?.expect(visitId, missing)
    for (const { contacts, gates } of this.#modules.values()) {
      contacts.start((sample) => {
        for (const gate of gates) gate.polled(sample)
      })
    }
    for (const reader of this.#readers) reader.start()
  }

  async stop(): Promise<void> {
    for (const reader of this.#readers) reader.stop()
    await Promise.all(
      [...this.#modules.values()].map(({ contacts, gates }) =>
        contacts.stop(gates.flatMap((gate) => gate.watchdogRelay ?? [])),
      ),
    )
    await this.#record.stop()
  }

  states(): TillState['gates'] {
    return [...this.#gates.values()].map((gate) => ({ gate: gate.id, state: gate.display, online: gate.online }))
  }

  /** Gates that admit nobody now. */
  closedGates(): string[] {
    return [...this.#gates.values()].filter((gate) => !gate.online || gate.fire).map((gate) => gate.id)
  }

  /** Opens the entry for a party; nothing when it stands open for this visit already. */
  authorise(gate: string, visitId: string, party: number): void {
    this.#gates.get(gate)?.authorise(visitId, party)
  }

  /** @throws AisleError `gate-unknown` */
  checkGate(gate: string): void {
    this.#gate(gate)
  }

  /** @throws AisleError `gate-unknown` */
  open(gate: string, direction: 'in' | 'out'): void {
    this.#gate(gate).open(direction)
  }

  /** @throws AisleError `gate-unknown`, `gate-on-fire` while the alarm is still on */
  checkReset(gate: string): void {
    if (!this.#gate(gate).alarmIsOn) return
    throw new AisleError('gate-on-fire', `The fire alarm of gate ${gate} is still on.`, {
      action: 'Reset the fire panel first; the exit stays open until then.',
    })
  }

  reset(gate: string): void {
    this.#gate(gate).reset()
  }

  #gate(id: string): GateDriver {
    const gate = this.#gates.get(id)
    if (gate) return gate
    throw new AisleError('gate-unknown', `There is no gate ${id}.`, {
      action: `This store has ${[...this.#gates.keys()].join(', ') || 'none'}.`,
    })
  }

  #moduleOf(id: string, options: DoorsOptions): Module {
    const known = this.#modules.get(id)
    if (known) return known
    const device = deviceOf(id, options)
    const definition = options.definitions.of(device, 'relay-module')
    const { address } = device
    if (address.transport !== 'modbus-tcp' && address.transport !== 'modbus-rtu') throw unreachable(id)
    const unit = device.units?.[0] ?? definition.unitIds.minimum
    const { clock, log } = options
    const module = { contacts: new ContactModule({ name: id, address, unit, definition, clock, log }), gates: [] }
    this.#modules.set(id, module)
    return module
  }
}

function readerOf(gate: string, id: string, options: DoorsOptions): DoorReader {
  const device = deviceOf(id, options)
  const reader = options.definitions.of(device, 'reader')
  const { address } = device
  const { clock, log, onCode } = options
  const onRead = (code: string) => onCode({ gate, code, reader })
  switch (address.transport) {
    case 'tcp':
    case 'serial':
    case 'usb-keyboard':
      return new StreamReader({ name: id, address, framing: reader, clock, log }, onRead)
    default:
      throw unreachable(id)
  }
}

function deviceOf(id: string, { profile }: DoorsOptions): Profile['devices'][number] {
  const device = profile.devices.find((candidate) => candidate.id === id)
  if (!device) throw unreachable(id)
  return device
}

const unreachable = (id: string) =>
  new AisleError('device-mismatch', 'The doors cannot be reached by this device.', {
    where: `device ${id}`,
    action: 'Correct the gate, or the device, in the profile.',
  })
