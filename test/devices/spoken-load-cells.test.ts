/** Load cells that speak by themselves: lines of text, and messages over MQTT. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { LoadCellPublisher, LoadCellStream } from '../../runtime/devices/definition-schema.ts'
import type { HealthReport } from '../../runtime/devices/health-report.ts'
import type { ChannelReading } from '../../runtime/devices/load-cells/decode.ts'
import { LoadCellPublisherReader } from '../../runtime/devices/load-cells/load-cell-publisher.ts'
import { LoadCellStreamReader } from '../../runtime/devices/load-cells/load-cell-stream.ts'
import { TextFrames, type TextLine } from '../../runtime/devices/load-cells/text-frames.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { serveCasAscii } from '../../runtime/twin/devices/load-cells/cas-ascii.ts'
import type { Served } from '../../runtime/twin/devices/loopback.ts'

const clock = new SystemClock()
const catalogue = await loadDeviceDefinitions(join(import.meta.dirname, '../../hardware-profiles/devices'))
const cas = catalogue.get('cas-ascii') as LoadCellStream
const board = catalogue.get('diy-mqtt') as LoadCellPublisher

async function until(what: string, holds: () => boolean) {
  for (let waitedMs = 0; waitedMs < 4000; waitedMs += 5) {
    if (holds()) return
    await sleep(clock, 5)
  }
  assert.fail(`this never came: ${what}`)
}

describe('CAS indicators on a line (cas-ascii)', () => {
  let served: Served
  let serveAt: (port: number) => Promise<Served>
  let reader: LoadCellStreamReader
  let readings: Map<string, ChannelReading>
  let health: HealthReport[]
  let load: { ratingG: number; g: number; isConnected: boolean; isMoving: boolean }
  const weight = (plate = 'p1') => readings.get(plate)?.weightG ?? Number.NaN

  beforeEach(async () => {
    readings = new Map()
    health = []
    load = { ratingG: 10_000, g: 120, isConnected: true, isMoving: false }
    const cell = (of: typeof load) => ({
      ratingG: of.ratingG,
      grams: () => of.g,
      connected: () => of.isConnected,
      moving: () => of.isMoving,
    })
    const other = { ...load, g: 777 }
    const cells = new Map([
      [1, cell(load)],
      [12, cell(other)],
    ])
    const faults = new Faults(clock)
    serveAt = (port) =>
      serveCasAscii({ device: 'line', host: '127.0.0.1', port, clock, faults, cells, advance: () => {} })
    served = await serveAt(0)
    reader = new LoadCellStreamReader({
      plan: {
        device: 'line',
        address: { transport: 'tcp', host: '127.0.0.1', port: served.port },
        definition: { ...cas, lateMs: 200, offlineMs: 500 },
        plates: [
          { plate: 'p1', fixture: 'f', unit: 1 },
          { plate: 'p2', fixture: 'f', unit: 12 },
        ],
      },
      clock,
      wireClock: clock,
      onBatch: () => {},
      onReading: (plate, reading) => readings.set(plate, { ...reading }),
      onHealth: (report) => health.push(report),
    })
    reader.start()
    await until('both', () => Math.abs(weight() - 120) < 1 && Math.abs(weight('p2') - 777) < 1)
  })

  afterEach(async () => {
    await reader.stop()
    await served.stop()
  })

  it('are read apart, below zero, at rest and in motion', async () => {
    assert.equal(readings.get('p1')?.stable, true)
    load.g = -45.5
    load.isMoving = true
    await until('less than nothing, in motion', () => weight() === -45.5 && readings.get('p1')?.stable === false)
  })

  it('give no weight while overloaded or disconnected', async () => {
    load.g = 20_000
    await until('overload', () => readings.get('p1')?.overload === true && readings.get('p1')?.weightG === null)
    load.g = 50
    load.isConnected = false
    await sleep(clock, 100)
    await until('the lost cell', () => readings.get('p1')?.weightG === null)
    load.isConnected = true
    await until('the cell again', () => weight() === 50)
    assert.equal(health.findLast(({ plate }) => plate === 'p1')?.state, 'online')
  })

  it('are zeroed and tared, and a tare does not look like a shopper', async () => {
    assert.equal((await reader.execute('p1', { command: 'zero' })).grossG, 0)
    load.g += 1500
    await until('the weight', () => weight() === 1500)
    const { grossG, netG, tared } = await reader.execute('p1', { command: 'tare' })
    assert.deepEqual([grossG, netG, tared], [1500, 0, true])
    assert.equal(weight(), 1500)
    load.isMoving = true
    await assert.rejects(reader.execute('p1', { command: 'zero' }), { code: 'command-refused' })
    await assert.rejects(reader.execute('p1', { command: 'calibrateSpan', knownG: 5 }), { code: 'command-unknown' })
  })

  it('are found again after the line was lost', async () => {
    const { port } = served
    await served.stop()
    await until('the loss', () => health.some(({ plate, state }) => plate === undefined && state === 'offline'))
    await until('silence', () => health.findLast(({ plate }) => plate === 'p1')?.state === 'offline')
    served = await serveAt(port)
    await until('the return', () => health.findLast(({ plate }) => plate === 'p1')?.state === 'online')
  })

  it('are understood in pieces, and nothing else is taken for a weight', () => {
    const frames = new TextFrames(cas)
    const lines: TextLine[] = []
    const bytes = Buffer.from(
      '7 kg\r\nST,GS,\x01\xf4,    12.5 kg\r\nHELLO\r\n!\r\nST,GS,\x01\xf4,  12 5 . kg\r\n',
      'latin1',
    )
    for (const byte of bytes) frames.take(Buffer.from([byte]), (line) => lines.push(line))
    assert.deepEqual(
      lines.map((line) => (line.is === 'reading' ? line.reading.grams : line.text)),
      ['7 kg', 12_500, 'HELLO', '!', null],
    )
  })
})

describe('boards over MQTT (diy-mqtt)', () => {
  let reader: LoadCellPublisherReader
  let got: { plate: string; weightG: number | null; atMs: number }[]
  let health: HealthReport[]
  const say = (value: unknown) =>
    reader.take('t', Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))
  const state = (plate: string | undefined) => health.findLast((report) => report.plate === plate)?.state

  beforeEach(() => {
    got = []
    health = []
    reader = new LoadCellPublisherReader({
      plan: {
        device: 'board',
        topic: 't',
        definition: { ...board, lateMs: 100, offlineMs: 200 },
        plates: [
          { plate: 'p1', fixture: 'f', channel: 1 },
          { plate: 'p2', fixture: 'f', channel: 2 },
        ],
      },
      clock,
      wireClock: clock,
      onBatch: () => {},
      onReading: (plate, { weightG }, atMs) => got.push({ plate, weightG, atMs }),
      onHealth: (report) => health.push(report),
    })
    reader.start()
  })
  afterEach(() => reader.stop())

  it('give each channel its grams, at the time that the board says', () => {
    const ts = clock.nowMs() - 100
    say([
      { ts, seq: 1, ch: 1, raw: 5, g: 12.5, stable: true },
      { ts, seq: 1, ch: 2, g: null },
      { ts, seq: 1, ch: 9, g: 3 },
    ])
    assert.deepEqual(got, [
      { plate: 'p1', weightG: 12.5, atMs: ts },
      { plate: 'p2', weightG: null, atMs: ts },
    ])
    assert.deepEqual([state('p1'), state('p2')], ['online', 'offline'])
  })

  it('are heard once, whatever the broker delivers twice, and again after a restart', () => {
    for (const seq of [5000, 5000, 4999, 5001, 0, 1]) say({ seq, ch: 1, g: seq })
    assert.deepEqual(
      got.map(({ weightG }) => weightG),
      [5000, 5001, 0, 1],
    )
  })

  it('say that a reading is old, that many are lost, and that nothing comes', async () => {
    say({ ts: clock.nowMs() - 60_000, seq: 1, ch: 1, g: 1 })
    assert.deepEqual([got.length, state('p1')], [0, 'late'])
    for (let seq = 2; seq < 300; seq += 2) say({ seq, ch: 1, g: 1 })
    assert.equal(state('p1'), 'late')
    await until('silence', () => state('p1') === 'offline')
  })

  it('are refused what is no reading, and go on', () => {
    for (const bad of ['', '{', 'NaN', '{"ch":1,"g":1e99}', '{"ch":0,"g":1}', '{"__proto__":1}', 'x'.repeat(20_000)])
      say(bad)
    assert.equal(got.length, 0)
    assert.equal(state(undefined), 'noisy')
    say({ ch: 1, g: 3 })
    assert.equal(state(undefined), 'online')
  })
})
