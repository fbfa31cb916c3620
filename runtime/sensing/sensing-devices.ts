/** The devices of a profile that sense: load cells behind gateways, cameras, vision appliances. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Clock } from '../contract/clock.ts'
import type { DeviceCatalogue, ProfileDevice } from '../devices/catalogue.ts'
import type { HealthReport } from '../devices/health-report.ts'
import type { ChannelReading } from '../devices/load-cells/decode.ts'
import { FlashBudget } from '../devices/load-cells/flash-budget.ts'
import {
  connectionOptionsOf,
  type GatewayPlan,
  planGateways,
  planPublishers,
  planStreams,
} from '../devices/load-cells/gateway-plan.ts'
import { ModbusLoadCellCommands, StoreLoadCellCommands } from '../devices/load-cells/load-cell-commands.ts'
import type { LoadCellCommands } from '../devices/load-cells/load-cell-orders.ts'
import { LoadCellPoller } from '../devices/load-cells/load-cell-poller.ts'
import { LoadCellPublisherReader } from '../devices/load-cells/load-cell-publisher.ts'
import { LoadCellStreamReader } from '../devices/load-cells/load-cell-stream.ts'
import { ModbusConnection } from '../devices/modbus/modbus-connection.ts'
import { MqttLink } from '../devices/mqtt-link.ts'
import { VisionAppliance, type VisionListener } from '../devices/vision/vision-appliance.ts'
import type { Profile } from '../profile/profile-schema.ts'
import type { ProgramSecrets } from '../program/run-settings.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'
import type { SampleBatch } from '../sensing-api/sensing-client.ts'
import { cameraCapture, usualDecoder } from '../vision/sources/camera-capture.ts'
import { CameraSource } from '../vision/sources/camera-source.ts'
import type { Frame, FrameSource } from '../vision/sources/frame-source.ts'

export interface SensingDevicesOptions {
  profile: Profile
  catalogue: DeviceCatalogue
  secrets: ProgramSecrets
  broker: { host: string; port: number }
  /** The store's time. */
  clock: Clock
  /** Real time: devices answer, and fail, in it, also where a demonstration runs faster. */
  wireClock: Clock
  log: Logger
  /** Where the counts of flash writes are kept. */
  dataDirectory: string
  listener: SensingListener
}

export interface SensingListener extends VisionListener {
  onBatch(batch: SampleBatch): void
  onReading(plate: string, reading: ChannelReading, atMs: number): void
  onHealth(report: HealthReport): void
}

export interface SensingDevices {
  start(): void
  /** The newest picture of a camera; undefined when there is none that is fresh. */
  picture(camera: string): Frame | undefined
  /** Orders to load cells. */
  loadCells: LoadCellCommands
  /** Says at which plates hands may be; undefined: nobody knows, so everywhere. */
  attend(plates: ReadonlySet<string> | undefined): void
  stop(): Promise<void>
}

/** @throws AisleError `device-unknown`, `device-mismatch` where profile and definitions do not fit */
export function createSensingDevices(options: SensingDevicesOptions): SensingDevices {
  const { profile, catalogue, secrets, broker, log } = options
  const devices = new Map(profile.devices.map((device) => [device.id, device]))
  const flash = new FlashBudget(join(options.dataDirectory, 'flash-writes.json'), options.wireClock)
  const buses = planGateways(profile, catalogue).map((plan) => createBus(plan, flash, options))
  const readerOptions = { clock: options.clock, wireClock: options.wireClock, ...options.listener }
  const cameras = new Map(
    profile.cameras.map(({ id, device }) => [id, createCamera(deviceIn(devices, device), options)]),
  )
  const appliances = profile.visionAppliances.map(({ id, device }) =>
    createAppliance(id, deviceIn(devices, device), options),
  )
  const password = handedSecret(secrets, generatedSecrets.brokerPasswordSensing)
  const streams = planStreams(profile, catalogue).map((plan) => new LoadCellStreamReader({ plan, ...readerOptions }))
  const publishers = planPublishers(profile, catalogue).map(
    (plan) => new LoadCellPublisherReader({ plan, ...readerOptions }),
  )
  const messages = new MqttLink({
    broker: { ...broker, user: 'sensing', password },
    receivers: [...appliances, ...publishers],
    log,
  })
  return {
    start() {
      for (const { connection, poller } of buses) {
        poller.start()
        connection.open()
      }
      for (const camera of cameras.values()) camera.start()
      for (const stream of streams) stream.start()
      messages.start()
    },
    picture: (camera) => cameras.get(camera)?.newest,
    loadCells: new StoreLoadCellCommands([...buses.map(({ commands }) => commands), ...streams]),
    attend(plates) {
      for (const { poller } of buses) poller.attend(plates)
    },
    async stop() {
      await Promise.all([
        ...buses.map(({ poller }) => poller.stop()),
        ...streams.map((stream) => stream.stop()),
        messages.stop(),
      ])
      for (const { connection } of buses) connection.close()
      await Promise.all([...cameras.values()].map((camera) => camera.stop()))
    },
  }
}

function createBus(plan: GatewayPlan, flash: FlashBudget, { clock, wireClock, listener }: SensingDevicesOptions) {
  const connection = new ModbusConnection({ ...connectionOptionsOf(plan), clock: wireClock })
  const poller = new LoadCellPoller({ plan, connection, clock, wireClock, ...listener })
  return { connection, poller, commands: new ModbusLoadCellCommands({ plan, connection, wireClock, flash }) }
}

function createCamera(device: ProfileDevice, options: SensingDevicesOptions): FrameSource {
  const { catalogue, secrets, clock, wireClock, listener } = options
  const definition = catalogue.of(device, 'camera')
  const { url, login } = addressOf(device, definition.protocol === 'rtsp' ? 'rtsp' : 'http')
  return new CameraSource({
    device: device.id,
    capture: cameraCapture({
      url,
      login: login === undefined ? undefined : handedSecret(secrets, login),
      definition,
      decoder: usualDecoder,
      wireClock,
    }),
    definition,
    clock,
    wireClock,
    onHealth: listener.onHealth,
  })
}

function createAppliance(id: string, device: ProfileDevice, options: SensingDevicesOptions): VisionAppliance {
  const { catalogue, clock, wireClock, listener } = options
  const definition = catalogue.of(device, 'vision-appliance')
  const { topic } = addressOf(device, 'mqtt')
  return new VisionAppliance({ id, device: device.id, topic, definition, clock, wireClock, ...listener })
}

function deviceIn(devices: ReadonlyMap<string, ProfileDevice>, id: string): ProfileDevice {
  const device = devices.get(id)
  // The profile's check has made sure of it, and the catalogue of what follows.
  if (!device) throw new Error(`the profile has no device ${id}`)
  return device
}

type Transport = ProfileDevice['address']['transport']

function addressOf<T extends Transport>(device: ProfileDevice, transport: T) {
  if (device.address.transport !== transport) throw new Error(`${device.id} is not reached by ${transport}`)
  return device.address as Extract<ProfileDevice['address'], { transport: T }>
}
