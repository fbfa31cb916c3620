/** The devices at the doors, by whatever they are spoken to, and the one MQTT connection to those that are on it. */
import type { Logger } from 'pino'
import type { Clock } from '../../contract/clock.ts'
import { AisleError } from '../../contract/errors.ts'
import type { DeviceCatalogue, ProfileDevice } from '../../devices/catalogue.ts'
import { contactKinds, type Reader } from '../../devices/definition-schema.ts'
import { MqttLink } from '../../devices/mqtt-link.ts'
import type { MqttReceiver } from '../../devices/mqtt-receiver.ts'
import type { Profile } from '../../profile/profile-schema.ts'
import { ContactModule } from './contact-module.ts'
import type { Contacts } from './contacts.ts'
import { IsapiDoors } from './isapi-doors.ts'
import { MqttContacts } from './mqtt-contacts.ts'
import { mqttReader } from './readers/mqtt-reader.ts'
import { type DoorReader, StreamReader } from './readers/stream-reader.ts'

export interface DoorDevicesOptions {
  profile: Pick<Profile, 'devices'>
  definitions: DeviceCatalogue
  clock: Clock
  log: Logger
  /** Asked for only where a device at a door is on MQTT. */
  broker(): { host: string; port: number; password: string }
  /** A secret that the profile names. */
  secret(name: string): string
}

export interface ReadCode {
  gate: string
  code: string
  reader: Pick<Reader, 'reads' | 'adultAnswers'>
}

export class DoorDevices {
  readonly #options: DoorDevicesOptions
  readonly #readers: DoorReader[] = []
  readonly #receivers: MqttReceiver[] = []
  #link: MqttLink | undefined

  constructor(options: DoorDevicesOptions) {
    this.#options = options
  }

  /** @throws AisleError `device-unknown`, `device-mismatch` */
  contacts(id: string): Contacts {
    const { definitions, clock, log } = this.#options
    const device = this.#device(id)
    const definition = definitions.of(device, ...contactKinds)
    const { address } = device
    if (definition.kind === 'relay-module' && isModbus(address)) {
      const unit = device.units?.[0] ?? definition.unitIds.minimum
      return new ContactModule({ name: id, address, unit, definition, clock, log })
    }
    if (definition.kind === 'relay-publisher' && address.transport === 'mqtt') {
      const publish = (topic: string, payload: string) => this.#link?.publish(topic, payload)
      const contacts = new MqttContacts({ name: id, topic: address.topic, definition, publish, clock, log })
      this.#receivers.push(contacts.receiver)
      return contacts
    }
    if (definition.kind === 'door-controller' && address.transport === 'http') {
      const login = address.login === undefined ? undefined : this.#options.secret(address.login)
      return new IsapiDoors({ name: id, url: address.url, login, definition, clock, log })
    }
    throw unreachable(id)
  }

  /** @throws AisleError `device-unknown`, `device-mismatch` */
  addReader(id: string, onCode: (code: string, reader: Reader) => void): void {
    const { definitions, clock, log } = this.#options
    const device = this.#device(id)
    const reader = definitions.of(device, 'reader')
    const { address } = device
    const onRead = (code: string) => onCode(code, reader)
    switch (address.transport) {
      case 'tcp':
      case 'serial':
      case 'usb-keyboard':
        this.#readers.push(new StreamReader({ name: id, address, framing: reader, clock, log }, onRead))
        break
      case 'mqtt':
        this.#receivers.push(mqttReader(address.topic, reader, clock, onRead))
        break
      default:
        throw unreachable(id)
    }
  }

  start(): void {
    const { broker, log } = this.#options
    if (this.#receivers.length > 0) {
      this.#link = new MqttLink({ broker: { user: 'till', ...broker() }, receivers: this.#receivers, log })
      this.#link.start()
    }
    for (const reader of this.#readers) reader.start()
  }

  stopReaders(): void {
    for (const reader of this.#readers) reader.stop()
  }

  /** To be called when the contacts have said their last. */
  async stop(): Promise<void> {
    await this.#link?.stop()
  }

  #device(id: string): ProfileDevice {
    const device = this.#options.profile.devices.find((candidate) => candidate.id === id)
    if (!device) throw unreachable(id)
    return device
  }
}

type Address = ProfileDevice['address']

const isModbus = (address: Address): address is Extract<Address, { transport: `modbus-${string}` }> =>
  address.transport.startsWith('modbus-')

const unreachable = (id: string) =>
  new AisleError('device-mismatch', 'The doors cannot be reached by this device.', {
    where: `device ${id}`,
    action: 'Correct the gate, or the device, in the profile.',
  })
