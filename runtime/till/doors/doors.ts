/** The store's doors, which the till alone owns: gates with their contacts, and the readers beside them. */
import { AisleError } from '../../contract/errors.ts'
import type { Reader } from '../../devices/definition-schema.ts'
import type { Profile } from '../../profile/profile-schema.ts'
import type { TillState } from '../../till-api/events.ts'
import type { DoorMemory } from '../ledger/gates.ts'
import type { DoorsNow } from '../ledger/step.ts'
import type { Contacts } from './contacts.ts'
import { DoorDevices, type DoorDevicesOptions, type ReadCode } from './door-devices.ts'
import { DoorRecord } from './door-record.ts'
import { type DoorLedger, GateDriver } from './gate-driver.ts'

export interface DoorsOptions extends DoorDevicesOptions {
  profile: Pick<Profile, 'gates' | 'devices' | 'kiosks'>
  ledger: DoorLedger
  /** Somebody showed something at a gate. What it was leaves the till nowhere but as a hash. */
  onCode(read: ReadCode): void
  /** A card was shown at a kiosk. */
  onTap?(kiosk: string, code: string, reader: Reader): void
}

interface Module {
  contacts: Contacts
  gates: GateDriver[]
}

export class Doors {
  readonly #gates = new Map<string, GateDriver>()
  readonly #modules = new Map<string, Module>()
  readonly #devices: DoorDevices
  readonly #record: DoorRecord

  /** @throws AisleError `device-unknown`, `device-mismatch` */
  constructor(options: DoorsOptions) {
    this.#record = new DoorRecord(options.clock, options.log)
    const devices = new DoorDevices(options)
    for (const gate of options.profile.gates) {
      const module = gate.contacts === undefined ? undefined : this.#moduleOf(gate.contacts, devices)
      const driver = new GateDriver(gate, { ...options, contacts: module?.contacts, record: this.#record })
      module?.gates.push(driver)
      this.#gates.set(gate.id, driver)
      for (const reader of [gate.reader ?? [], gate.otherReaders ?? []].flat()) {
        devices.addReader(reader, (code, read) => options.onCode({ gate: gate.id, code, reader: read }))
      }
    }
    for (const { id, terminal } of options.profile.kiosks ?? []) {
      devices.addReader(terminal, (code, reader) => options.onTap?.(id, code, reader))
    }
    this.#devices = devices
  }

  /** Takes up what was under way, without opening anything, and begins to watch. */
  start({ admitted, fires, asking, counts }: DoorMemory): void {
    for (const { gate, ...counted } of counts) this.#gates.get(gate)?.resumeCounts(counted)
    for (const gate of fires) this.#gates.get(gate)?.resumeFire()
    for (const gate of asking) this.#gates.get(gate)?.resumeAsking()
    for (const { gate, visitId, missing } of admitted) this.#gates.get(gate)?.expect(visitId, missing)
    for (const { contacts, gates } of this.#modules.values()) {
      contacts.start((sample) => {
        for (const gate of gates) gate.polled(sample)
      })
    }
    this.#devices.start()
  }

  async stop(): Promise<void> {
    this.#devices.stopReaders()
    await Promise.all(
      [...this.#modules.values()].map(({ contacts, gates }) =>
        contacts.stop(gates.flatMap((gate) => gate.relaysThatLock)),
      ),
    )
    await this.#devices.stop()
    await this.#record.stop()
  }

  states(): TillState['gates'] {
    return [...this.#gates.values()].map((gate) => ({
      ...{ gate: gate.id, state: gate.display, online: gate.online },
      ...(gate.fire || gate.asksStaff ? { latched: true } : {}),
    }))
  }

  /** Gates that admit nobody now. */
  closedGates(): string[] {
    return [...this.#gates.values()].filter((gate) => !gate.online || gate.fire).map((gate) => gate.id)
  }

  /** What an admission has to know. */
  now(): DoorsNow {
    const askingGates = [...this.#gates.values()].filter((gate) => gate.asksStaff).map((gate) => gate.id)
    return { closedGates: this.closedGates(), askingGates }
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

  #moduleOf(id: string, devices: DoorDevices): Module {
    const known = this.#modules.get(id)
    if (known) return known
    const module = { contacts: devices.contacts(id), gates: [] }
    this.#modules.set(id, module)
    return module
  }
}
