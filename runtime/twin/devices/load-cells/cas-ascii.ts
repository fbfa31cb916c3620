/**
 * CAS indicators of the CI series on a serial line that a gateway passes on over TCP. They begin to send when they
 * are told to and then send 22 bytes a reading (CI-400 manual, p. 103); commands of the NT-500 style (CI-600D
 * manual, p. 76-77): two digits of the unit's id, two letters, CR LF; "!" says that it cannot, "?" that there is no
 * such command. Sign and digits fill 8 places with blanks between them.
 */
import { createServer, type Socket } from 'node:net'
import type { Clock, Timer } from '../../../contract/clock.ts'
import type { Faults } from '../faults.ts'
import { type Served, serve } from '../loopback.ts'
import type { LoadCellPhysics, SlaveSetup } from './load-cell.ts'
import { type WeighingChannel, weighingChannels } from './weighing-channel.ts'

export interface CasAsciiOptions {
  device: string
  host: string
  port: number
  clock: Clock
  faults: Faults
  /** The cell of each indicator on the line, by the indicator's id. */
  cells: ReadonlyMap<number, LoadCellPhysics>
  setup?: SlaveSetup
  advance(): void
}

/** Readings that it sends in a second (chosen, for 9600 baud: a frame takes 23 ms). */
const readingsPerSecond = 20
const longestCommandBytes = 64
const lamp = { always: 0b1010_0000, stable: 1 << 6, gross: 1 << 2, tare: 1 << 1, zero: 1 << 0 }

export async function serveCasAscii(options: CasAsciiOptions): Promise<Served> {
  const { device, clock, faults, cells, advance } = options
  const { decimals = 1 } = options.setup ?? {}
  const channelOf = weighingChannels((id) => cells.get(id))
  /** Ids that were told to send. */
  const sending = new Set<number>()
  let timer: Timer

  const server = createServer((socket) => {
    if (faults.active(device, 'offline')) return void socket.destroy()
    let text = ''
    socket.on('data', (chunk) => {
      const lines = (text + chunk.toString('latin1')).split('\r\n')
      text = (lines.pop() ?? '').slice(-longestCommandBytes)
      for (const line of lines) send(socket, carryOut(line))
    })
  })
  const served = await serve(server, options)

  function carryOut(line: string): Buffer {
    const id = Number(line.slice(0, 2))
    const channel = channelOf(id)
    if (!/^\d\d[A-Z]{2}$/.test(line)) return Buffer.from('?\r\n')
    if (!channel) return Buffer.alloc(0)
    advance()
    const done = Buffer.from(`${line}\r\n`)
    switch (line.slice(2)) {
      case 'OP':
        sending.add(id)
        return done
      case 'EM':
        sending.delete(id)
        return done
      case 'RW':
        return casFrame(id, channel, decimals)
      case 'MZ':
      case 'MT':
        if (!channel.connected || channel.moving) return Buffer.from('!\r\n')
        if (line.endsWith('Z')) channel.zero()
        else channel.tare()
        return done
      default:
        return Buffer.from('?\r\n')
    }
  }

  function send(socket: Socket, bytes: Buffer): void {
    if (faults.active(device, 'offline')) return void socket.destroy()
    if (bytes.length === 0 || socket.destroyed || faults.active(device, 'no-answer')) return
    socket.write(damaged(bytes))
  }

  function damaged(bytes: Buffer): Buffer {
    if (faults.active(device, 'truncated')) return bytes.subarray(0, bytes.length >> 1)
    // A line with a wrong parity setting looks like this: every top bit set.
    if (faults.active(device, 'garbled')) return Buffer.from(bytes.map((byte, i) => (i % 3 === 0 ? byte | 0x80 : byte)))
    return bytes
  }

  function tick(): void {
    advance()
    for (const id of sending) {
      const channel = channelOf(id)
      if (channel) for (const socket of served.sockets) send(socket, casFrame(id, channel, decimals))
    }
    timer = clock.after(1000 / readingsPerSecond, tick)
  }
  timer = clock.after(0, tick)

  return {
    ...served,
    stop() {
      clock.clear(timer)
      return served.stop()
    },
  }
}

function casFrame(id: number, channel: WeighingChannel, decimals: number): Buffer {
  const { grossG, netG, over, under } = channel.read()
  const overloaded = over || under || !channel.connected
  const tared = channel.tareG !== 0
  const grams = tared ? netG : grossG
  const digits = Math.abs(grams).toFixed(decimals)
  const negative = grams < 0 && Number(digits) !== 0
  const lamps =
    lamp.always |
    (channel.moving ? 0 : lamp.stable) |
    (tared ? lamp.tare : lamp.gross) |
    (Number(digits) === 0 ? lamp.zero : 0)
  return Buffer.concat([
    Buffer.from(`${overloaded ? 'OL' : channel.moving ? 'US' : 'ST'},${tared ? 'NT' : 'GS'},`),
    Buffer.from([id, lamps]),
    Buffer.from(`,${negative ? '-' : ' '}${digits.slice(0, 7).padStart(7)}  g\r\n`),
  ])
}
