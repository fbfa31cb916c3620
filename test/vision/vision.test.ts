import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import { BrokerAccess, brokerUsers } from '../../runtime/broker/access.ts'
import { type Broker, startBroker } from '../../runtime/broker/broker.ts'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import { envelope, type WeightEvent } from '../../runtime/contract/messages.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { readPeople, type SeenPeople } from '../../runtime/devices/vision/appliance-messages.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import { withOwnVision } from '../../runtime/profile/own-vision.ts'
import { listen } from '../../runtime/program/listen.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { Backlog } from '../../runtime/sensing/backlog.ts'
import { createSensingApi } from '../../runtime/sensing/http-api.ts'
import type { LoadCellService } from '../../runtime/sensing/load-cell-routes.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { serveCamerasOf } from '../../runtime/twin/served-cameras.ts'
import { createEvidenceClient } from '../../runtime/vision/evidence/evidence-client.ts'
import { loadModelDefinitions } from '../../runtime/vision/models/model-library.ts'
import { fetchPicture } from '../../runtime/vision/picture-client.ts'
import { startVision } from '../../runtime/vision/vision.ts'
import { copyProfileToFreePorts } from '../support/profile-folder.ts'
import { ShopFloor } from '../twin/shop-floor.ts'

const definitions = (kind: string) => fileURLToPath(new URL(`../../hardware-profiles/${kind}`, import.meta.url))
const secrets = {
  [generatedSecrets.brokerPasswordSensing]: 'password-of-sensing',
  [generatedSecrets.brokerPasswordDevices]: 'password-of-devices',
  [generatedSecrets.visionToken]: 'token-of-vision',
  [generatedSecrets.sensingToken]: 'token-of-sensing',
  [generatedSecrets.evidenceToken]: 'token-of-console',
}
/** Bodies are some 40 cm wide; whoever is farther off is somebody else. */
const nearM = 0.4

describe('the vision program', () => {
  const clock = new SystemClock()
  const log = pino({ level: 'silent' })
  let profileDirectory: string
  let store: LoadedStore
  let floor: ShopFloor
  let broker: Broker
  let listener: MqttClient
  const served: { stop(): Promise<void> }[] = []
  let vision: Awaited<ReturnType<typeof startVision>>
  let people: SeenPeople | undefined
  const health = new Map<string, string>()
  const backlog = new Backlog({ clock, sequence: 1 })

  before(async () => {
    profileDirectory = await copyProfileToFreePorts()
    const loaded = await loadStore(profileDirectory)
    // Two cameras see the place; a third would only take time.
    const cameras = loaded.profile.cameras.slice(0, 2)
    const keeping = { ...loaded.profile, cameras, vision: { evidence: { keepHours: 24 } } }
    store = withOwnVision({ ...loaded, profile: keeping }, { live: false, vision: true })
    const { profile } = store
    floor = shopWithSomebodyAt(store, 'g2-s1-p1')

    const access = new BrokerAccess(brokerUsers(profile, secrets))
    broker = await startBroker({ host: '127.0.0.1', port: 0, access, log })
    listener = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      ...{ clientId: 'sensing', username: 'sensing', password: 'password-of-sensing' },
    })
    listener.on('message', (topic, payload) => {
      if (topic.endsWith('/people')) people = readPeople(payload.toString(), topic)
      else for (const { device, state } of JSON.parse(payload.toString())) health.set(device, state)
    })
    await listener.subscribeAsync('corner-shop/own-vision/#')

    const faults = new Faults(clock)
    const filmed = new Set(cameras.map(({ device }) => device))
    const devices = profile.devices.filter(({ id }) => filmed.has(id))
    for (const { id } of devices) faults.declare(id, 'camera')
    await serveCamerasOf({ profile: { ...profile, devices }, world: floor.world, clock, faults, advance() {} }, served)
    const api = createSensingApi({
      ...{ token: 'token-of-sensing', backlog, plates: () => [], onSamples: () => () => {}, log },
      ...{ picture: () => undefined, loadCells: {} as LoadCellService },
    })
    const sensing = createServer(api)
    const sensingPort = await listen(sensing, { host: '127.0.0.1', port: 0, what: 'the test' })
    served.push({
      async stop() {
        sensing.closeAllConnections()
        sensing.close()
      },
    })
    vision = await startVision({
      ...{ store, profileDirectory, secrets, clock, log, host: '127.0.0.1', notice() {} },
      catalogue: await loadDeviceDefinitions(definitions('devices')),
      models: await loadModelDefinitions(definitions('models')),
      ports: { broker: broker.port, vision: 0, sensing: sensingPort },
    })
  })
  after(async () => {
    await vision?.stop()
    await Promise.all(served.map((one) => one.stop()))
    await listener?.endAsync(true)
    await broker?.stop()
  })

  it('publishes whom the cameras show, about where they stand, in the time of the store', async () => {
    const [x, y] = floor.world.shoppers[0]?.body.positionM ?? [0, 0]
    const isThere = () => people?.people.some(({ headM }) => Math.hypot(headM[0] - x, headM[1] - y) < nearM) === true
    while (!isThere()) await sleep(clock, 50)
    assert.equal(people?.people.length, 1)
    assert.ok(Math.abs((people?.seenAtMs ?? 0) - clock.nowMs()) < 10_000)
  })

  it('says how its cameras are', async () => {
    while (health.get('camera-1') !== 'online' || health.get('camera-2') !== 'online') await sleep(clock, 50)
  })

  it('gives its newest pictures to whoever has the token', async () => {
    const url = `http://127.0.0.1:${vision.port}`
    const picture = await fetchPicture(url, 'token-of-vision', 'cam-1')
    assert.deepEqual([picture?.format, picture?.widthPx, picture?.heightPx], ['jpeg', 320, 240])
    assert.equal(await fetchPicture(url, 'another-token', 'cam-1'), undefined)
    assert.equal(await fetchPicture(url, 'token-of-vision', 'cam-9'), undefined)
  })

  it('has pictures of what happened at a shelf for a review, of whoever was followed there', async () => {
    const ask = createEvidenceClient({ url: `http://127.0.0.1:${vision.port}`, token: 'token-of-console' })
    const taken = (eventId: string): WeightEvent => {
      const atMs = clock.nowMs()
      return {
        ...{ type: 'weight-event', ...envelope('corner-shop', 0, atMs), eventId, revision: 0, fixture: 'g2' },
        ...{ plates: [{ plate: 'g2-s1-p1', deltaG: -200 }], startedAtMs: atMs - 400, settledAtMs: atMs },
        ...{ deltaG: -200, sigmaG: 1, kind: 'removed', evidence: { noiseG: 1, swingG: 0, samples: 20 } },
      }
    }
    // A slow machine looks at a picture now and then: some event is near one.
    const told: string[] = []
    for (;;) {
      const eventId = `e-${told.length}`
      told.push(eventId)
      backlog.append(taken(eventId))
      await sleep(clock, 200)
      const personIds = people?.people.map(({ trackId }) => trackId) ?? []
      assert.deepEqual(await ask({ eventIds: told, personIds: ['somebody-else'] }), [])
      const [picture] = await ask({ eventIds: told, personIds })
      if (!picture) continue
      assert.ok(told.includes(picture.eventId))
      assert.match(picture.camera, /^cam-[12]$/)
      return
    }
  })
})

/** The world stands still there: how fast this machine is makes no difference. */
function shopWithSomebodyAt(store: LoadedStore, plate: string): ShopFloor {
  const floor = new ShopFloor(store, 1)
  const positionM = store.layout.plates.find(({ id }) => id === plate)?.positionM ?? [0, 0, 0]
  floor.comes({ plan: [{ act: 'reach', plate }] })
  for (;;) {
    assert.ok(floor.tick(), 'nobody came to the shelf')
    const [x = 0, y = 0] = floor.world.shoppers[0]?.body.positionM ?? []
    if (Math.hypot(x - positionM[0], y - positionM[1]) < 1) return floor
  }
}
