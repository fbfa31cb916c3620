/** Serves every device of a profile at its address, on its own protocol. */
import type { Clock } from '../contract/clock.ts'
import { AisleError } from '../contract/errors.ts'
import type { Profile } from '../profile/profile-schema.ts'
import { serveCameras } from './devices/camera.ts'
import { e1214 } from './devices/e1214.ts'
import type { Faults } from './devices/faults.ts'
import type { LoadCellPhysics, SlaveFactory } from './devices/load-cells/load-cell.ts'
import { loadCellSlaves } from './devices/load-cells/registry.ts'
import { requireLoopback, type Served } from './devices/loopback.ts'
import { serveModbus } from './devices/modbus-server.ts'
import type { ModbusUnit } from './devices/modbus-unit.ts'
import { type Scanner, serveScanner } from './devices/scanner.ts'
import { startVisionAppliance, type VisionAppliance } from './devices/vision-appliance.ts'
import { cameraPicture } from './vision/camera-picture.ts'
import type { PeopleView } from './vision/people-view.ts'
import type { SeenPiece } from './vision/sightings.ts'
import type { RelayModule } from './world/gate-mechanics.ts'
import type { World } from './world/world.ts'

export interface ServedDevices {
  /** A phone is held before a gate's reader. */
  show(gate: string, credential: string): void
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
type At<T extends Device['address']['transport']> = Extract<Device['address'], { transport: T }>

/** One request and answer of 56 registers on a serial line of 115200 baud, without the transmitter's pause. */
const weighingRequestMs = 6
const relayRequestMs = 2
/** The MX08's own motion detector (chosen): this much within this time is motion. */
const motionG = 3
const motionWindowMs = 400

/** @throws AisleError `port-taken`, `twin-not-loopback`, `twin-unknown-device` */
export async function serveDevices(options: ServeOptions): Promise<ServedDevices> {
  const served: Served[] = []
  const scanners = new Map<string, Scanner>()
  const appliances: VisionAppliance[] = []
  const stop = async () => {
    await Promise.all([...served, ...appliances].map((one) => one.stop()))
  }
  const { profile, clock, faults } = options

  /** How each model is served. Cameras follow later: several may share a port. */
  const simulators: Record<string, (device: Device) => Promise<unknown>> = {
    async 'moxa-e1214'(device) {
      faults.declare(device.id, 'modbus-device')
      const module = options.modules.get(device.id)
      const unit = module && advancing(e1214(module, clock), options)
      await serveUnits(device, () => unit, relayRequestMs)
    },
    async 'tcp-scanner'(device) {
      faults.declare(device.id, 'reader')
      const scanner = await serveScanner({ device: device.id, ...addressOf(device, 'tcp'), faults })
      scanners.set(device.id, scanner)
      served.push(scanner)
    },
    async 'people-mqtt'(device) {
      faults.declare(device.id, 'vision-appliance')
      const { topic } = addressOf(device, 'mqtt')
      const { brokerUrl, brokerPassword: password, view, advance } = options
      const { id } = device
      appliances.push(startVisionAppliance({ device: id, brokerUrl, password, topic, clock, faults, view, advance }))
    },
    async 'http-camera'({ id }) {
      faults.declare(id, 'camera')
    },
  }

  async function serveWeighing(device: Device, slave: SlaveFactory) {
    faults.declare(device.id, 'modbus-device')
    await serveUnits(device, weighingUnits(device, slave, options), weighingRequestMs)
  }

  async function serveUnits(device: Device, unit: (unitId: number) => ModbusUnit | undefined, requestMs: number) {
    const at = addressOf(device, 'modbus-tcp')
    served.push(await serveModbus({ device: device.id, ...at, clock, faults, unit, requestMs }))
  }

  try {
    // One after the other, so that the first taken port is the one that is named.
    for (const device of profile.devices) {
      const slave = loadCellSlaves[device.definition]
      if (slave) await serveWeighing(device, slave)
      else await (simulators[device.definition] ?? unknownDevice)(device)
    }
    for (const group of camerasByPort(options)) served.push(await serveCameras({ ...group, clock, faults }))
  } catch (error) {
    await stop()
    throw error
  }

  const readerOf = new Map(profile.gates.map(({ id, reader }) => [id, reader]))
  return {
    show: (gate, credential) => scanners.get(readerOf.get(gate) ?? '')?.reads(credential),
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

/** @throws AisleError `twin-unknown-device` when the device is reached in a way that the twin cannot serve */
function addressOf<T extends Device['address']['transport']>({ id, address }: Device, transport: T): At<T> {
  if (address.transport === transport) return address as At<T>
  throw new AisleError(
    'twin-unknown-device',
    `The twin serves this device by ${transport}, not ${address.transport}.`,
    {
      where: `devices/${id}`,
      action: `Give it an address with the transport ${transport} for the demonstration.`,
    },
  )
}

function weighingUnits(
  device: Device,
  slave: SlaveFactory,
  options: ServeOptions,
): (unitId: number) => ModbusUnit | undefined {
  const { profile, world, clock, faults } = options
  const units = new Map<number, ModbusUnit>()
  for (const unitId of device.units ?? []) {
    const channels = new Map<number, LoadCellPhysics>()
    for (const { id, ratingG, source } of profile.plates) {
      if (source.device !== device.id || source.unit !== unitId) continue
      faults.declare(id, 'plate')
      channels.set(source.channel, loadCell(id, ratingG, world, clock, faults))
    }
    units.set(
      unitId,
      advancing(slave({ cell: (channel) => channels.get(channel), clock, setup: device.settings ?? {} }), options),
    )
  }
  return (unitId) => units.get(unitId)
}

function loadCell(plate: string, ratingG: number, world: World, clock: Clock, faults: Faults): LoadCellPhysics {
  let stuckAtMs: number | undefined
  const timeMs = () => {
    if (faults.active(plate, 'stuck')) stuckAtMs ??= clock.nowMs()
    else stuckAtMs = undefined
    return stuckAtMs ?? clock.nowMs()
  }
  let stuckG = 0
  const grams = (atMs: number) => world.shelves.gramsAt(plate, atMs)
  return {
    ratingG,
    connected: () => !faults.active(plate, 'disconnected'),
    grams() {
      const before = stuckAtMs
      const atMs = timeMs()
      // A stuck value is kept itself: what the plate weighed long ago cannot be asked for.
      if (stuckAtMs === undefined || before === undefined) stuckG = grams(atMs)
      return stuckG
    },
    moving() {
      if (faults.active(plate, 'stuck')) return false
      const nowMs = clock.nowMs()
      const readings = [0, 0.25, 0.5, 0.75, 1].map((share) => grams(nowMs - share * motionWindowMs))
      return Math.max(...readings) - Math.min(...readings) > motionG
    },
  }
}

/** A unit that sees the world as it is at the moment of the request. */
function advancing(unit: ModbusUnit, { advance }: ServeOptions): ModbusUnit {
  return {
    answer(request) {
      advance()
      return unit.answer(request)
    },
    get delayMs() {
      return unit.delayMs ?? 0
    },
  }
}

/** Cameras by host and port: several may be channels of one recorder. */
function camerasByPort(options: ServeOptions) {
  const { profile, world, advance } = options
  const groups = new Map<string, Parameters<typeof serveCameras>[0]['cameras'][number][]>()
  for (const device of profile.devices) {
    if (device.definition !== 'http-camera') continue
    const url = new URL(addressOf(device, 'http').url)
    requireLoopback(url.hostname, device.id)
    const place = profile.cameras.find((camera) => camera.device === device.id)
    const picture = () => {
      advance()
      return cameraPicture(world, place?.positionM ?? [0, 0, 3], place?.lookAtM ?? [1, 1, 0])
    }
    const at = `${url.hostname} ${url.port || 80}`
    groups.set(at, [...(groups.get(at) ?? []), { device: device.id, path: url.pathname, picture }])
  }
  return [...groups].map(([at, cameras]) => {
    const [host = '', port = ''] = at.split(' ')
    return { host, port: Number(port), cameras }
  })
}
