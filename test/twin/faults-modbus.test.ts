import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { duplexPair } from 'node:stream'
import modbusSerial from 'modbus-serial'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { laumasTlb4 } from '../../runtime/twin/devices/load-cells/laumas-tlb4.ts'
import { pavoneDat400 } from '../../runtime/twin/devices/load-cells/pavone-dat400.ts'
import type { Served } from '../../runtime/twin/devices/loopback.ts'
import { rtuFrame, serveModbusRtu, serveModbusRtuAt } from '../../runtime/twin/devices/modbus-rtu-server.ts'
import { serveModbus, serveModbusRtuOverTcp } from '../../runtime/twin/devices/modbus-server.ts'
import type { ModbusUnit } from '../../runtime/twin/devices/modbus-unit.ts'
import { cellOf, pause, waitFor } from './devices-support.ts'

describe('a Modbus gateway that breaks', () => {
  const clock = new SystemClock()
  const faults = new Faults(clock)
  const cell = cellOf(() => 123.4)
  const units = new Map<number, ModbusUnit>([1, 2].map((id) => [id, laumasTlb4({ cell: () => cell, clock })]))
  units.set(255, pavoneDat400({ cell: () => cell, clock }))
  units.set(7, pavoneDat400({ cell: () => cell, clock }))
  let served: Served
  let client: InstanceType<typeof modbusSerial.default>

  before(async () => {
    faults.declare('gateway', 'modbus-device')
    served = await serveModbus({
      device: 'gateway',
      host: '127.0.0.1',
      port: 0,
      clock,
      faults,
      unit: (id) => units.get(id),
      line: { baudRate: 115_200, parity: 'none' },
    })
  })

  beforeEach(async () => {
    faults.mend()
    client = new modbusSerial.default()
    await client.connectTCP('127.0.0.1', { port: served.port })
    client.setID(1)
    client.setTimeout(2000)
  })

  afterEach(() => new Promise<void>((resolve) => client.close(() => resolve())))
  after(() => served.stop())

  const gross = async () => (await client.readHoldingRegisters(7, 2)).data[1]

  it('answers while it is whole', async () => assert.equal(await gross(), 1234))

  for (const fault of ['no-answer', 'truncated', 'garbage'] as const) {
    it(`leaves a client without an answer: ${fault}`, async () => {
      faults.set('gateway', fault, 60)
      client.setTimeout(100)
      await assert.rejects(gross())
    })
  }

  it('answers with exceptions', async () => {
    faults.set('gateway', 'exceptions', 60)
    await assert.rejects(gross(), { modbusCode: 4 })
  })

  it('answers slowly, as slowly as was asked', async () => {
    faults.set('gateway', 'slow', 60, 60)
    const startedMs = performance.now()
    assert.equal(await gross(), 1234)
    assert.ok(performance.now() - startedMs >= 55)
  })

  for (const fault of ['foreign', 'repeated'] as const) {
    it(`answers rightly among answers that belong to nothing: ${fault}`, async () => {
      faults.set('gateway', fault, 60)
      for (let i = 0; i < 5; i++) assert.equal(await gross(), 1234)
    })
  }

  it('is silent under a unit id that a device does not listen to over TCP', async () => {
    client.setID(7)
    client.setTimeout(100)
    await assert.rejects(client.readHoldingRegisters(0, 3), ({ errno }) => errno === 'ETIMEDOUT')
    client.setID(255)
    client.setTimeout(2000)
    assert.equal((await client.readHoldingRegisters(0, 3)).data[2], 1234)
  })

  it('loses one unit and keeps the other', async () => {
    faults.set('gateway', 'dead-unit', 60, 2)
    assert.equal(await gross(), 1234)
    client.setID(2)
    client.setTimeout(100)
    await assert.rejects(gross())
  })

  it('goes off the network', async () => {
    faults.set('gateway', 'offline', 60)
    client.setTimeout(100)
    await assert.rejects(gross())
  })
})

describe('a serial line of the twin', () => {
  const clock = new SystemClock()
  const faults = new Faults(clock)
  const cell = cellOf(() => 50)
  const units = new Map([1, 2, 3].map((id) => [id, laumasTlb4({ cell: () => cell, clock })]))
  const read = Buffer.from([3, 0, 7, 0, 2])

  function line() {
    const [near, far] = duplexPair()
    const received: Buffer[] = []
    near.on('data', (chunk: Buffer) => received.push(chunk))
    const unit = (id: number) => units.get(id)
    const served = serveModbusRtu(far, {
      device: 'line',
      clock,
      faults,
      unit,
      unitIds: [1, 2, 3],
      line: { baudRate: 115_200, parity: 'none' },
    })
    return { near, served, bytes: () => Buffer.concat(received).toString('hex') }
  }

  before(() => faults.declare('line', 'modbus-device'))
  const answer = (unitId: number) => rtuFrame(unitId, Buffer.from([3, 4, 0, 0, 0x01, 0xf4])).toString('hex')

  it('knows the frame of the standard: unit, request, checksum with its low byte first', () => {
    assert.equal(rtuFrame(1, Buffer.from([3, 0, 0x1e, 0, 2])).toString('hex'), '0103001e0002a40d')
  })

  it('serves several units on one line, one after the other', async () => {
    const { near, served, bytes } = line()
    near.write(Buffer.concat([rtuFrame(1, read), rtuFrame(3, read)]))
    await waitFor('both answers', () => bytes().length === 2 * (2 * 9))
    assert.equal(bytes(), answer(1) + answer(3))
    served.stop()
  })

  it('is silent for units that are not there, for broadcasts and for wrong checksums, and finds the next frame', async () => {
    const { near, served, bytes } = line()
    const wrong = rtuFrame(1, read)
    wrong[7] = (wrong[7] as number) ^ 0xff
    near.write(
      Buffer.concat([rtuFrame(9, read), rtuFrame(0, read), wrong, Buffer.from([0xff, 0x11]), rtuFrame(2, read)]),
    )
    await waitFor('an answer', () => bytes().length > 0)
    await pause(20)
    assert.equal(bytes(), answer(2))
    served.stop()
  })

  it('can lie behind a gateway that passes its bytes on', async () => {
    const served = await serveModbusRtuOverTcp({
      device: 'line',
      host: '127.0.0.1',
      port: 0,
      clock,
      faults,
      unit: (id) => units.get(id),
      unitIds: [1, 2, 3],
    })
    const socket = connect(served.port, '127.0.0.1')
    let bytes = ''
    socket.on('data', (chunk) => {
      bytes += chunk.toString('hex')
    })
    socket.write(rtuFrame(2, read))
    await waitFor('an answer', () => bytes.length > 0)
    assert.equal(bytes, answer(2))
    faults.set('line', 'offline', 60)
    socket.write(rtuFrame(2, read))
    await once(socket, 'close')
    faults.mend()
    await served.stop()
  })

  it('is a serial port by its path, here a pseudo-terminal', async () => {
    // Its other end is what `script` has as input and output.
    const terminal = spawn('script', ['-qfc', 'stty raw -echo; tty; exec sleep 60', '/dev/null'])
    let output = Buffer.alloc(0)
    terminal.stdout.on('data', (chunk: Buffer) => {
      output = Buffer.concat([output, chunk])
    })
    await waitFor('the terminal', () => output.includes('\n'))
    const path = output.toString().trim()
    output = Buffer.alloc(0)
    const served = serveModbusRtuAt(path, {
      device: 'line',
      clock,
      faults,
      unit: (id) => units.get(id),
      unitIds: [1, 2, 3],
      line: { baudRate: 115_200, parity: 'even' },
    })
    terminal.stdin.write(rtuFrame(3, read))
    await waitFor('an answer', () => output.length > 0)
    assert.equal(output.toString('hex'), answer(3))
    served.stop()
    // Asked politely it takes two seconds; what runs in it ends with the terminal.
    terminal.kill('SIGKILL')
    await once(terminal, 'close')
  })
})
