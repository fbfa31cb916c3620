/** A Modbus TCP slave for tests, written from the Modbus Application Protocol, with faults to order. */
import { createServer, type Socket } from 'node:net'
import { listen } from '../../runtime/program/listen.ts'

export interface SlaveRequest {
  unit: number
  functionCode: number
  address: number
  /** Of a read: how many; of a write of one: its value. */
  count: number
  /** The frame as it came. */
  frame: Buffer
}

/** Words or bits: a proper answer. A buffer: sent as it is. silent: nothing. */
export type SlaveAnswer = number[] | boolean[] | { exception: number } | { raw: Buffer } | 'silent'
export type SlaveBehaviour = (request: SlaveRequest) => SlaveAnswer | Promise<SlaveAnswer>

export interface Slave {
  port: number
  requests: SlaveRequest[]
  /** How many requests were unanswered at once, at most. */
  mostInFlight: number
  /** How many connections were made to it, and how many are open. */
  connections: number
  readonly open: number
  behave: SlaveBehaviour
  /** Cuts every connection as a crash does. */
  cut(): void
  close(): Promise<void>
}

export async function startSlave(behave: SlaveBehaviour, port = 0): Promise<Slave> {
  const sockets = new Set<Socket>()
  let inFlight = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    slave.connections++
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    let received = Buffer.alloc(0)
    socket.on('data', async (data) => {
      received = Buffer.concat([received, data])
      while (received.length >= 6 && received.length >= 6 + received.readUInt16BE(4)) {
        const length = 6 + received.readUInt16BE(4)
        const frame = received.subarray(0, length)
        received = received.subarray(length)
        const request = readRequest(frame)
        slave.requests.push(request)
        slave.mostInFlight = Math.max(slave.mostInFlight, ++inFlight)
        const answer = await slave.behave(request)
        inFlight--
        const reply = answerFrame(request, answer)
        if (reply && !socket.destroyed) socket.write(reply)
      }
    })
  })
  const slave: Slave = {
    port: await listen(server, { host: '127.0.0.1', port, what: 'the test' }),
    requests: [],
    mostInFlight: 0,
    connections: 0,
    get open() {
      return sockets.size
    },
    behave,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
  return slave
}

const readRequest = (frame: Buffer): SlaveRequest => ({
  unit: frame.readUInt8(6),
  functionCode: frame.readUInt8(7),
  address: frame.readUInt16BE(8),
  count: frame.readUInt16BE(10),
  frame,
})

/** The frame that answers `request`; undefined: none. */
export function answerFrame(request: SlaveRequest, answer: SlaveAnswer): Buffer | undefined {
  if (answer === 'silent') return undefined
  if ('raw' in answer) return answer.raw
  if ('exception' in answer) return reply(request, [request.functionCode | 0x80, answer.exception])
  if (request.functionCode <= 2) {
    const bytes = Array.from({ length: Math.ceil(answer.length / 8) }, () => 0)
    answer.forEach((bit, index) => {
      if (bit) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7))
    })
    return reply(request, [request.functionCode, bytes.length, ...bytes])
  }
  if (request.functionCode <= 4) {
    const bytes = (answer as number[]).flatMap((word) => [word >> 8, word & 255])
    return reply(request, [request.functionCode, bytes.length, ...bytes])
  }
  return reply(request, [...request.frame.subarray(7, 12)])
}

function reply(request: SlaveRequest, pdu: number[]): Buffer {
  const header = Buffer.from(request.frame.subarray(0, 7))
  header.writeUInt16BE(pdu.length + 1, 4)
  return Buffer.concat([header, Buffer.from(pdu)])
}

/** Register numbers as the MX08's manual prints them: 41005 is address 1004. One block of 7 a channel. */
export class Mx08 {
  readonly #words = new Map<number, number>()

  /** @param channel as the manual counts, from AD[0] */
  set(channel: number, gross: { grams: number; unstable?: boolean; errorCode?: number; dataOk?: boolean }): void {
    const { grams, unstable = false, errorCode = 0, dataOk = true } = gross
    const block = 41_005 + 7 * channel
    this.#words.set(block, (dataOk ? 0b10 : 0) | (unstable ? 0b100 : 0) | (errorCode << 13))
    const tenths = Math.round(grams * 10)
    // Indicated is net here and tared to zero, so that whoever reads it instead of the gross weight is found out.
    this.#put(block + 1, 0)
    this.#put(block + 3, tenths)
    this.#put(block + 5, tenths)
  }

  #put(register: number, value: number): void {
    this.#words.set(register, (value >>> 16) & 0xffff)
    this.#words.set(register + 1, value & 0xffff)
  }

  read(address: number, count: number): number[] {
    return Array.from({ length: count }, (_, index) => this.#words.get(40_001 + address + index) ?? 0)
  }
}
