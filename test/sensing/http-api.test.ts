import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { pino } from 'pino'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import { envelope } from '../../runtime/contract/messages.ts'
import { Backlog, defaultLimits } from '../../runtime/sensing/backlog.ts'
import { createSensingApi } from '../../runtime/sensing/http-api.ts'
import type { LoadCellService } from '../../runtime/sensing/load-cell-routes.ts'
import {
  createLoadCellClient,
  type LoadCellOrder,
  type PlateDetail,
} from '../../runtime/sensing-api/load-cell-client.ts'
import type { PlateReading, SampleBatch, SensedMessage } from '../../runtime/sensing-api/sensing-client.ts'
import { createSensingClient } from '../../runtime/sensing-api/sensing-http-client.ts'
import type { Frame } from '../../runtime/vision/sources/frame-source.ts'
import { pathOf, routesOf } from '../support/express-routes.ts'

const clock = new SystemClock()
const token = 'sensing-token-of-this-test'
const reading: PlateReading = { plate: 'p1', weightG: 12.5, stable: true, atMs: 1, health: 'online' }
const detail: PlateDetail = {
  ...reading,
  sigmaG: 0.2,
  device: 'gateway',
  unit: 3,
  channel: 1,
  definition: 'laumas-tlb4',
  model: 'Laumas TLB4',
  commands: ['zero', 'calibrateSpan'],
}
const batch: SampleBatch = { fixture: 'f', firstAtMs: 1, rateHz: 10, plates: ['p1'], grams: [[1], [null]] }

describe("sensing's HTTP API", () => {
  let backlog: Backlog
  let server: Server
  let url: string
  let port: number
  let routes: string[]
  const ends: (() => void)[] = []
  const sampleListeners = new Set<(batch: SampleBatch) => void>()
  const bytes = Buffer.from([0xff, 0xd8, 0xff, 1])
  const picture: Frame = { format: 'jpeg', bytes, widthPx: 16, heightPx: 16, takenAtMs: 7 }

  const people = (source = 'vision') =>
    backlog.append({ type: 'people', ...envelope('shop', 0, clock.nowMs()), source, people: [] })
  const get = (path: string, headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
    fetch(new URL(path, url), { headers })

  const orders: LoadCellOrder[] = []
  const refusal = (code: string) => new AisleError(code, 'It cannot.', { action: 'Do otherwise.' })
  const loadCells: LoadCellService = {
    async plate(plate) {
      if (plate !== 'p1') throw refusal('plate-unknown')
      return detail
    },
    registers: async (_plate, at) => [{ address: at?.address ?? 7, words: Array<number>(at?.count ?? 2).fill(5) }],
    async execute(plate, order) {
      if (plate !== 'p1') throw refusal(plate)
      orders.push(order)
      return { grossG: 0, netG: null, stable: true, tared: false }
    },
  }

  async function startServer(onPort = 0) {
    const api = createSensingApi({
      token,
      backlog,
      plates: () => [reading],
      onSamples(onBatch) {
        sampleListeners.add(onBatch)
        return () => sampleListeners.delete(onBatch)
      },
      picture: (camera) => (camera === 'cam-1' ? picture : undefined),
      loadCells,
      log: pino({ level: 'silent' }),
    })
    routes = routesOf(api, ['query', 'expressInit', '<anonymous>'])
    server = createServer(api)
    await new Promise<void>((resolve) => server.listen(onPort, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
    url = `http://127.0.0.1:${port}`
  }

  async function stopServer() {
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  async function until(what: string, holds: () => boolean) {
    for (let waitedMs = 0; waitedMs < 8000; waitedMs += 10) {
      if (holds()) return
      await sleep(clock, 10)
    }
    assert.fail(`this never came: ${what}`)
  }

  const troubles: AisleError[] = []
  const client = () => createSensingClient({ url, token, clock, onTrouble: (error) => troubles.push(error) })

  beforeEach(() => {
    backlog = new Backlog({ clock, sequence: 0 })
    troubles.length = 0
    return startServer()
  })

  afterEach(async () => {
    for (const end of ends.splice(0)) end()
    await stopServer()
  })

  it('answers every route without the token with 401, also those that do not exist', async () => {
    assert.equal(routes.length, 8)
    for (const route of [...routes, 'GET /', 'PUT /v2/anything']) {
      const [method = ''] = route.split(' ')
      for (const authorization of ['', 'Bearer ', 'Bearer guess', token, `Basic ${token}`, `Bearer ${token}x`]) {
        const headers: Record<string, string> = authorization === '' ? {} : { authorization }
        const response = await fetch(new URL(pathOf(route), url), { method, headers })
        assert.equal(response.status, 401, `${route} with "${authorization}"`)
        assert.ok(!(await response.text()).includes('p1'))
      }
    }
  })

  it('refuses what it cannot read, in words', async () => {
    const post = (body: string) =>
      fetch(new URL('/v1/taken', url), { method: 'POST', body, headers: { authorization: `Bearer ${token}` } })
    assert.equal((await get('/v1/stream?consumer=a')).status, 400)
    assert.equal((await get('/v1/stream?consumer=a&types=people,gold')).status, 400)
    assert.equal((await get('/v1/stream?consumer=a%20b&types=people')).status, 400)
    assert.equal((await get('/v1/stream?consumer=a&consumer=b&types=people')).status, 400)
    assert.equal((await get('/v1/nothing')).status, 404)
    for (const body of [
      '',
      '{',
      '{"consumer":"a"}',
      '{"consumer":"a","sequence":-1}',
      '{"__proto__":{"sequence":1}}',
    ]) {
      const response = await post(body)
      assert.equal(response.status, 400, body)
      assert.ok(((await response.json()) as AisleError).action)
    }
    assert.equal((await post('x'.repeat(10_000))).status, 413)
  })

  it('gives the newest readings and pictures', async () => {
    assert.deepEqual(await client().plates(), [reading])
    const response = await get('/v1/cameras/cam-1/picture')
    assert.equal(response.headers.get('content-type'), 'image/jpeg')
    assert.equal(response.headers.get('x-taken-at-ms'), '7')
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), picture.bytes)
    assert.equal((await get('/v1/cameras/cam-2/picture')).status, 404)
  })

  it('shows a plate and its registers, and carries out orders to its transmitter', async () => {
    const care = createLoadCellClient({ url, token })
    assert.deepEqual(await care.plate('p1'), detail)
    assert.deepEqual(await care.registers('p1'), [{ address: 7, words: [5, 5] }])
    assert.deepEqual(await care.registers('p1', { address: 64, count: 1 }), [{ address: 64, words: [5] }])
    assert.equal((await care.execute('p1', { command: 'zero' })).grossG, 0)
    await care.execute('p1', { command: 'calibrateSpan', knownG: 2000 })
    assert.deepEqual(orders, [{ command: 'zero' }, { command: 'calibrateSpan', knownG: 2000 }])
    await assert.rejects(care.plate('p9'), { code: 'plate-unknown', action: 'Do otherwise.' })
  })

  it('says by its status whether an order is wrong, in the way, or failed at the device', async () => {
    const post = (plate: string, body: string) =>
      fetch(new URL(`/v1/plates/${plate}/commands`, url), {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${token}` },
      })
    for (const [plate, status] of [
      ['command-unknown', 404],
      ['command-busy', 409],
      ['flash-worn', 409],
      ['command-unconfirmed', 502],
      ['modbus-timeout', 502],
      ['weight-unfit', 400],
    ] as const) {
      assert.equal((await post(plate, '{"command":"zero"}')).status, status, plate)
    }
    for (const body of [
      '',
      '{}',
      '{"command":"reboot"}',
      '{"command":"calibrateSpan"}',
      '{"command":"zero","knownG":1}',
    ]) {
      assert.equal((await post('p1', body)).status, 400, body)
    }
    for (const query of ['?address=1', '?address=-1&count=2', '?address=1&count=126', '?address=x&count=1']) {
      assert.equal((await get(`/v1/plates/p1/registers${query}`)).status, 400, query)
    }
  })

  it('streams first what the consumer has not taken, then live', async () => {
    people()
    const got: SensedMessage[] = []
    ends.push(client().follow('flows', ['people'], (message) => void got.push(message)))
    await until('the backlog', () => got.length === 1)
    people()
    await until('the live message', () => got.length === 2)
    assert.deepEqual(
      got.map(({ sequence }) => sequence),
      [1, 2],
    )
  })

  it('gives a reader that crashed everything that it had not taken, and nothing of what it had', async () => {
    for (let i = 0; i < 5; i++) people()
    const before: number[] = []
    const end = client().follow('flows', ['people'], ({ sequence }) => {
      if (sequence === 4) throw new Error('it crashes here')
      before.push(sequence)
    })
    await until('three messages and the mark', () => backlog.positions().flows?.taken === 3)
    end()
    for (let i = 0; i < 3; i++) people()
    const after: number[] = []
    ends.push(client().follow('flows', ['people'], ({ sequence }) => void after.push(sequence)))
    await until('the rest', () => after.length === 5)
    assert.deepEqual(after, [4, 5, 6, 7, 8])
  })

  it('keeps the last while for a consumer that asks for it', async () => {
    people()
    await sleep(clock, 400)
    people()
    const read = async () => {
      const got: number[] = []
      const end = client().follow('flows', ['people'], ({ sequence }) => void got.push(sequence), { keepMs: 600 })
      await until('both', () => got.includes(2))
      await until('the mark of the first', () => backlog.positions().flows?.taken === 1)
      end()
      return got
    }
    assert.deepEqual(await read(), [1, 2])
    const again: number[] = []
    ends.push(client().follow('flows', ['people'], ({ sequence }) => void again.push(sequence), { keepMs: 600 }))
    await until('the recent one', () => again.length === 1)
    assert.deepEqual(again, [2])
  })

  it('hands over again, in order, what was not accepted', async () => {
    people()
    people()
    const tries: number[] = []
    let refuse = true
    ends.push(
      client().follow('flows', ['people'], ({ sequence }) => {
        tries.push(sequence)
        if (refuse) {
          refuse = false
          throw new Error('not now')
        }
      }),
    )
    await until('all', () => tries.length === 3)
    assert.deepEqual(tries, [1, 1, 2])
    assert.equal(troubles[0]?.code, 'sensing-not-accepted')
  })

  it('goes on after sensing was away, with nothing twice', async () => {
    people()
    const got: number[] = []
    ends.push(client().follow('flows', ['people'], ({ sequence }) => void got.push(sequence)))
    await until('the first', () => got.length === 1)
    await stopServer()
    people()
    await startServer(port)
    await until('the second', () => got.length === 2)
    assert.deepEqual(got, [1, 2])
    assert.ok(troubles.some(({ code }) => code === 'sensing-stream-lost'))
  })

  it('tells a consumer what was dropped while it was away', async () => {
    backlog = new Backlog({
      clock,
      sequence: 0,
      limits: { ...defaultLimits, people: { maxAgeMs: 1e9, maxBytes: 1000 } },
    })
    await stopServer()
    await startServer()
    const end = client().follow('flows', ['people'], () => {})
    await until('the consumer', () => backlog.positions().flows !== undefined)
    end()
    await sleep(clock, 100)
    for (let i = 0; i < 50; i++) people()
    const got: number[] = []
    ends.push(client().follow('flows', ['people'], ({ sequence }) => void got.push(sequence)))
    await until('what is left', () => got.at(-1) === 50)
    const told = troubles.find(({ code }) => code === 'sensing-dropped')
    assert.match(told?.message ?? '', new RegExp(`dropped messages: ${50 - got.length} people`))
  })

  it('does not collect what a reader that never reads cannot take', async () => {
    backlog = new Backlog({
      clock,
      sequence: 0,
      limits: { ...defaultLimits, people: { maxAgeMs: 1e9, maxBytes: 100_000 } },
    })
    await stopServer()
    await startServer()
    const served: Socket[] = []
    server.on('connection', (socket) => served.push(socket))
    const socket = connect(port, '127.0.0.1').pause()
    ends.push(() => socket.destroy())
    socket.write(
      `GET /v1/stream?consumer=stuck&types=people HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    )
    await until('the stream', () => backlog.positions().stuck !== undefined)
    const messages = 50_000
    for (let i = 0; i < messages; i++) {
      people('v'.repeat(120))
      if (i % 500 === 0) await sleep(clock, 1)
    }
    const keptInBacklog = backlog.untaken('people').length
    const keptForSocket = served[0]?.writableLength ?? assert.fail('no connection')
    assert.ok(keptInBacklog < 500, `${keptInBacklog} of ${messages} messages`)
    assert.ok(keptForSocket < 200_000, `${keptForSocket} bytes of ${messages * 270}`)
  })

  it('streams samples live, without a backlog', async () => {
    const got: SampleBatch[] = []
    ends.push(client().followSamples((sample) => got.push(sample)))
    await until('the listener', () => sampleListeners.size === 1)
    for (const listener of sampleListeners) listener(batch)
    await until('the batch', () => got.length === 1)
    assert.deepEqual(got, [batch])
    ends.pop()?.()
    await until('the end', () => sampleListeners.size === 0)
  })
})
