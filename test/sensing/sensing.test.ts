import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import type { WeightEvent } from '../../runtime/contract/messages.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import { listen } from '../../runtime/program/listen.ts'
import { createLoadCellClient } from '../../runtime/sensing-api/load-cell-client.ts'
import type { SensedMessage } from '../../runtime/sensing-api/sensing-client.ts'
import { Mx08, type Slave, startSlave } from '../devices/modbus-slave.ts'
import {
  devicePassword,
  profiles,
  runSensing,
  sensingToken,
  type TestSensing,
  until,
} from '../support/running-sensing.ts'
import { smallJpegs } from '../vision/support/small-jpegs.ts'

const clock = new SystemClock()

describe('sensing', () => {
  const units = new Map([1, 2, 3].map((unit) => [unit, new Mx08()]))
  let slave: Slave
  let camera: Server
  let store: LoadedStore
  let running: TestSensing
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

  function follow() {
    messages = []
    end = running.client.follow('flows', ['weight-event', 'people', 'sighting', 'device-health'], (message) => {
      messages.push(message)
    })
  }

  const settled = () =>
    until('every plate at rest', async () => {
      const plates = await running.client.plates()
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
    running = await runSensing(store)
  })

  afterEach(async () => {
    end()
    await running.stop()
    await slave.close()
    camera.closeAllConnections()
    camera.close()
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
    const reading = (await running.client.plates()).find(({ plate }) => plate === plateAt(2, 3))
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
    const care = createLoadCellClient({ url: running.url, token: sensingToken })
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
    const box: MqttClient = await connectAsync(`mqtt://127.0.0.1:${running.broker.port}`, {
      clientId: 'vision-box',
      username: 'vision-box',
      password: devicePassword,
    })
    try {
      await until('the people', async () => {
        const line = { t: clock.nowMs() / 1000, people: [] }
        await box.publishAsync('corner-shop/vision/people', JSON.stringify(line), { qos: 1 })
        return messages.some(({ type }) => type === 'people')
      })
      assert.ok(messages.some((message) => message.type === 'device-health' && message.device === 'vision-box'))
      const response = await fetch(`${running.url}/v1/cameras/cam-1/picture`, {
        headers: { authorization: `Bearer ${sensingToken}` },
      })
      assert.equal(response.headers.get('content-type'), 'image/jpeg')
    } finally {
      await box.endAsync(true)
    }
  })

  it('has what changed while it was away as a gap, and what nobody took again', async () => {
    await settled()
    put(1, 1, 1900)
    const saved = async () => JSON.parse(await readFile(join(running.dataDirectory, 'sensing-state.json'), 'utf8'))
    await until('the saved event', async () => (await saved().catch(() => ({ untaken: [] }))).untaken.length > 0)
    await running.sensing.stop()
    put(3, 8, 2300)
    await running.startAgain()
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
    await running.sensing.stop()
    const file = join(running.dataDirectory, 'sensing-state.json')
    await writeFile(file, '{"version":1,"levels":')
    await running.startAgain()
    assert.equal(await readFile(`${file}.damaged`, 'utf8'), '{"version":1,"levels":')
    await settled()
  })
})
