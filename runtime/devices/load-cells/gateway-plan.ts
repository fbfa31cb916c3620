/** Which plates are read where: the profile's plates, sorted by gateway and unit, and checked against the definitions. */
import { AisleError } from '../../contract/errors.ts'
import type { Profile } from '../../profile/profile-schema.ts'
import type { StreamAddress } from '../byte-port.ts'
import type { DeviceCatalogue, ProfileDevice } from '../catalogue.ts'
import type { LoadCellDefinition, LoadCellTransmitter } from '../definition-schema.ts'
import type { ModbusConnectionOptions } from '../modbus/modbus-connection.ts'
import type { ModbusAddress } from '../modbus/open-port.ts'
import type { PublisherPlan } from './load-cell-publisher.ts'
import type { StreamPlan } from './load-cell-stream.ts'

export interface GatewayPlan {
  device: string
  address: ModbusAddress
  /** With the settings that the profile says the devices have. */
  definition: LoadCellTransmitter
  pollHz: number
  units: UnitPlan[]
}

export interface UnitPlan {
  unit: number
  /** The unit's plates, apart for each fixture, because samples travel by fixture. */
  fixtures: { fixture: string; plates: PlatePlan[] }[]
}

export interface PlatePlan {
  plate: string
  /** From 1, as printed on the transmitter. */
  channel: number
}

const defaultPollHz = 10

/** @throws AisleError `device-unknown`, `device-mismatch` */
export function planGateways(profile: Profile, catalogue: DeviceCatalogue): GatewayPlan[] {
  const spoken = ['load-cell-stream', 'load-cell-publisher']
  return weighingDevices(profile)
    .filter(({ definition }) => !spoken.includes(catalogue.get(definition)?.kind ?? ''))
    .map((device) => planGateway(device, profile, catalogue))
}

/** Indicators that send by themselves. @throws AisleError `device-mismatch` */
export function planStreams(profile: Profile, catalogue: DeviceCatalogue): StreamPlan[] {
  return weighingDevices(profile)
    .filter(({ definition }) => catalogue.get(definition)?.kind === 'load-cell-stream')
    .map((device) => {
      const definition = catalogue.of(device, 'load-cell-stream')
      const plates = platesOf(profile, device, definition)
      return {
        device: device.id,
        address: device.address as StreamAddress,
        definition,
        plates: plates.map(({ id, fixture, source }) => ({ plate: id, fixture, unit: source.unit })),
      }
    })
}

/** Boards that publish. @throws AisleError `device-mismatch` */
export function planPublishers(profile: Profile, catalogue: DeviceCatalogue): PublisherPlan[] {
  return weighingDevices(profile)
    .filter(({ definition }) => catalogue.get(definition)?.kind === 'load-cell-publisher')
    .map((device) => {
      const definition = catalogue.of(device, 'load-cell-publisher')
      const plates = platesOf(profile, device, definition)
      return {
        device: device.id,
        topic: (device.address as Extract<typeof device.address, { transport: 'mqtt' }>).topic,
        definition,
        plates: plates.map(({ id, fixture, source }) => ({ plate: id, fixture, channel: source.channel })),
      }
    })
}

function weighingDevices(profile: Profile): ProfileDevice[] {
  const used = new Set(profile.plates.map((plate) => plate.source.device))
  return profile.devices.filter((device) => used.has(device.id))
}

function platesOf(profile: Profile, device: ProfileDevice, definition: LoadCellDefinition): Profile['plates'] {
  const plates = profile.plates.filter((plate) => plate.source.device === device.id)
  for (const plate of plates) checkSource(plate, definition)
  return plates
}

function planGateway(device: ProfileDevice, profile: Profile, catalogue: DeviceCatalogue): GatewayPlan {
  const definition = withSettings(catalogue.of(device, 'load-cell-transmitter'), device)
  const plates = platesOf(profile, device, definition)
  const units = [...Map.groupBy(plates, (plate) => plate.source.unit)].map(([unit, ofUnit]) => ({
    unit,
    fixtures: [...Map.groupBy(ofUnit, (plate) => plate.fixture)].map(([fixture, ofFixture]) => ({
      fixture,
      plates: ofFixture.map((plate) => ({ plate: plate.id, channel: plate.source.channel })),
    })),
  }))
  return {
    device: device.id,
    address: device.address as ModbusAddress,
    definition,
    pollHz: device.pollHz ?? defaultPollHz,
    units,
  }
}

function checkSource({ id, source: { unit, channel } }: Profile['plates'][number], definition: LoadCellDefinition) {
  const { model, channels } = definition
  if (channel > channels) throw mismatch(`plate ${id}`, `It is on channel ${channel}, but ${model} has ${channels}.`)
  if (definition.kind === 'load-cell-publisher') return
  const { unitIds } = definition
  if (unit < unitIds.minimum || unit > unitIds.maximum) {
    throw mismatch(`plate ${id}`, `It is on unit ${unit}; ${model} takes ${unitIds.minimum} to ${unitIds.maximum}.`)
  }
}

/** Longer than the usual gateway waits for a silent unit (Moxa MGate: 1 s). */
const gatewayPatienceMs = 1200
/** Enough for a round of all units in one packet; what answers at once keeps no more waiting. */
const inFlightOnEthernet = 16

/**
 * How a plan's device is to be talked to. Where the profile says that there is a serial line behind a gateway, one
 * request is in flight; a device that is itself on Ethernet is asked for all its units at once.
 */
export function connectionOptionsOf({
  device,
  address,
  definition,
}: GatewayPlan): Omit<ModbusConnectionOptions, 'clock'> {
  const { answerWithinMs, minIntervalMs } = definition.limits
  const onEthernet = address.transport === 'modbus-tcp' && address.line === undefined && minIntervalMs === 0
  return {
    name: device,
    address,
    answerWithinMs,
    minIntervalMs,
    patienceMs: address.transport === 'modbus-rtu' ? 0 : gatewayPatienceMs,
    inFlight: onEthernet ? inFlightOnEthernet : 1,
  }
}

const bitsPerCharacter = 11
/** Unit, function, address, count and checksum; and of an answer all but its registers. */
const requestCharacters = 8
const answerCharacters = 5
/** From a request to its answer, for a usual unit (an assumption). */
const turnAroundMs = 5

/** What one round of all units takes on the serial line, by its baud rate and the usual turn-around; 0: there is none. */
export function roundMs({ address, definition, units }: GatewayPlan): number {
  const line = address.transport === 'modbus-rtu' ? address : 'line' in address ? address.line : undefined
  if (!line) return 0
  const unitMs = definition.reads
    .filter(({ seldom }) => !seldom)
    .map(({ count }) => requestCharacters + answerCharacters + 2 * count)
    .reduce((sum, characters) => sum + (1000 * bitsPerCharacter * characters) / line.baudRate + turnAroundMs, 0)
  return units.length * unitMs
}

/** The definition as this device was set. The twin serves the same. */
export function withSettings(definition: LoadCellTransmitter, device: ProfileDevice): LoadCellTransmitter {
  const { wordOrder, decimals } = device.settings ?? {}
  for (const name of ['wordOrder', 'decimals'] as const) {
    if (device.settings?.[name] !== undefined && !definition.adjustable.includes(name)) {
      throw mismatch(`device ${device.id}`, `${definition.model} has no setting ${name}.`)
    }
  }
  return {
    ...definition,
    wordOrder: wordOrder ?? definition.wordOrder,
    decimals: decimals === undefined ? definition.decimals : { from: 'fixed', decimals },
  }
}

const mismatch = (where: string, message: string) =>
  new AisleError('device-mismatch', message, { where, action: 'Correct the profile, or choose another definition.' })
