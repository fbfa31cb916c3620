/** Every definition of load cells that is shipped, found by scanning, against a slave made from the maker's map. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { LoadCellTransmitter } from '../../runtime/devices/definition-schema.ts'
import type { HealthReport } from '../../runtime/devices/health-report.ts'
import { type ChannelReading, decodeUnit } from '../../runtime/devices/load-cells/decode.ts'
import { FlashBudget } from '../../runtime/devices/load-cells/flash-budget.ts'
import type { GatewayPlan } from '../../runtime/devices/load-cells/gateway-plan.ts'
import { ModbusLoadCellCommands } from '../../runtime/devices/load-cells/load-cell-commands.ts'
import { LoadCellPoller } from '../../runtime/devices/load-cells/load-cell-poller.ts'
import { ModbusConnection } from '../../runtime/devices/modbus/modbus-connection.ts'
import type { LoadCellOrder } from '../../runtime/sensing-api/load-cell-client.ts'
import type { LoadCellSlave } from '../../runtime/twin/devices/load-cells/load-cell.ts'
import { loadCellSlaves } from '../../runtime/twin/devices/load-cells/registry.ts'
import { answerOf } from '../../runtime/twin/devices/modbus-unit.ts'
import { type Slave, startSlave } from './modbus-slave.ts'

const clock = new SystemClock()
const catalogue = await loadDeviceDefinitions(join(import.meta.dirname, '../../hardware-profiles/devices'))
const transmitters = catalogue.all.filter((definition) => definition.kind === 'load-cell-transmitter')
const ratingG = 10_000

/** A load cell of which the test says everything. */
class Cell {
  readonly ratingG = ratingG
  loadG = 0
  /** What makes a calibration necessary. */
  offsetG = 0
  gain = 1
  isConnected = true
  isMoving = false
  grams = () => this.offsetG + this.gain * this.loadG
  connected = () => this.isConnected
  moving = () => this.isMoving
}

const slaveOf = ({ id, formerIds = [] }: LoadCellTransmitter) =>
  [id, ...formerIds].map((name) => loadCellSlaves[name]).find((factory) => factory !== undefined)

describe('the definitions of load cells', () => {
  it('cover each trap of the makers', () => {
    const ids = catalogue.all.map(({ id }) => id)
    const expected = ['baykon-mx08', 'cas-ascii', 'diy-mqtt', 'hbm-wtx110', 'laumas-tlb4', 'mantracourt-dsc']
    for (const id of [...expected, 'pavone-dat400', 'seneca-ze-sg3']) assert.ok(ids.includes(id), id)
    for (const channels of [1, 2, 4, 8]) assert.ok(ids.includes(`generic-rs485-${channels}`))
  })

  it('read a DSC two registers at a time, low word first, its flags out of a float', () => {
    const definition = transmitters.find(({ id }) => id === 'mantracourt-dsc')
    assert.ok(definition)
    assert.ok(definition.reads.every(({ count }) => count === 2))
    // -12345.678 is C6 40 E6 B6 (manual, p. 52), on the wire E6 B6 C6 40.
    const weight = [0xe6b6, 0xc640]
    const [reading] = decodeUnit(definition, [weight, [0, 0]])
    assert.ok(Math.abs((reading?.weightG ?? 0) + 12_345.678) < 0.001)
    const overRange = Buffer.alloc(4)
    overRange.writeFloatBE(1 << 9)
    const flags = [overRange.readUInt16BE(2), overRange.readUInt16BE(0)]
    assert.equal(decodeUnit(definition, [weight, flags])[0]?.overload, true)
    assert.equal(decodeUnit(definition, [weight, [0, 0x7fc0]])[0]?.error, true, 'flags that are no number')
  })
})

for (const definition of transmitters) {
  describe(`${definition.maker} ${definition.model} (${definition.id})`, () => {
    const factory = slaveOf(definition)
    if (!factory) {
      it('is driven against its slave (skipped: the twin has none for it yet)', function () {
        this.skip()
      })
      return
    }
    const unit = definition.id === 'pavone-dat400' ? 255 : definition.unitIds.minimum
    const { channels, commands, status } = definition
    const last = `plate-${channels}`
    const lastCell = () => cells[channels - 1] as Cell
    let cells: Cell[]
    let slave: LoadCellSlave
    let server: Slave
    let connection: ModbusConnection
    let poller: LoadCellPoller
    let orders: ModbusLoadCellCommands
    let readings: Map<string, ChannelReading>
    let health: HealthReport[]
    let directory: string

    beforeEach(async () => {
      cells = Array.from({ length: channels }, () => new Cell())
      readings = new Map()
      health = []
      slave = factory({ cell: (channel) => cells[channel - 1], clock })
      server = await startSlave((request) =>
        request.unit === unit
          ? { raw: enveloped(request.frame, answerOf(slave, request.frame.subarray(7))) }
          : 'silent',
      )
      const address = { transport: 'modbus-tcp', host: '127.0.0.1', port: server.port } as const
      connection = new ModbusConnection({ name: 'gateway', address, clock, answerWithinMs: 500 })
      const plates = cells.map((_, index) => ({ plate: `plate-${index + 1}`, channel: index + 1 }))
      const plan: GatewayPlan = {
        device: 'gateway',
        address,
        definition,
        pollHz: 50,
        units: [{ unit, fixtures: [{ fixture: 'f', plates }] }],
      }
      directory = await mkdtemp(join(tmpdir(), 'flash-'))
      const flash = new FlashBudget(join(directory, 'flash-writes.json'), clock)
      orders = new ModbusLoadCellCommands({ plan, connection, wireClock: clock, flash })
      poller = new LoadCellPoller({
        plan,
        connection,
        clock,
        wireClock: clock,
        onBatch: () => {},
        onReading: (plate, reading) => readings.set(plate, { ...reading }),
        onHealth: (report) => health.push(report),
      })
      poller.start()
      connection.open()
      await until('the first reading', (reading) => reading.weightG !== null)
    })

    afterEach(async () => {
      await poller.stop()
      connection.close()
      await server.close()
      await rm(directory, { recursive: true })
    })

    async function until(what: string, holds: (reading: ChannelReading) => boolean) {
      for (let waitedMs = 0; waitedMs < 3000; waitedMs += 5) {
        const reading = readings.get(last)
        if (reading && holds(reading)) return reading
        await sleep(clock, 5)
      }
      assert.fail(`this never came: ${what}; it shows ${JSON.stringify(readings.get(last))}`)
    }
    const shows =
      (grams: number) =>
      ({ weightG }: ChannelReading) =>
        weightG !== null && Math.abs(weightG - grams) < 1
    const refuses = (order: LoadCellOrder, code: string) =>
      assert.rejects(orders.execute(last, order), (error: unknown) => {
        assert.ok(error instanceof AisleError, String(error))
        assert.equal(error.code, code)
        return true
      })

    it('reads every channel in grams, also below zero, at rest and in motion', async () => {
      for (const [index, cell] of cells.entries()) cell.loadG = 100 * (index + 1) + 7
      await until('the weight', shows(100 * channels + 7))
      for (const [index] of cells.entries()) {
        assert.ok(Math.abs((readings.get(`plate-${index + 1}`)?.weightG ?? 0) - 100 * (index + 1) - 7) < 1)
      }
      // A model without a flag for it is never said to be at rest.
      assert.equal(readings.get(last)?.stable, status?.stable !== undefined)
      lastCell().isMoving = true
      await until('motion', ({ stable }) => !stable)
      lastCell().isMoving = false
      lastCell().loadG = -321
      await until('less than nothing', shows(-321))
    })

    it('gives no weight while overloaded, underloaded or disconnected', async () => {
      const state = () => health.findLast(({ plate }) => plate === last)?.state
      if (status?.overload) {
        lastCell().loadG = 2 * ratingG
        await until('overload', ({ overload, weightG }) => overload && weightG === null)
        assert.equal(state(), 'saturated')
      }
      if (status?.underload) {
        lastCell().loadG = -ratingG
        await until('underload', ({ underload, weightG }) => underload && weightG === null)
      }
      lastCell().loadG = 50
      await until('the weight', shows(50))
      lastCell().isConnected = false
      await until('the lost cell', ({ weightG }) => weightG === null)
      lastCell().isConnected = true
      await until('the cell again', shows(50))
      assert.equal(state(), 'online')
    })

    it('is zeroed, and says what it shows then', async () => {
      lastCell().loadG = 40
      await until('the weight', shows(40))
      if (!commands.zero) return refuses({ command: 'zero' }, 'command-unknown')
      const { grossG } = await orders.execute(last, { command: 'zero' })
      assert.ok(Math.abs(grossG ?? 99) < 1)
      await until('zero', shows(0))
      assert.equal(slave.flashWrites > 0, commands.zero.wearsFlash)
    })

    it('is tared without its gross weight being touched', async () => {
      lastCell().loadG = 1500
      await until('the weight', shows(1500))
      if (!commands.tare) return refuses({ command: 'tare' }, 'command-unknown')
      const { grossG, netG } = await orders.execute(last, { command: 'tare' })
      assert.ok(Math.abs((grossG ?? 0) - 1500) < 1 && Math.abs(netG ?? 99) < 1, `${grossG} ${netG}`)
      await until('the gross weight', shows(1500))
      assert.equal(slave.flashWrites, 0)
      if (!commands.clearTare) return refuses({ command: 'clearTare' }, 'command-unknown')
      await orders.execute(last, { command: 'clearTare' })
    })

    it('is calibrated with nothing and with a known weight, within its flash budget', async () => {
      if (!commands.calibrateSpan) return refuses({ command: 'calibrateSpan', knownG: 2000 }, 'command-unknown')
      lastCell().offsetG = 230
      lastCell().gain = 0.9
      await until('the offset', shows(230))
      await orders.execute(last, { command: 'calibrateZero' })
      lastCell().loadG = 2000
      await until('a wrong weight', shows(1800))
      const { grossG } = await orders.execute(last, { command: 'calibrateSpan', knownG: 2000 })
      assert.ok(Math.abs((grossG ?? 0) - 2000) < 5, `${grossG}`)
      lastCell().loadG = 1000
      await until('a right weight', shows(1000))
      const use = await orders.flashUse(last)
      assert.ok(use && use.used >= slave.flashWrites && use.used > 0, `${use?.used} counted, ${slave.flashWrites} done`)
      await refuses({ command: 'calibrateSpan', knownG: -5 }, 'weight-unfit')
    })

    it('shows its registers, in requests that it can answer', async () => {
      const blocks = await orders.registers(last)
      assert.deepEqual(
        blocks.map(({ address, words }) => [address, words.length]),
        definition.reads.map(({ address, count }) => [address, count]),
      )
      const count = definition.limits.maxRegisters + 1
      await assert.rejects(orders.registers(last, { address: 0, count }), { code: 'registers-too-many' })
    })
  })
}

/** An answer in the header of the frame that asked. */
function enveloped(frame: Buffer, answer: Buffer): Buffer {
  const header = Buffer.from(frame.subarray(0, 7))
  header.writeUInt16BE(answer.length + 1, 4)
  return Buffer.concat([header, answer])
}
