/** The devices of a profile that sense: load cells on their lines, cameras, vision appliances. */
import type { Logger } from 'pino'
import { errorSentence } from '../contract/errors.ts'
import type { ProfileDevice } from '../devices/catalogue.ts'
import type { LoadCellCommands } from '../devices/load-cells/load-cell-orders.ts'
import { MqttLink } from '../devices/mqtt-link.ts'
import { CameraReports } from '../devices/vision/camera-reports.ts'
import { VisionAppliance, type VisionListener } from '../devices/vision/vision-appliance.ts'
import { type OwnVision, ownVisionOf } from '../profile/own-vision.ts'
import type { Profile } from '../profile/profile-schema.ts'
import type { ProgramSecrets } from '../program/run-settings.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'
import { fetchPicture } from '../vision/picture-client.ts'
import type { Frame } from '../vision/sources/frame-source.ts'
import { profileCamera } from '../vision/sources/profile-camera.ts'
import { LoadCellLines, type LoadCellLinesOptions, type LoadCellListener } from './load-cell-lines.ts'

export interface SensingDevicesOptions extends LoadCellLinesOptions {
  profile: Profile
  secrets: ProgramSecrets
  broker: { host: string; port: number }
  /** Where the store's own vision has its pictures. */
  visionUrl: string
  log: Logger
  listener: SensingListener
}

export interface SensingListener extends VisionListener, LoadCellListener {}

export interface SensingDevices {
  start(): void
  /** The newest picture of a camera; undefined when there is none that is fresh. */
  picture(camera: string): Promise<Frame | undefined>
  /** Orders to load cells. */
  loadCells: LoadCellCommands
  /** Says at which plates hands may be; undefined: nobody knows, so everywhere. */
  attend(plates: ReadonlySet<string> | undefined): void
  /**
   * Takes up what changed of the load cells' lines, each by itself. Whether the rest stayed as it was, which the
   * caller has to see to, {@link sameEyes} says.
   * @throws AisleError `device-unknown`, `device-mismatch`; then nothing was changed
   */
  change(profile: Profile): Promise<void>
  stop(): Promise<void>
}

/** @throws AisleError `device-unknown`, `device-mismatch` where profile and definitions do not fit */
export function createSensingDevices(options: SensingDevicesOptions): SensingDevices {
  const { profile, secrets, broker, log } = options
  const devices = new Map(profile.devices.map((device) => [device.id, device]))
  const lines = new LoadCellLines(profile, options)
  const cameras = camerasOf(options)
  const appliances = profile.visionAppliances.map(({ id, device }) =>
    createAppliance(id, deviceIn(devices, device), options),
  )
  const password = handedSecret(secrets, generatedSecrets.brokerPasswordSensing)
  const receivers = () => [...appliances, ...cameras.receivers, ...lines.receivers]
  const messages = new MqttLink({
    broker: { ...broker, user: 'sensing', password },
    receivers: receivers(),
    log,
  })
  return {
    start() {
      lines.start()
      cameras.start()
      messages.start()
    },
    picture: cameras.picture,
    loadCells: lines.commands,
    attend: (plates) => lines.attend(plates),
    async change(changed) {
      await lines.change(changed)
      messages.change(receivers())
    },
    async stop() {
      await Promise.all([lines.stop(), messages.stop()])
      await cameras.stop()
    },
  }
}

/** Whether two profiles have the same cameras and vision appliances, reached in the same way; where they hang is not asked here. */
export function sameEyes(a: Profile, b: Profile): boolean {
  const eyesOf = ({ cameras, visionAppliances, devices }: Profile) => {
    const used = new Set([...cameras, ...visionAppliances].map(({ device }) => device))
    const reached = cameras.map(({ id, device }) => [id, device])
    return JSON.stringify([reached, visionAppliances, devices.filter(({ id }) => used.has(id))])
  }
  return eyesOf(a) === eyesOf(b)
}

/** Cameras are reached here only where no vision program reaches them: many bear only few who look. */
function camerasOf(options: SensingDevicesOptions) {
  const own = ownVisionOf(options.profile)
  return own ? watchedCameras(own, options) : reachedCameras(options)
}

function watchedCameras({ topic, cameras }: OwnVision, options: SensingDevicesOptions) {
  const { secrets, wireClock, visionUrl, listener, log } = options
  const reports = new CameraReports({
    ...{ topic, wireClock, devices: cameras.map(({ device }) => device) },
    onHealth: listener.onHealth,
    onRefused: (error) => log.warn({ error: errorSentence(error) }, 'the vision reported nonsense'),
  })
  const token = handedSecret(secrets, generatedSecrets.visionToken)
  return {
    receivers: [reports],
    start: () => {},
    picture: (camera: string) => fetchPicture(visionUrl, token, camera),
    stop: async () => {},
  }
}

function reachedCameras({ profile, listener, ...options }: SensingDevicesOptions) {
  const devices = new Map(profile.devices.map((device) => [device.id, device]))
  const cameras = new Map(
    profile.cameras.map(({ id, device }) => [
      id,
      profileCamera(deviceIn(devices, device), { ...options, onHealth: listener.onHealth }),
    ]),
  )
  return {
    receivers: [],
    start() {
      for (const camera of cameras.values()) camera.start()
    },
    picture: async (camera: string) => cameras.get(camera)?.newest,
    async stop() {
      await Promise.all([...cameras.values()].map((camera) => camera.stop()))
    },
  }
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
