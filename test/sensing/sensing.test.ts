import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import { BrokerAccess, brokerUsers } from '../../runtime/broker/access.ts'
import { type Broker, startBroker } from '../../runtime/broker/broker.ts'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import type { WeightEvent } from '../../runtime/contract/messages.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import { listen } from '../../runtime/program/listen.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { type RunningSensing, startSensing } from '../../runtime/sensing/sensing.ts'
import { createLoadCellClient } from '../../runtime/sensing-api/load-cell-client.ts'
import type { SensedMessage, SensingClient } from '../../runtime/sensing-api/sensing-client.ts'
import { createSensingClient } from '../../runtime/sensing-api/sensing-http-client.ts'
import { Mx08, type Slave, startSlave } from '../devices/modbus-slave.ts'
import { smallJpegs } from '../vision/support/small-jpegs.ts'

const profiles = join(import.meta.dirname, '../../hardware-profiles')
const catalogue = await loadDeviceDefinitions(join(profiles, 'devices'))
const clock = new SystemClock()
const log = pino({ level: 'silent' })
const secrets = {
  [generatedSecrets.sensingToken]: 'the-token',
  [generatedSecrets.brokerPasswordSensing]: 'the-sensing-password',
  [generatedSecrets.brokerPasswordDevices]: 'the-device-password',
}

describe('sensing', () => {
  const units = new Map([1, 2, 3].map((unit) => [unit, new Mx08()]))
  let slave: Slave
  let broker: Broker
  let camera: Server
  let store: LoadedStore
  let dataDirectory: string
  let sensing: RunningSensing
  let client: SensingClient
  let messages: SensedMessage[]
  let end = () => {}
  let frame = 0

  const events = () => messages.filter((message): message is WeightEvent => message.type === 'weight-event')
  /** Puts `grams` on a plate; its reading trembles a little, as real ones do. */
  const put = (unit: number, channel: number, grams: number) => {
    units.get(unit)?.set(channel - 1, { grams })
  }
  const plateAt = (unit: number, channel: number) =>
    store.profile.plates.find(({ source }) => source.unit === unit && source.channel === channel)?.id ?? ''

  async function until(what: string, holds: () => boolean | Promise<boolean>) {
    for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 20) {
      if (await holds()) return
      await sleep(clock, 20)
    }
    assert.fail(`this never came: ${what}`)
  }

  async function startStoreSensing() {
    sensing = await startSensing({
      store,
      catalogue,
      dataDirectory,
      host: '127.0.0.1',
      ports: { sensing: 0, broker: broker.port },
      secrets,
      clock,
      log,
    })
    client = createSensingClient({ url: `http://127.0.0.1:${sensing.port}`, token: 'the-token', clock })
  }

  function follow() {
    messages = []
    end = client.follow('flows', ['weight-event', 'people', 'sighting', 'device-health'], (message) => {
      messages.push(message)
    })
  }

  const settled = () =>
    until('every plate at rest', async () => {
      const plates = await client.plates()
      return plates.every(({ health, weightG }) => health === 'online' && weightG !== null)
    }).then(() => sleep(clock, 1000))

  beforeEach(async () => {
    for (const image of units.values())
      for (let channel = 0; channel < 8; channel++) image.set(channel, { grams: 2000 })
    slave = await startSlave(({ unit, address, count }) => units.get(unit)?.read(address, count) ?? 'silent')
    camera = createServer((_request, response) => void response.end(smallJpegs[++frame % smallJpegs.length]))
    const cameraPort = await listen(camera, { host: '127.0.0.1', port: 0, what: 'the test' })
    const loaded = await loadStore(join(profiles, 'corner-shop'))
    const devices = loaded.profile.devices.map((device) => {
      const { address } = device
      if (device.id === 'weighing-gateway' && address.transport === 'modbus-tcp') {
        return { ...device, address: { ...address, port: slave.port } }
      }
      if (address.transport === 'http')
        return { ...device, address: { ...address, url: `http://127.0.0.1:${cameraPort}/` } }
      return device
    })
    store = { ...loaded, profile: { ...loaded.profile, devices } }
    const access = new BrokerAccess(brokerUsers(store.profile, secrets))
    broker = await startBroker({ host: '127.0.0.1', port: 0, access, log })
    dataDirectory = await mkdtemp(join(tmpdir(), 'sensing-'))
    await startStoreSensing()
  })

  afterEach(async () => {
    end()
    await sensing.stop()
    await slave.close()
    await broker.stop()
    camera.closeAllConnections()
    camera.close()
    await rm(dataDirectory, { recursive: true })
  })

  it('turns what lies on a plate into readings and weight events', async () => {
    follow()
    await settled()
    put(2, 3, 1750)
    await until('the event', () => events().length > 0)
    const [event] = events()
    assert.deepEqual(event?.plates, [{ plate: plateAt(2, 3), deltaG: event?.deltaG }])
    assert.ok(Math.abs((event?.deltaG ?? 0) + 250) < 1, `${event?.deltaG}`)
    assert.equal(event?.kind, 'removed')
    const reading = (await client.plates()).find(({ plate }) => plate === plateAt(2, 3))
    assert.equal(reading?.weightG, 1750)
    const sequences = messages.map(({ sequence }) => sequence)
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => a - b),
    )
  })

  it('carries out an order to a load cell without taking it for a shopper', async () => {
    follow()
    const plate = plateAt(1, 3)
    // The device does what register 41064 asks for: it zeroes the channel.
    slave.behave = (request) => {
      const image = units.get(request.unit)
      if (request.functionCode === 16 && request.address === 1063) image?.set(2, { grams: 0 })
      return image?.read(request.address, request.count) ?? 'silent'
    }
    await settled()
    const care = createLoadCellClient({ url: `http://127.0.0.1:${sensing.port}`, token: 'the-token' })
    const before = await care.plate(plate)
    assert.deepEqual([before.weightG, before.unit, before.channel, before.commands], [2000, 1, 3, ['zero', 'tare']])
    assert.equal((await care.execute(plate, { command: 'zero' })).grossG, 0)
    await sleep(clock, 1500)
    assert.equal((await care.plate(plate)).weightG, 0)
    assert.deepEqual(events(), [])
    // And what is put there afterwards is seen.
    put(1, 3, 400)
    await until('the event', () => events().some(({ deltaG }) => Math.abs(deltaG - 400) < 2))
  })

  it('carries what the vision appliance publishes, and the newest pictures', async () => {
    follow()
    const box: MqttClient = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: 'vision-box',
      username: 'vision-box',
      password: 'the-device-password',
    })
    try {
      await until('the people', async () => {
        const line = { t: clock.nowMs() / 1000, people: [] }
        await box.publishAsync('corner-shop/vision/people', JSON.stringify(line), { qos: 1 })
        return messages.some(({ type }) => type === 'people')
      })
      assert.ok(messages.some((message) => message.type === 'device-health' && message.device === 'vision-box'))
      const response = await fetch(`http://127.0.0.1:${sensing.port}/v1/cameras/cam-1/picture`, {
        headers: { authorization: 'Bearer the-token' },
      })
      assert.equal(response.headers.get('content-type'), 'image/jpeg')
    } finally {
      await box.endAsync(true)
    }
  })

  it('has what changed while it was away as a gap, and what nobody took again', async () => {
    await settled()
    put(1, 1, 1900)
    const saved = async () => JSON.parse(await readFile(join(dataDirectory, 'sensing-state.json'), 'utf8'))
    await until('the saved event', async () => (await saved().catch(() => ({ untaken: [] }))).untaken.length > 0)
    await sensing.stop()
    put(3, 8, 2300)
    await startStoreSensing()
    follow()
    await until('both', () => events().length >= 2)
    const [untaken, gap] = [
      events().find(({ kind }) => kind === 'removed'),
      events().find(({ kind }) => kind === 'gap'),
    ]
    assert.deepEqual([untaken?.plates[0]?.plate, gap?.plates[0]?.plate], [plateAt(1, 1), plateAt(3, 8)])
    assert.ok(Math.abs((gap?.deltaG ?? 0) - 300) < 1)
    assert.equal(events().filter(({ eventId }) => eventId === untaken?.eventId).length, (untaken?.revision ?? 0) + 1)
    const sequences = messages.map(({ sequence }) => sequence)
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => a - b),
    )
  })

  it('starts without its state when that is damaged, and sets it aside', async () => {
    await sensing.stop()
    const file = join(dataDirectory, 'sensing-state.json')
    await writeFile(file, '{"version":1,"levels":')
    await startStoreSensing()
    assert.equal(await readFile(`${file}.damaged`, 'utf8'), '{"version":1,"levels":')
    await settled()
  })
})
