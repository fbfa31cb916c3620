import assert from 'node:assert/strict'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { baykonMx08 } from '../../runtime/twin/devices/load-cells/baykon-mx08.ts'
import type { LoadCellPhysics } from '../../runtime/twin/devices/load-cells/load-cell.ts'
import type { Served } from '../../runtime/twin/devices/loopback.ts'
import { serveModbus } from '../../runtime/twin/devices/modbus-server.ts'
import type { ModbusUnit } from '../../runtime/twin/devices/modbus-unit.ts'
import { e1214 } from '../../runtime/twin/devices/relays/e1214.ts'
import { GateMechanics, RelayModule } from '../../runtime/twin/world/gate-mechanics.ts'
import { type RawModbus, rawModbus } from './modbus-client.ts'

describe('the weighing gateway of the twin', () => {
  const clock = new SystemClock()
  const faults = new Faults(clock)
  const grams = new Map([[1, 1234.5]])
  let connected = true
  let served: Served
  let modbus: RawModbus

  const channelOf = (channel: number): LoadCellPhysics | undefined => {
    const weight = grams.get(channel)
    return weight === undefined
      ? undefined
      : {
          grams: () => grams.get(channel) ?? 0,
          moving: () => channel === 6,
          connected: () => connected,
          ratingG: 10_000,
        }
  }

  before(async () => {
    faults.declare('gateway', 'modbus-device')
    const units = new Map<number, ModbusUnit>([[1, baykonMx08({ cell: channelOf, clock })]])
    const unit = (id: number) => units.get(id)
    served = await serveModbus({ device: 'gateway', host: '127.0.0.1', port: 0, clock, faults, unit })
    modbus = await rawModbus(served.port)
  })

  after(async () => {
    modbus.close()
    await served.stop()
  })

  beforeEach(() => {
    grams.clear()
    grams.set(1, 1234.5)
    connected = true
  })

  it('gives a channel in seven registers from 1004: status, indicated, gross, tare, high word first', async () => {
    // The frame of the maker's manual: 01 03 03EC 0007.
    const answer = await modbus.ask(1, [0x03, 0x03, 0xec, 0x00, 0x07])
    assert.equal(answer.toString('hex'), '030e' + '0002' + '00003039' + '00003039' + '00000000')
  })

  it('gives channel 6 from address 0x0410 on, negative weights in two’s complement, motion in bit 2', async () => {
    grams.set(6, -20.1)
    const answer = await modbus.ask(1, [0x03, 0x04, 0x10, 0x00, 0x02])
    assert.equal(answer.readInt32BE(2), -201)
    const status = (await modbus.ask(1, [0x03, 0x04, 0x0f, 0x00, 0x01])).readUInt16BE(2)
    assert.equal(status & 0b110, 0b110)
  })

  it('gives all eight channels in one read of 56 registers, those without a cell with error 7, a broken one with 1', async () => {
    const answer = await modbus.ask(1, [0x03, 0x03, 0xec, 0x00, 56])
    assert.equal(answer.length, 2 + 112)
    assert.equal(answer.readUInt16BE(2 + 14) >> 13, 7)
    connected = false
    assert.equal((await modbus.ask(1, [0x03, 0x03, 0xec, 0x00, 1])).readUInt16BE(2), 1 << 13)
  })

  it('zeroes and tares by writing 1 or 2 from address 1061', async () => {
    const write = (address: number, value: number) =>
      modbus.ask(1, [0x10, address >> 8, address & 0xff, 0, 1, 2, value >> 8, value & 0xff])
    assert.equal((await write(1061, 1)).toString('hex'), '1004250001')
    assert.equal((await modbus.ask(1, [0x03, 0x03, 0xef, 0x00, 2])).readInt32BE(2), 0)
    grams.set(1, 1300)
    await write(1061, 2)
    const [indicated, gross, tare] = await readWeights()
    assert.deepEqual([indicated, gross, tare], [0, 655, 655])
  })

  async function readWeights() {
    const answer = await modbus.ask(1, [0x03, 0x03, 0xed, 0x00, 6])
    return [2, 6, 10].map((offset) => answer.readInt32BE(offset))
  }

  it('knows functions 3 and 16 only, and refuses what lies outside its registers', async () => {
    assert.equal((await modbus.ask(1, [0x04, 0x03, 0xec, 0, 1])).toString('hex'), '8401')
    assert.equal((await modbus.ask(1, [0x03, 0x03, 0xeb, 0, 1])).toString('hex'), '8302')
    assert.equal((await modbus.ask(1, [0x03, 0x03, 0xec, 0, 57])).toString('hex'), '8302')
    assert.equal((await modbus.ask(1, [0x03, 0x03])).toString('hex'), '8303')
  })

  it('answers for a unit that is not there with exception 11, after its time-out', async () => {
    const startedMs = performance.now()
    assert.equal((await modbus.ask(9, [0x03, 0x03, 0xec, 0, 1])).toString('hex'), '830b')
    assert.ok(performance.now() - startedMs > 900)
  })

  it('serves one request at a time, in their order', async () => {
    const order: number[] = []
    await Promise.all([1, 2, 3, 4].map((n) => modbus.ask(1, [0x03, 0x03, 0xec, 0, n]).then(() => order.push(n))))
    assert.deepEqual(order, [1, 2, 3, 4])
  })

  it('breaks on demand and mends again', async () => {
    faults.set('gateway', 'exceptions', 60)
    assert.equal((await modbus.ask(1, [0x03, 0x03, 0xec, 0, 1])).toString('hex'), '8304')
    faults.set('gateway', 'exceptions', 0)
    faults.set('gateway', 'offline', 60)
    await assert.rejects(modbus.ask(1, [0x03, 0x03, 0xec, 0, 1]))
    faults.set('gateway', 'offline', 0)
    modbus = await rawModbus(served.port)
    assert.equal((await modbus.ask(1, [0x03, 0x03, 0xec, 0, 1])).length, 4)
    assert.throws(() => faults.set('gateway', 'on fire', 1), /no fault "on fire"/)
    assert.throws(() => faults.set('nothing', 'offline', 1), /nothing called "nothing"/)
  })

  it('closes a connection that talks something else', async () => {
    const other = await rawModbus(served.port)
    await assert.rejects(other.ask(0x47, new Array(300).fill(0x47)))
  })
})

describe('a gate of the twin', () => {
  const wiring = {
    entryRelay: 1,
    exitRelay: 2,
    watchdogRelay: 3,
    passInInput: 1,
    passOutInput: 2,
    exitRequestInput: 3,
    fireInput: 4,
  }
  let module: RelayModule
  let gate: GateMechanics

  beforeEach(() => {
    module = new RelayModule()
    gate = new GateMechanics('gate-1', module, wiring, 8000)
    module.requested(0)
    module.setRelay(3, true, 0)
  })

  it('turns inwards once for a pulse of its entry relay, within its time', () => {
    assert.equal(gate.turns('in', 0), false)
    module.setRelay(1, true, 100)
    module.setRelay(1, false, 300)
    assert.equal(gate.turns('in', 8000), true)
    assert.equal(gate.turns('in', 8200), false)
    module.setRelay(1, true, 9000)
    gate.passed('in', 9500)
    assert.equal(gate.turns('in', 9600), false)
  })

  it('reports a passage with a contact that closes for less than a second', () => {
    gate.passed('in', 1000)
    assert.equal(module.input(1, 999), false)
    assert.equal(module.input(1, 1000), true)
    assert.equal(module.input(2, 1000), false)
    assert.equal(module.input(1, 1900), false)
  })

  it('has its passages counted by the module, each at the input of its contact', () => {
    gate.passed('in', 1000)
    gate.passed('in', 2000)
    gate.passed('out', 3000)
    gate.pressExit(4000, 1200)
    assert.deepEqual(
      [1, 2, 3, 4].map((input) => module.count(input)),
      [2, 1, 0, 0],
    )
  })

  it('stays closed outwards until its exit relay is pulsed', () => {
    gate.pressExit(1000, 1200)
    assert.equal(module.input(3, 1500), true)
    assert.equal(gate.turns('out', 1500), false)
    module.setRelay(2, true, 1600)
    assert.equal(gate.turns('out', 1700), true)
  })

  it('lets everybody out when the watchdog relay drops, or nobody has spoken to its module for three seconds', () => {
    assert.equal(gate.turns('out', 2900), false)
    assert.equal(gate.turns('out', 3100), true)
    module.requested(3200)
    assert.equal(gate.turns('out', 3300), false)
    module.setRelay(3, false, 3400)
    assert.equal(gate.turns('out', 3400), true)
    assert.equal(gate.turns('in', 3400), false)
  })

  it('opens its fire contact on an alarm, lets everybody out and nobody in', () => {
    assert.equal(module.input(4, 100), true)
    gate.fire = true
    module.setRelay(1, true, 100)
    assert.equal(module.input(4, 100), false)
    assert.equal(gate.turns('out', 100), true)
    assert.equal(gate.turns('in', 100), false)
  })

  it('is driven by the coils of its module: relays at 0, pulses that end by themselves at 16', async () => {
    const clock = new SystemClock({ scale: 10, originMs: Date.now() })
    const unit = e1214(module, clock)
    const ask = (...bytes: number[]) => unit.answer(Buffer.from(bytes)).toString('hex')
    assert.equal(ask(5, 0, 1, 0xff, 0), '050001ff00')
    assert.equal(ask(1, 0, 0, 0, 6), '010106')
    assert.equal(ask(15, 0, 0, 0, 3, 1, 0b100), '0f00000003')
    assert.equal(ask(1, 0, 0, 0, 6), '010104')
    assert.equal(ask(5, 0, 16, 0xff, 0), '050010ff00')
    assert.equal(ask(1, 0, 0, 0, 1), '010101')
    await new Promise((resolve) => setTimeout(resolve, 60))
    assert.equal(ask(1, 0, 0, 0, 1), '010100')
    assert.equal(ask(2, 0, 0, 0, 6), '020108')
    assert.throws(() => ask(2, 0, 6, 0, 1), /exception 2/)
    assert.throws(() => ask(3, 0, 0, 0, 1), /exception 1/)
  })
})
