import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { pino } from 'pino'
import { BrokerAccess, brokerUsers } from '../../runtime/broker/access.ts'
import { type Broker, startBroker } from '../../runtime/broker/broker.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import type { RunningProgram } from '../../runtime/program/program.ts'
import { checkPeople, checkSighting } from '../../runtime/recording/format.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { startTwin } from '../../runtime/twin/twin.ts'
import { freePorts } from '../support/free-ports.ts'
import { copyProfileToFreePorts } from '../support/profile-folder.ts'
import { type RawModbus, rawModbus } from './modbus-client.ts'

const scale = 10
const secrets = {
  [generatedSecrets.tillTokenAccounts]: 'accounts-token',
  [generatedSecrets.brokerPasswordDevices]: 'devices-password',
  [generatedSecrets.brokerPasswordSensing]: 'sensing-password',
  [generatedSecrets.twinControl]: 'control-token',
  'toss-secret-key': 'test_sk_twin',
}
const log = pino({ level: 'silent' })

async function waitFor(what: string, ready: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await ready())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What the control answers, as far as these tests read it. */
interface ControlJson {
  finished: boolean
  shoppers: unknown[]
  visits: { accountId: string; leftAtMs: number | null; items: { sku: string; quantity: number }[] }[]
  charges: { orderId: string }[]
}

/** A till of bytes: takes accounts down, opens to whoever shows a code that it knows, lets everybody out. */
class BareTill {
  readonly credentials = new Map<string, { accountId: string; billingKey: string; customerKey: string }>()
  readonly scanned: string[] = []
  readonly #http = createHttpServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const command = JSON.parse(text)
      const allowed = request.headers.authorization === 'Bearer accounts-token' && request.url === '/v1/commands'
      if (allowed) this.credentials.set(command.credential, { accountId: command.accountId, ...command.payment })
      response.writeHead(allowed ? 200 : 401).end('{}')
    })
  })
  #modbus: RawModbus | undefined
  #timer: NodeJS.Timeout | undefined
  #scanner: ReturnType<typeof connect> | undefined
  fireSeen = false

  async listen(): Promise<number> {
    this.#http.listen(0, '127.0.0.1')
    await once(this.#http, 'listening')
    return (this.#http.address() as AddressInfo).port
  }

  async mindDoors(relays: number, reader: number): Promise<void> {
    const modbus = await rawModbus(relays)
    this.#modbus = modbus
    this.#scanner = connect({ host: '127.0.0.1', port: reader })
    let line = ''
    this.#scanner.on('data', (chunk) => {
      line += chunk.toString()
      for (let end = line.indexOf('\r'); end >= 0; end = line.indexOf('\r')) {
        const code = line.slice(0, end)
        line = line.slice(end + 1)
        this.scanned.push(code)
        if (this.credentials.has(code)) modbus.ask(1, [5, 0, 16, 0xff, 0]).catch(() => {})
      }
    })
    let asked = false
    const poll = async () => {
      await modbus.ask(1, [5, 0, 2, 0xff, 0])
      const inputs = (await modbus.ask(1, [2, 0, 0, 0, 6]))[2] ?? 0
      const wantsOut = (inputs & 4) !== 0
      this.fireSeen = (inputs & 8) === 0
      if (wantsOut && !asked) await modbus.ask(1, [5, 0, 17, 0xff, 0])
      asked = wantsOut
      this.#timer = setTimeout(() => void poll().catch(() => {}), 10)
    }
    await poll()
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#modbus?.close()
    this.#scanner?.destroy()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }
}

describe('the twin as a program', function () {
  this.timeout(60_000)
  let store: LoadedStore
  let twin: RunningProgram
  let till: BareTill
  let broker: Broker
  let vision: mqtt.MqttClient
  let directory: string
  const topics = new Map<string, unknown[]>()

  const settingsOf = (ports: { till: number; broker: number }) => ({
    profileDirectory: directory,
    dataDirectory: join(directory, 'data'),
    host: '127.0.0.1',
    ports: { console: 1, editor: 2, sensing: 3, phone: 4, ...ports },
    clock: { scale, originMs: Date.now() },
    live: false,
    twin: { seed: 3, shoppersPerHour: 300, visits: 3 },
  })

  const ask = async (path: string, body?: object, token = 'control-token') => {
    const response = await fetch(new URL(path, store.profile.payment.url), {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
    })
    return { status: response.status, json: (await response.json()) as ControlJson }
  }
  const portOf = (device: string) => {
    const address = store.profile.devices.find(({ id }) => id === device)?.address
    return address && 'port' in address ? address.port : 0
  }

  before(async () => {
    directory = await copyProfileToFreePorts()
    store = await loadStore(directory)
    till = new BareTill()
    const access = new BrokerAccess(brokerUsers(store.profile, secrets))
    broker = await startBroker({ host: '127.0.0.1', port: 0, access, log })
    const settings = settingsOf({ till: await till.listen(), broker: broker.port })
    twin = await startTwin(store, { settings, secrets, clock: new SystemClock(settings.clock), log })
    vision = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: 'sensing',
      username: 'sensing',
      password: 'sensing-password',
    })
    vision.on('message', (topic, payload) =>
      topics.set(topic, [...(topics.get(topic) ?? []), JSON.parse(payload.toString())]),
    )
    await vision.subscribeAsync('#')
    await till.mindDoors(portOf('gate-contacts'), portOf('gate-reader'))
  })

  after(async () => {
    await till.stop()
    await vision.endAsync(true)
    await twin.stop()
    await broker.stop()
    await rm(join(directory, '..'), { recursive: true, force: true })
  })

  it('lets customers register, come in by the reader and the relays, shop, and leave; and knows what they took', async () => {
    const gateway = await rawModbus(portOf('weighing-gateway'))
    const grossG = async () => {
      const grams: number[] = []
      for (const unit of [1, 2, 3]) {
        const answer = await gateway.ask(unit, [3, 1004 >> 8, 1004 & 0xff, 0, 56])
        for (let channel = 0; channel < 8; channel++) grams.push(answer.readInt32BE(2 + channel * 14 + 6) / 10)
      }
      return grams.reduce((a, b) => a + b, 0)
    }
    const before = await grossG()
    await waitFor('three visits to end', async () => (await ask('/twin/state')).json.finished)
    const { visits } = (await ask('/twin/truth')).json
    assert.equal(visits.length, 3)
    const taken = visits.flatMap(({ items }) => items)
    const weightOf = (sku: string) => store.catalogue.products.find((product) => product.sku === sku)?.weightG ?? 0
    const takenG = taken.reduce((sum, { sku, quantity }) => sum + quantity * weightOf(sku), 0)
    assert.ok(takenG > 100)
    const lostG = before - (await grossG())
    // Noise, drift and what neighbours keep are a few grams a plate.
    assert.ok(Math.abs(lostG - takenG) < 0.02 * takenG + 60, `plates lost ${lostG} g, shoppers have ${takenG} g`)
    assert.ok(visits.every(({ leftAtMs, accountId }) => leftAtMs !== null && /^customer-\d+$/.test(accountId)))
    assert.ok(!JSON.stringify(visits).includes(till.scanned[0] ?? 'nothing'), 'the truth tells no codes')
    gateway.close()
  })

  it('publishes people at each frame and sightings of what was in hands, as lines of the recording format', () => {
    const people = topics.get('corner-shop/vision/people') ?? []
    const sightings = topics.get('corner-shop/vision/sightings') ?? []
    assert.ok(people.length > 100)
    assert.ok(sightings.length >= 9)
    for (const line of people) checkPeople(line)
    for (const line of sightings) checkSighting(line)
    assert.ok(people.some((line) => (line as { people: unknown[] }).people.length > 0))
  })

  it('charges the customers’ cards once for a key, and keeps the answer when it gets lost', async () => {
    const [customer] = [...till.credentials.values()]
    assert.ok(customer)
    const charge = () =>
      fetch(new URL(`/v1/billing/${customer.billingKey}`, store.profile.payment.url), {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from('test_sk_twin:').toString('base64')}`,
          'content-type': 'application/json',
          'idempotency-key': 'visit-1-charge',
        },
        body: JSON.stringify({
          customerKey: customer.customerKey,
          orderId: 'visit-1',
          orderName: 'Visit',
          amount: 100,
        }),
      })
    assert.equal(
      (await ask('/twin/fault', { device: 'payment-provider', fault: 'lost-answers', seconds: 60 })).status,
      200,
    )
    await assert.rejects(charge())
    await ask('/twin/fault', { device: 'payment-provider', fault: 'lost-answers', seconds: 0 })
    const first = await (await charge()).json()
    assert.deepEqual(await (await charge()).json(), first)
    const { charges } = (await ask('/twin/ledger')).json
    assert.deepEqual(
      charges.map(({ orderId }) => orderId),
      ['visit-1'],
    )
  })

  it('gives pictures, different ones from different cameras', async () => {
    const pictures = await Promise.all(
      store.profile.devices.flatMap(({ address }) => (address.transport === 'http' ? [fetch(address.url)] : [])),
    )
    const bytes = await Promise.all(pictures.map(async (picture) => Buffer.from(await picture.arrayBuffer())))
    assert.equal(bytes.length, store.profile.cameras.length)
    for (const jpeg of bytes) assert.equal(jpeg.subarray(0, 3).toString('hex'), 'ffd8ff')
    assert.equal(new Set(bytes.map((jpeg) => jpeg.toString('hex'))).size, bytes.length)
  })

  it('lets in whoever is asked for, and stands still while paused', async () => {
    const state = async () => (await ask('/twin/state')).json as unknown as { nowMs: number; visits: { begun: number } }
    await ask('/twin/shopper', { behaviour: 'hurried' })
    await waitFor('the fourth shopper', async () => (await state()).visits.begun === 4)
    await ask('/twin/pause', {})
    const positions = async () => JSON.stringify((await ask('/twin/state')).json.shoppers)
    const before = await positions()
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.equal(await positions(), before)
    await ask('/twin/resume', {})
    await waitFor('the fourth shopper to leave', async () => (await ask('/twin/state')).json.finished)
  })

  it('raises a fire alarm at the gate on request', async () => {
    await ask('/twin/fault', { device: 'gate-1', fault: 'fire', seconds: 600 })
    await waitFor('the fire contact to open', () => till.fireSeen)
    await ask('/twin/fault', { device: 'gate-1', fault: 'fire', seconds: 0 })
    await waitFor('the fire contact to close', () => !till.fireSeen)
  })

  it('tells nothing and does nothing without its token, and refuses what it does not know', async () => {
    assert.equal((await ask('/twin/truth', undefined, 'wrong')).status, 401)
    assert.equal((await ask('/twin/pause', {}, '')).status, 401)
    assert.equal((await ask('/twin/nothing')).status, 404)
    assert.equal((await ask('/twin/fault', { device: 'nobody', fault: 'offline', seconds: 1 })).status, 400)
    assert.equal((await ask('/twin/shopper', { behaviour: 'astronaut' })).status, 400)
    assert.equal((await ask('/twin/shopper', { plan: [{ act: 'take', plate: 'no-plate', item: 'a' }] })).status, 400)
  })
})

describe('the twin at its start', () => {
  const startWith = async (change: (store: LoadedStore) => void) => {
    const directory = await mkdtemp(join(tmpdir(), 'open-aisle-twin-'))
    const folder = await copyProfileToFreePorts()
    const [till = 0, broker = 0] = await freePorts(2)
    const store = structuredClone(await loadStore(folder))
    change(store)
    const settings = {
      profileDirectory: folder,
      dataDirectory: directory,
      host: '127.0.0.1',
      ports: { console: 1, editor: 2, sensing: 3, phone: 4, till, broker },
      clock: { scale: 1, originMs: 0 },
      live: false,
      twin: { seed: 1, shoppersPerHour: 60, visits: 0 },
    }
    const running = await startTwin(store, { settings, secrets, clock: new SystemClock(), log })
    await running.stop()
  }

  it('names the port that is taken and the device that needs it', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const start = startWith(({ profile }) => {
      const reader = profile.devices.find(({ id }) => id === 'gate-reader')
      if (reader && 'port' in reader.address) reader.address.port = port
    })
    await assert.rejects(start, (error: Error & { code: string }) => {
      assert.equal(error.code, 'port-taken')
      assert.match(error.message, new RegExp(`${port}.*gate-reader`))
      return true
    })
    taken.close()
  })

  it('refuses to answer at an address that is not of this machine alone', async () => {
    const start = startWith(({ profile }) => {
      const gateway = profile.devices.find(({ id }) => id === 'weighing-gateway')
      if (gateway && 'host' in gateway.address) gateway.address.host = '192.168.1.20'
    })
    await assert.rejects(start, { code: 'twin-not-loopback' })
  })

  it('refuses a model that it cannot stand in for', async () => {
    const start = startWith(({ profile }) => {
      const gateway = profile.devices.find(({ id }) => id === 'weighing-gateway')
      if (gateway) gateway.definition = 'unheard-of'
    })
    await assert.rejects(start, { code: 'twin-unknown-device' })
  })
})
