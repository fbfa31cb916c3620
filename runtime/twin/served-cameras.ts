/** Serves every camera of a profile at its address, as its model does: by snapshots, MJPEG or RTSP. */
import { type Clock, SystemClock } from '../contract/clock.ts'
import type { Profile } from '../profile/profile-schema.ts'
import { addressOf } from './device-address.ts'
import { type CameraOptions, serveCameras } from './devices/camera.ts'
import type { Faults } from './devices/faults.ts'
import { requireLoopback, type Served } from './devices/loopback.ts'
import { serveRtspCameras } from './devices/rtsp-camera.ts'
import type { Picture } from './render/canvas.ts'
import type { CameraView } from './render/pinhole.ts'
import { RenderThread } from './render/render-thread.ts'
import { worldScene } from './render/world-scene.ts'
import type { World } from './world/world.ts'

export interface CameraServeOptions {
  profile: Profile
  world: World
  clock: Clock
  faults: Faults
  /** Brings the world up to now before a camera looks at it. */
  advance(): void
}

type Device = Profile['devices'][number]
type Protocol = 'snapshot' | 'mjpeg' | 'rtsp'

/** How each model is reached. */
const protocols: Record<string, Protocol> = {
  'http-camera': 'snapshot',
  'mjpeg-camera': 'mjpeg',
  'axis-mjpeg': 'mjpeg',
  'rtsp-camera': 'rtsp',
  axis: 'rtsp',
  hikvision: 'rtsp',
  'hanwha-wisenet': 'rtsp',
}
const usualPort = { http: 80, rtsp: 554 }
/** As the sub-streams of cameras are, which detectors look at. */
const pictureSize = { widthPx: 320, heightPx: 240 }

export const isCamera = ({ definition }: Device): boolean => definition in protocols

interface Channel {
  device: string
  protocol: Protocol
  path: string
  picture(): Promise<Picture>
}

/**
 * @param served where each server is put as soon as it runs
 * @throws AisleError `port-taken`, `twin-not-loopback`, `twin-unknown-device`
 */
export async function serveCamerasOf(options: CameraServeOptions, served: Pick<Served, 'stop'>[]): Promise<void> {
  const { clock, faults } = options
  const wireClock = new SystemClock()
  const devices = options.profile.devices.filter(isCamera)
  const views = new Map(devices.map(({ id }) => [id, viewOf(id, options.profile)]))
  const thread = new RenderThread({ layout: options.world.layout, views })
  served.push(thread)
  const channels = devices.map((device) => channelOf(device, thread, options))
  // Several may be channels of one recorder.
  for (const [{ host, port, transport }, group] of byAddress(channels)) {
    const common = { host, port, clock, wireClock, faults }
    if (transport === 'rtsp') served.push(await serveRtspCameras({ ...common, cameras: group }))
    else served.push(await serveCameras({ ...common, cameras: group.map(overHttp) }))
  }
}

/** Where one has snapshots, people like to see it move: their stream is at the same path, with `.mjpg`. */
function overHttp({ device, protocol, path, picture }: Channel): CameraOptions {
  if (protocol === 'mjpeg') return { device, streamPath: path, picture }
  return { device, snapshotPath: path, streamPath: `${path}.mjpg`, picture }
}

type Address = { host: string; port: number; transport: 'http' | 'rtsp' }

function byAddress(channels: readonly (Channel & { at: Address })[]): [Address, Channel[]][] {
  const groups = Map.groupBy(channels, ({ at }) => `${at.transport} ${at.host} ${at.port}`)
  return [...groups.values()].map((group) => [(group[0] as { at: Address }).at, group])
}

function channelOf({ id, definition, address }: Device, thread: RenderThread, { world, advance }: CameraServeOptions) {
  const protocol = protocols[definition] as Protocol
  const transport: Address['transport'] = protocol === 'rtsp' ? 'rtsp' : 'http'
  const url = new URL(addressOf({ id, address }, transport).url)
  requireLoopback(url.hostname, id)
  const picture = () => {
    advance()
    return thread.draw(id, worldScene(world, id))
  }
  const at = { host: url.hostname, port: Number(url.port || usualPort[transport]), transport }
  return { device: id, protocol, path: url.pathname || '/', picture, at }
}

function viewOf(device: string, { cameras }: Profile): CameraView {
  const place = cameras.find((camera) => camera.device === device)
  // A device without a place in the store is no camera that anybody looks through: any place will do.
  const { positionM, lookAtM, rollRad, lens } = place ?? { positionM: [0, 0, 3], lookAtM: [1, 1, 0] }
  return { ...pictureSize, positionM, lookAtM, rollRad, lens }
}
