/** Modbus RTU on a pair of pseudo-terminals, and RTU frames through a TCP gateway that passes bytes on. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { SerialPort } from 'serialport'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import { ModbusConnection } from '../../runtime/devices/modbus/modbus-connection.ts'
import { ModbusError } from '../../runtime/devices/modbus/modbus-error.ts'
import type { ModbusAddress } from '../../runtime/devices/modbus/open-port.ts'
import { crc16 } from '../../runtime/devices/modbus/rtu-frames.ts'
import { listen } from '../../runtime/program/listen.ts'

const clock = new SystemClock()
const cleanUps: (() => unknown)[] = []
const serialLine = { baudRate: 115_200, parity: 'none' } as const

function framed(unit: number, pdu: readonly number[]): Buffer {
  const frame = Buffer.from([unit, ...pdu, 0, 0])
  frame.writeUInt16LE(crc16(frame, 0, frame.length - 2), frame.length - 2)
  return frame
}

/** Two units on a line: each answers a read of n registers with unit * 100 + address + index. */
function serveUnits(line: Duplex, spoil: (answer: Buffer, unit: number) => Buffer | undefined): Buffer[] {
  const requests: Buffer[] = []
  let pending = Buffer.alloc(0)
  line.on('error', () => {})
  line.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 8) {
      const length = pending[1] === 16 ? 9 + (pending[6] ?? 0) : 8
      if (pending.length < length) return
      const request = pending.subarray(0, length)
      pending = pending.subarray(length)
      assert.equal(request.readUInt16LE(length - 2), crc16(request, 0, length - 2), 'a wrong checksum')
      requests.push(request)
      const unit = request[0] as number
      const words = Array.from({ length: request.readUInt16BE(4) }, (_, i) => unit * 100 + request.readUInt16BE(2) + i)
      const pdu =
        request[1] === 3
          ? [3, 2 * words.length, ...words.flatMap((word) => [word >> 8, word & 255])]
          : [...request.subarray(1, 6)]
      const answer = unit > 2 ? undefined : spoil(framed(unit, pdu), unit)
      if (answer) line.write(answer)
    }
  })
  return requests
}

function specify(what: string, open: () => Promise<{ address: ModbusAddress; line: Duplex }>) {
  describe(what, () => {
    let connection: ModbusConnection
    let requests: Buffer[]
    let spoil: (answer: Buffer, unit: number) => Buffer | undefined

    beforeEach(async function () {
      const opened = await open.call(this)
      spoil = (answer) => answer
      requests = serveUnits(opened.line, (answer, unit) => spoil(answer, unit))
      connection = new ModbusConnection({ name: 'line', address: opened.address, clock, answerWithinMs: 60 })
      connection.open()
      for (let waitedMs = 0; !connection.connected && waitedMs < 2000; waitedMs += 10) await sleep(clock, 10)
    })

    afterEach(async () => {
      connection.close()
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
    })

    it('reads and writes its units, one request at a time', async () => {
      const answers = await Promise.all([
        connection.readHolding(1, 10, 3),
        connection.readHolding(2, 10, 2),
        connection.writeRegisters(1, 5, [0x5aa5, 1]),
      ])
      assert.deepEqual(answers.slice(0, 2), [
        [110, 111, 112],
        [210, 211],
      ])
      assert.equal(requests.length, 3)
    })

    it('tells a silent unit, and goes on with the others', async () => {
      await assert.rejects(connection.readHolding(9, 0, 1), { code: 'modbus-timeout' })
      assert.deepEqual(await connection.readHolding(2, 0, 1), [200])
    })

    it('passes over noise, frames of others and frames that came twice', async () => {
      const spoilers: ((answer: Buffer) => Buffer)[] = [
        (answer) => Buffer.concat([Buffer.from([0, 0xff, 7]), answer]),
        (answer) => Buffer.concat([framed(7, [3, 2, 1, 1]), answer]),
        (answer) => Buffer.concat([answer, answer]),
      ]
      for (const each of spoilers) {
        spoil = each
        assert.deepEqual(await connection.readHolding(1, 4, 2), [104, 105])
        spoil = (answer) => answer
        assert.deepEqual(await connection.readHolding(2, 4, 2), [204, 205])
      }
      assert.ok(connection.strays > 0)
    })

    it('refuses a wrong checksum and a cut-off frame', async () => {
      for (const each of [
        (answer: Buffer) => Buffer.from(answer.map((byte, i) => (i === 4 ? byte ^ 1 : byte))),
        (answer: Buffer) => answer.subarray(0, 5),
      ]) {
        spoil = each
        await assert.rejects(connection.readHolding(1, 4, 2), (error: unknown) => error instanceof ModbusError)
        spoil = (answer) => answer
        assert.deepEqual(await connection.readHolding(1, 4, 2), [104, 105])
      }
    })
  })
}

specify('a serial line behind a gateway that passes RTU frames on over TCP', async () => {
  const lines: Duplex[] = []
  let arrived = (_line: Duplex) => {}
  const first = new Promise<Duplex>((resolve) => {
    arrived = resolve
  })
  const server: Server = createServer((socket) => {
    lines.push(socket.setNoDelay(true))
    arrived(socket)
  })
  const port = await listen(server, { host: '127.0.0.1', port: 0, what: 'the test' })
  cleanUps.push(() => {
    for (const line of lines) line.destroy()
    server.close()
  })
  return { address: { transport: 'modbus-rtu-tcp', host: '127.0.0.1', port }, line: await lineLater(first) }
})

/** The gateway's side exists only once somebody has connected. */
async function lineLater(first: Promise<Duplex>): Promise<Duplex> {
  const { PassThrough, Duplex } = await import('node:stream')
  const [input, output] = [new PassThrough(), new PassThrough()]
  void first.then((socket) => {
    socket.pipe(input)
    output.pipe(socket)
  })
  return Duplex.from({ readable: input, writable: output })
}

if (spawnSync('socat', ['-V']).status === 0) {
  specify('a serial line (a pair of pseudo-terminals)', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'line-'))
    const [ours, theirs] = [join(directory, 'ours'), join(directory, 'theirs')]
    const pty = (link: string) => `pty,raw,echo=0,link=${link}`
    const socat: ChildProcess = spawn('socat', ['-d', '-d', pty(ours), pty(theirs)])
    let said = ''
    await new Promise<void>((resolve) => {
      socat.stderr?.on('data', (chunk: Buffer) => {
        said += chunk
        if (said.includes('starting data transfer loop')) resolve()
      })
    })
    const line = new SerialPort({ path: theirs, ...serialLine })
    cleanUps.push(async () => {
      if (line.isOpen) await new Promise((resolve) => line.close(resolve))
      socat.kill()
      await rm(directory, { recursive: true })
    })
    return { address: { transport: 'modbus-rtu', path: ours, ...serialLine }, line }
  })
} else {
  it('a serial line (skipped: this machine has no socat to make a pair of pseudo-terminals)', function () {
    this.skip()
  })
}
