/** What goes wrong with cameras goes wrong with those alone: each says what it is, and the others go on. */
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import sharp from 'sharp'
import { BrokerAccess, brokerUsers } from '../../runtime/broker/access.ts'
import { type Broker, startBroker } from '../../runtime/broker/broker.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { HealthReport } from '../../runtime/devices/health-report.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { withOwnVision } from '../../runtime/profile/own-vision.ts'
import type { Profile } from '../../runtime/profile/profile-schema.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { loadModelDefinitions } from '../../runtime/vision/models/model-library.ts'
import { fetchPicture } from '../../runtime/vision/picture-client.ts'
import { startVision } from '../../runtime/vision/vision.ts'
import { HttpCamera } from './support/http-camera.ts'
import { smallJpegs } from './support/small-jpegs.ts'

const root = (path: string) => fileURLToPath(new URL(`../../hardware-profiles/${path}`, import.meta.url))
const secrets = {
  [generatedSecrets.brokerPasswordSensing]: 'password-of-sensing',
  [generatedSecrets.brokerPasswordDevices]: 'password-of-devices',
  [generatedSecrets.visionToken]: 'token-of-vision',
  'camera-login': 'viewer:wrong',
}
const log = pino({ level: 'silent' })

describe('a store with bad cameras', () => {
  const cameras = {
    well: new HttpCamera(),
    guarded: new HttpCamera({ user: 'viewer', password: 'right', algorithm: 'SHA-256', qop: 'auth' }),
    damaged: new HttpCamera(),
    resized: new HttpCamera(),
    cut: new HttpCamera(),
  }
  const health = new Map<string, HealthReport[]>()
  let broker: Broker
  let listener: MqttClient
  let vision: Awaited<ReturnType<typeof startVision>>

  before(async () => {
    const larger = await enlarged()
    let shown = 0
    cameras.resized.picture = () => (shown++ < 20 ? (smallJpegs[shown % smallJpegs.length] as Buffer) : larger)
    cameras.damaged.picture = () => unreadable(smallJpegs[shown % smallJpegs.length] as Buffer)
    await Promise.all(Object.values(cameras).map((camera) => camera.start()))
    const loaded = await loadStore(root('corner-shop'))
    const store = withOwnVision({ ...loaded, profile: withCameras(loaded.profile) }, { live: false, vision: true })
    broker = await startBroker({
      ...{ host: '127.0.0.1', port: 0, log, access: new BrokerAccess(brokerUsers(store.profile, secrets)) },
    })
    listener = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      ...{ clientId: 'sensing', username: 'sensing', password: 'password-of-sensing' },
    })
    listener.on('message', (_topic, payload) => {
      for (const report of JSON.parse(payload.toString()) as HealthReport[]) {
        health.set(report.device, [...(health.get(report.device) ?? []), report])
      }
    })
    await listener.subscribeAsync('corner-shop/own-vision/cameras')
    vision = await startVision({
      ...{ store, profileDirectory: root('corner-shop'), secrets, clock: new SystemClock(), log, host: '127.0.0.1' },
      catalogue: await loadDeviceDefinitions(root('devices')),
      models: await loadModelDefinitions(root('models')),
      ports: { broker: broker.port, vision: 0 },
      notice() {},
    })
  })
  after(async () => {
    await vision?.stop()
    await listener?.endAsync(true)
    await broker?.stop()
    for (const camera of Object.values(cameras)) camera.stop()
  })

  /** The first thing said of it that is so. */
  async function told(device: string, state: HealthReport['state'], reason: RegExp): Promise<void> {
    const isSo = (report: HealthReport) => report.state === state && reason.test(report.reason)
    while (!health.get(device)?.some(isSo)) await new Promise((resolve) => setTimeout(resolve, 25))
  }

  it('says of each what is wrong, and what to do', async () => {
    await told('well', 'online', /come and change/)
    await told('guarded', 'offline', /login|password/i)
    await told('damaged', 'noisy', /cannot be (read|used)/)
    await told('resized', 'drifting', /changed from .* pixels: calibrate it again/)
    cameras.cut.stop()
    await told('cut', 'late', /missing/)
  })

  it('goes on with the others, and keeps the password to itself', async () => {
    const takenAt = async () =>
      (await fetchPicture(`http://127.0.0.1:${vision.port}`, 'token-of-vision', 'cam-well'))?.takenAtMs
    const first = await takenAt()
    assert.ok(first)
    while ((await takenAt()) === first) await new Promise((resolve) => setTimeout(resolve, 25))
    assert.ok(!JSON.stringify([...health]).includes('viewer:wrong'))
  })

  function withCameras(profile: Profile): Profile {
    const [place] = profile.cameras
    assert.ok(place)
    const names = Object.keys(cameras) as (keyof typeof cameras)[]
    const devices = names.map((name): Profile['devices'][number] => ({
      ...{ id: name, definition: 'http-camera' },
      address: {
        ...{ transport: 'http', url: `${cameras[name].url}/snapshot` },
        ...(name === 'guarded' ? { login: 'camera-login' } : {}),
      },
    }))
    return {
      ...profile,
      devices: [...profile.devices, ...devices],
      cameras: names.map((name) => ({ ...place, id: `cam-${name}`, device: name })),
      groups: [{ id: 'ceiling', name: 'Ceiling', cameras: names.map((name) => `cam-${name}`) }],
    }
  }
})

const enlarged = () => sharp(smallJpegs[0]).resize(64, 48).jpeg().toBuffer()

/** By its head it is a picture; the table by which the rest is read makes no sense. */
function unreadable(jpeg: Buffer): Buffer {
  const broken = Buffer.from(jpeg)
  const table = broken.indexOf(Buffer.from([0xff, 0xc4]))
  return broken.fill(0xff, table + 5, table + 21)
}
