/** Serves every device of a profile at its address, on its own protocol. */
import type { Clock } from '../contract/clock.ts'
import { AisleError } from '../contract/errors.ts'
import { ownVisionDevice } from '../profile/own-vision.ts'
import type { Profile } from '../profile/profile-schema.ts'
import { addressOf } from './device-address.ts'
import type { Faults } from './devices/faults.ts'
import { serveHikvisionDoor } from './devices/hikvision-door.ts'
import { startKeyboardScanner } from './devices/keyboard-scanner.ts'
import { serveCasAscii } from './devices/load-cells/cas-ascii.ts'
import { startMqttBoard } from './devices/load-cells/diy-mqtt.ts'
import type { LoadCellPhysics, SlaveFactory } from './devices/load-cells/load-cell.ts'
import { loadCellSlaves } from './devices/load-cells/registry.ts'
import { serveModbus, serveModbusRtuOverTcp } from './devices/modbus-server.ts'
import type { ModbusUnit } from './devices/modbus-unit.ts'
import { adam6050 } from './devices/relays/adam-6050.ts'
import { e1214 } from './devices/relays/e1214.ts'
import { startMqttGate } from './devices/relays/mqtt-gate.ts'
import { waveshareRelay } from './devices/relays/waveshare-relay.ts'
import { type Scanner, serveScanner, startMqttScanner } from './devices/scanner.ts'
import { serveSpeaker } from './devices/speaker.ts'
import { startVisionAppliance, type VisionAppliance } from './devices/vision-appliance.ts'
import { isCamera, serveCamerasOf } from './served-cameras.ts'
import { cellsOf } from './served-plates.ts'
import type { PeopleView } from './vision/people-view.ts'
import type { SeenPiece } from './vision/sightings.ts'
import { RelayModule } from './world/gate-mechanics.ts'
import type { World } from './world/world.ts'

export interface ServedDevices {
  /** A phone is held before a gate's reader. */
  show(gate: string, credential: string): void
  /** A card is held to a kiosk's terminal. */
  tap(kiosk: string, token: string): void
  /** The cameras saw a piece in a hand. */
  sees(piece: SeenPiece, atMs: number): void
  stop(): Promise<void>
}

export interface ServeOptions {
  profile: Profile
  world: World
  modules: ReadonlyMap<string, RelayModule>
  view: PeopleView
  clock: Clock
  faults: Faults
  brokerUrl: string
  brokerPassword: string
  /** Brings the world up to now before a device looks at it. */
  advance(): void
}

type Device = Profile['devices'][number]

/** @throws AisleError `port-taken`, `twin-not-loopback`, `twin-unknown-device` */
export async function serveDevices(options: ServeOptions): Promise<ServedDevices> {
  const served: { stop(): Promise<void> }[] = []
  const scanners = new Map<string, Scanner>()
  const appliances: VisionAppliance[] = []
  const stop = async () => {
    await Promise.all(served.map((one) => one.stop()))
  }
  const { profile, clock, faults, advance, brokerUrl, brokerPassword: password } = options

  /** How each model is served. Cameras follow later: several may share a port. */
  const simulators: Record<string, (device: Device) => Promise<unknown>> = {
    async 'cas-ascii'({ id, address, settings }) {
      faults.declare(id, 'indicator')
      const cells = firstChannels(cellsOf(id, options))
      const at = addressOf({ id, address }, 'tcp')
      served.push(await serveCasAscii({ device: id, ...at, clock, faults, cells, setup: settings ?? {}, advance }))
    },
    async 'diy-mqtt'({ id, address }) {
      faults.declare(id, 'mqtt-board')
      // Its readings carry a channel and no unit.
      const cells = new Map([...cellsOf(id, options).values()].flatMap((channels) => [...channels]))
      const { topic } = addressOf({ id, address }, 'mqtt')
      served.push(startMqttBoard({ device: id, brokerUrl, password, topic, clock, faults, cells, advance }))
    },
    'moxa-e1214': (device) => serveRelays(device, e1214),
    'adam-6050': (device) => serveRelays(device, adam6050),
    'waveshare-relay-8': (device) => serveRelays(device, waveshareRelay),
    async 'mqtt-gate'({ id, address }) {
      faults.declare(id, 'mqtt-gate')
      const { topic } = addressOf({ id, address }, 'mqtt')
      const module = options.modules.get(id) ?? new RelayModule()
      served.push(startMqttGate({ device: id, brokerUrl, password, topic, clock, faults, module, advance }))
    },
    async 'hikvision-door'({ id, address }) {
      faults.declare(id, 'door-controller')
      const { hostname: host, port } = new URL(addressOf({ id, address }, 'http').url)
      const module = options.modules.get(id) ?? new RelayModule()
      const login = `open-aisle:${password}`
      served.push(
        await serveHikvisionDoor({ device: id, host, port: Number(port || 80), login, module, clock, faults }),
      )
    },
    'tcp-scanner': serveReader,
    'serial-scanner': serveReader,
    'badge-reader': serveReader,
    'card-terminal': serveReader,
    'adult-terminal': serveReader,
    async 'usb-keyboard-scanner'({ id, address }) {
      faults.declare(id, 'reader')
      const { path } = addressOf({ id, address }, 'usb-keyboard')
      const scanner = await startKeyboardScanner({ device: id, path, faults })
      scanners.set(id, scanner)
      served.push(scanner)
    },
    async 'mqtt-scanner'({ id, address }) {
      faults.declare(id, 'reader')
      const { topic } = addressOf({ id, address }, 'mqtt')
      const scanner = startMqttScanner({ device: id, brokerUrl, password, topic, clock, faults })
      scanners.set(id, scanner)
      served.push(scanner)
    },
    async 'people-mqtt'({ id, address }) {
      faults.declare(id, 'vision-appliance')
      const { topic } = addressOf({ id, address }, 'mqtt')
      const { view } = options
      const appliance = startVisionAppliance({
        device: id,
        brokerUrl,
        password,
        topic,
        clock,
        faults,
        view,
        advance,
      })
      appliances.push(appliance)
      served.push(appliance)
    },
    async 'http-speaker'({ id, address }) {
      faults.declare(id, 'speaker')
      const { hostname: host, port, pathname: path } = new URL(addressOf({ id, address }, 'http').url)
      served.push(await serveSpeaker({ device: id, host, port: Number(port || 80), path, clock, faults }))
    },
  }

  async function serveRelays(device: Device, unitOf: (module: RelayModule, clock: Clock) => ModbusUnit) {
    const module = options.modules.get(device.id)
    // On Ethernet itself, it listens to every unit id.
    const unit = module && advancing(unitOf(module, clock), options)
    await serveUnits(
      device,
      () => unit,
      [],
      () => module?.powered !== false,
    )
  }

  async function serveReader(device: Device) {
    faults.declare(device.id, 'reader')
    const scanner = await serveScanner({ device: device.id, ...addressOf(device, 'tcp'), faults })
    scanners.set(device.id, scanner)
    served.push(scanner)
  }

  async function serveWeighing(device: Device, slave: SlaveFactory) {
    const units = weighingUnits(device, slave, options)
    await serveUnits(device, (unitId) => units.get(unitId), [...units.keys()])
  }

  async function serveUnits(
    { id, address }: Device,
    unit: (unitId: number) => ModbusUnit | undefined,
    unitIds: readonly number[] = [],
    powered = () => true,
  ) {
    faults.declare(id, 'modbus-device')
    const common = { device: id, clock, faults, unit, powered, ...('line' in address ? { line: address.line } : {}) }
    if (address.transport === 'modbus-rtu-tcp') {
      served.push(await serveModbusRtuOverTcp({ ...common, ...address, unitIds }))
    } else served.push(await serveModbus({ ...common, ...addressOf({ id, address }, 'modbus-tcp') }))
  }

  try {
    // One after the other, so that the first taken port is the one that is named.
    for (const device of profile.devices) {
      const slave = loadCellSlaves[device.definition]
      // It looks at the cameras that are served here.
      if (device.id === ownVisionDevice) continue
      // A recording needs nobody to stand in for it.
      if (device.address.transport === 'file') continue
      if (slave) await serveWeighing(device, slave)
      else if (isCamera(device)) faults.declare(device.id, 'camera')
      else await (simulators[device.definition] ?? unknownDevice)(device)
    }
    await serveCamerasOf(options, served)
  } catch (error) {
    await stop()
    throw error
  }

  const terminalOf = new Map((profile.kiosks ?? []).map(({ id, terminal }) => [id, terminal]))
  const readerOf = new Map(profile.gates.map(({ id, reader }) => [id, reader]))
  return {
    show: (gate, credential) => scanners.get(readerOf.get(gate) ?? '')?.reads(credential),
    tap: (kiosk, token) => scanners.get(terminalOf.get(kiosk) ?? '')?.reads(token),
    sees: (piece, atMs) => {
      for (const appliance of appliances) appliance.sees(piece, atMs)
    },
    stop,
  }
}

function unknownDevice({ id, definition }: Device): never {
  throw new AisleError('twin-unknown-device', `The twin cannot stand in for a ${definition}.`, {
    where: `devices/${id}`,
    action: 'Start with --live for this store, or choose another model for the demonstration.',
  })
}

function weighingUnits(device: Device, slave: SlaveFactory, options: ServeOptions): Map<number, ModbusUnit> {
  const cells = cellsOf(device.id, options)
  const { clock } = options
  const unitIds = new Set([...(device.units ?? []), ...cells.keys()])
  const made = [...unitIds].map((unitId): [number, ModbusUnit] => {
    const cell = (channel: number) => cells.get(unitId)?.get(channel)
    return [unitId, advancing(slave({ cell, clock, setup: device.settings ?? {} }), options)]
  })
  return new Map(made)
}

/** Where a unit has one cell only. */
function firstChannels(units: ReadonlyMap<number, ReadonlyMap<number, LoadCellPhysics>>): Map<number, LoadCellPhysics> {
  return new Map([...units].flatMap(([unitId, channels]) => [...channels.values()].map((cell) => [unitId, cell])))
}

/** A unit that sees the world as it is at the moment of the request. */
function advancing(unit: ModbusUnit, { advance }: ServeOptions): ModbusUnit {
  return {
    ...(unit.tcpUnitId === undefined ? {} : { tcpUnitId: unit.tcpUnitId }),
    answer(request) {
      advance()
      return unit.answer(request)
    },
    get delayMs() {
      return unit.delayMs ?? 0
    },
  }
}
