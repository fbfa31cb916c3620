import assert from 'node:assert/strict'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { genericRs485 } from '../../runtime/twin/devices/load-cells/generic-rs485.ts'
import type { LoadCellPhysics, LoadCellSlave, SlaveSetup } from '../../runtime/twin/devices/load-cells/load-cell.ts'
import { loadCellSlaves } from '../../runtime/twin/devices/load-cells/registry.ts'
import { answerOf } from '../../runtime/twin/devices/modbus-unit.ts'

/** A cell on a bench: what lies on it, what its own zero and span make of that. */
class BenchCell implements LoadCellPhysics {
  ratingG = 10_000
  loadG = 0
  zeroG = 0
  span = 1
  isMoving = false
  isConnected = true

  grams() {
    return this.loadG * this.span + this.zeroG
  }

  moving() {
    return this.isMoving
  }

  connected() {
    return this.isConnected
  }
}

const clock = new VirtualClock()
let cell: BenchCell
let slave: LoadCellSlave

function make(model: string, setup: SlaveSetup = {}): void {
  cell = new BenchCell()
  const factory = loadCellSlaves[model]
  assert.ok(factory, model)
  slave = factory({ cell: (channel) => (channel === 1 ? cell : undefined), clock, setup })
}

const ask = (pdu: number[]) => answerOf(slave, Buffer.from(pdu))
const bytesOf = (word: number) => [(word >> 8) & 0xff, word & 0xff]
const read = (address: number, count: number) => {
  const answer = ask([3, ...bytesOf(address), ...bytesOf(count)])
  assert.equal(answer[0], 3, `exception ${answer[1]} for ${count} registers from ${address}`)
  return answer.subarray(2)
}
const word = (address: number) => read(address, 1).readUInt16BE(0)
const int32 = (address: number) => read(address, 2).readInt32BE(0)
/** Function 16; gives the exception, or 0. */
const write = (address: number, ...words: number[]) => {
  const answer = ask([16, ...bytesOf(address), ...bytesOf(words.length), 2 * words.length, ...words.flatMap(bytesOf)])
  return (answer[0] as number) & 0x80 ? (answer[1] as number) : 0
}
const exceptionOf = (pdu: number[]) => {
  const answer = ask(pdu)
  return (answer[0] as number) & 0x80 ? (answer[1] as number) : 0
}

describe('a Laumas TLB4 of the twin', () => {
  beforeEach(() => make('laumas-tlb4'))

  it('gives weights as magnitudes, their signs in the status, at rest with bit 11', () => {
    cell.loadG = -123.4
    assert.equal(read(7, 2).readUInt32BE(0), 1234)
    assert.equal(word(6) & 0b1001_1000_0000, 0b1001_1000_0000)
    cell.isMoving = true
    assert.equal(word(6) & (1 << 11), 0)
  })

  it('says grams and its decimals in the division code', () => {
    assert.equal(word(13), 0x0109)
    make('laumas-tlb4', { decimals: 0 })
    cell.loadG = 1000
    assert.equal(word(13), 0x0106)
    assert.equal(int32(7), 1000)
  })

  it('reads at most 32 registers at once, and writes with function 16 alone', () => {
    assert.equal(exceptionOf([3, 0, 0, 0, 33]), 3)
    assert.equal(exceptionOf([6, 0, 5, 0, 7]), 1)
  })

  it('tares only at rest and with something on it; the gross weight stays', () => {
    cell.loadG = 500
    cell.isMoving = true
    write(5, 7)
    assert.equal(int32(9), 5000)
    cell.isMoving = false
    write(5, 7)
    assert.deepEqual([int32(7), int32(9)], [5000, 0])
    write(5, 9)
    assert.equal(int32(9), 5000)
  })

  it('zeroes a small drift and not a load', () => {
    cell.loadG = 100
    write(5, 8)
    assert.equal(int32(7), 0)
    cell.loadG = 1100
    write(5, 8)
    assert.equal(int32(7), 10_000)
  })

  it('is calibrated with a known weight, whose register reads 0 when it was taken; both wear the EEPROM', () => {
    cell.zeroG = 55
    cell.span = 0.9
    write(5, 100)
    cell.loadG = 2000
    write(64, 0, 20_000)
    assert.equal(int32(64), 20_000)
    write(5, 101)
    assert.deepEqual([int32(64), int32(7), slave.flashWrites], [0, 20_000, 2])
    cell.loadG = 700
    assert.equal(int32(7), 7000)
  })

  it('reports a broken cell and an overload as faults', () => {
    cell.loadG = 11_100
    assert.equal(word(6) & 0b1111, 0b1100)
    cell.isConnected = false
    assert.equal(word(6) & 0b1111, 1)
  })
})

describe('a generic RS-485 board of the twin', () => {
  beforeEach(() => make('generic-rs485-1'))

  it('gives decimals, sign and unrest in one status register, bit 5 high when in motion', () => {
    cell.loadG = -5
    assert.equal(word(8), 0b1_1001)
    cell.isMoving = true
    assert.equal(word(8) & (1 << 5), 1 << 5)
    assert.equal(int32(80), -50)
  })

  it('keeps its settings locked until 0x5AA5, and wears its flash with each', () => {
    assert.equal(write(38, 0, 0), 4)
    write(5, 0x5aa5)
    cell.zeroG = 30
    assert.equal(write(38, 0, 0), 0)
    assert.equal(int32(80), 0)
    cell.loadG = 1000
    cell.span = 1.25
    assert.equal(write(42, 0, 10_000), 0)
    assert.deepEqual([int32(80), slave.flashWrites], [10_000, 2])
    write(5, 1)
    assert.equal(write(38, 0, 0), 4)
    assert.equal(word(5), 0)
  })

  it('tares and zeroes without either', () => {
    cell.loadG = 640
    assert.equal(write(84, 0x7fff, 0xffff), 0)
    assert.deepEqual([int32(80), int32(82), int32(84)], [6400, 0, 6400])
    assert.equal(write(94, 1), 0)
    assert.equal(int32(80), 0)
    assert.equal(slave.flashWrites, 0)
  })

  it('waits before each answer as long as it was set to', () => {
    write(5, 0x5aa5)
    assert.equal(slave.delayMs, 0)
    write(4, 10)
    assert.equal(slave.delayMs, 10)
  })

  it('ends its converter’s range without a cell', () => {
    cell.isConnected = false
    assert.equal(word(8) & (1 << 6), 1 << 6)
    assert.equal(int32(44), 0x7fffff)
  })
})

describe('a generic RS-485 board with eight channels', () => {
  it('gives all weights in one read and zeroes by a mask of channels', () => {
    const cells = Array.from({ length: 8 }, (_, i) => Object.assign(new BenchCell(), { loadG: 10 * (i + 1) }))
    slave = genericRs485(8)({ cell: (channel) => cells[channel - 1], clock })
    const weights = () => Array.from({ length: 8 }, (_, i) => read(80, 16).readInt32BE(4 * i))
    assert.deepEqual(weights(), [100, 200, 300, 400, 500, 600, 700, 800])
    write(94, 0b101)
    assert.deepEqual(weights(), [0, 200, 0, 400, 500, 600, 700, 800])
    write(94, 0xff)
    assert.deepEqual(weights(), new Array(8).fill(0))
  })
})

describe('a Seneca ZE-SG3 of the twin', () => {
  beforeEach(() => make('seneca-ze-sg3'))

  it('gives floats, high word first unless set otherwise, and stable in bit 4', () => {
    cell.loadG = -1.5
    assert.equal(read(65, 2).readFloatBE(0), -1.5)
    assert.equal(word(77), 0b1_0100)
    make('seneca-ze-sg3', { wordOrder: 'low-first' })
    cell.loadG = 1234.5
    const bytes = read(65, 2)
    assert.equal(Buffer.concat([bytes.subarray(2), bytes.subarray(0, 2)]).readFloatBE(0), 1234.5)
  })

  it('takes a tare into RAM without wear, one into flash with', () => {
    cell.loadG = 200
    assert.equal(write(79, 49594), 0)
    assert.deepEqual([read(63, 2).readFloatBE(0), read(65, 2).readFloatBE(0)], [0, 200])
    assert.equal(slave.flashWrites, 0)
    assert.equal(write(79, 49914), 0)
    assert.deepEqual([read(65, 2).readFloatBE(0), slave.flashWrites], [0, 1])
  })

  it('takes functions 6 and 16, and no command that it does not know', () => {
    assert.equal(exceptionOf([6, 0, 79, ...bytesOf(49594)]), 0)
    assert.equal(write(79, 1), 3)
  })

  it('shows an open input as an overload, for it has no bit for a broken cell', () => {
    cell.isConnected = false
    assert.equal(word(77), 0b10)
    assert.equal(read(65, 2).readFloatBE(0), 15_000)
  })
})

describe('an HBM WTX110 of the twin', () => {
  beforeEach(() => make('hbm-wtx110'))
  const later = (ms: number) => clock.advanceTo(clock.nowMs() + ms)
  const handshake = () => word(5) >> 14

  it('gives net, gross, status and decimals in one read of 38 registers', () => {
    cell.loadG = 321
    const bytes = read(0, 38)
    assert.deepEqual([bytes.readInt32BE(0), bytes.readInt32BE(4)], [3210, 3210])
    assert.equal((bytes.readUInt16BE(10) >> 4) & 0b111, 1)
    cell.isMoving = true
    assert.equal(word(4) & (1 << 4), 1 << 4)
  })

  it('carries out a command with a handshake in both directions', () => {
    cell.loadG = 100
    write(0, 1)
    assert.equal(handshake(), 0)
    later(50)
    assert.equal(handshake(), 0b11)
    assert.deepEqual([int32(0), int32(2)], [0, 1000])
    write(0, 0)
    later(50)
    assert.equal(handshake() & 1, 0)
  })

  it('is calibrated with the signals it measures when told to, and else with those that were written', () => {
    const order = (bits: number) => {
      write(0, bits)
      later(50)
      write(0, 0)
      later(50)
    }
    cell.zeroG = 40
    write(48, 0x7fff, 0xffff)
    order(1 << 7)
    assert.equal(int32(2), 0)
    cell.loadG = 2000
    cell.span = 0.8
    write(46, 0, 20_000)
    write(50, 0x7fff, 0xffff)
    order(1 << 8)
    assert.deepEqual([int32(2), slave.flashWrites], [20_000, 2])
    write(48, 0, 0)
    order(1 << 7)
    assert.equal(int32(2), 20_500)
  })

  it('says without the success bit that a span was refused', () => {
    write(46, 0, 10_000)
    write(50, 0x7fff, 0xffff)
    write(0, 1 << 8)
    later(50)
    assert.equal(handshake(), 0b01)
    assert.equal(slave.flashWrites, 0)
  })

  it('answers over TCP as unit 0 alone', () => assert.equal(slave.tcpUnitId, 0))
})

describe('a Pavone DAT 400 of the twin', () => {
  beforeEach(() => make('pavone-dat400'))

  it('gives status, gross, net and peak from address 0, stable in bit 1, a broken cell in bit 6', () => {
    cell.loadG = 250
    const bytes = read(0, 7)
    assert.equal(bytes.readUInt16BE(0) & 0b10, 0b10)
    assert.deepEqual(
      [2, 6, 10].map((at) => bytes.readInt32BE(at)),
      [2500, 2500, 2500],
    )
    cell.isConnected = false
    assert.equal(word(0), 1 << 6)
  })

  it('is calibrated by weight and command in one request', () => {
    cell.zeroG = -20
    cell.span = 1.1
    write(502, 0x10)
    cell.loadG = 2000
    assert.equal(write(500, 0, 20_000, 0x11), 0)
    assert.equal(int32(1), 20_000)
    assert.equal(slave.flashWrites, 2)
  })

  it('has what was set saved on command, and says until then that it is not', () => {
    write(1100, 3)
    assert.equal(word(0) & (1 << 9), 1 << 9)
    write(502, 0x20)
    assert.equal(word(0) & (1 << 9), 0)
  })

  it('answers over TCP as unit 255 alone', () => assert.equal(slave.tcpUnitId, 255))
})
