/**
 * A Modbus TCP server as a gateway with a serial line is one: one request at a time on the line, each taking as
 * long as its frames do; a unit that does not answer costs the gateway's whole time-out.
 * Modbus Messaging on TCP/IP 1.0b, clause 3.1.3 (MBAP header); Modbus Application Protocol 1.1b3, clause 7.
 */
import { createServer, type Socket } from 'node:net'
import { type Clock, sleep } from '../../contract/clock.ts'
import type { Faults } from './faults.ts'
import { type Served, serve } from './loopback.ts'
import { answerOf, exceptionTo, type ModbusUnit, modbusException } from './modbus-unit.ts'

export interface ModbusServerOptions {
  device: string
  host: string
  port: number
  clock: Clock
  faults: Faults
  /** undefined: nobody answers under this id. */
  unit(unitId: number): ModbusUnit | undefined
  /** Time on the line for one request and its answer. */
  requestMs: number
}

/** How long a gateway waits for a unit (Moxa MGate's default). */
const silentUnitMs = 1000
const slowMs = 700
const headerBytes = 7
const longestPduBytes = 253

export function serveModbus(options: ModbusServerOptions): Promise<Served> {
  const line = new SerialLine(options)
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    if (options.faults.active(options.device, 'offline')) return void socket.destroy()
    let pending: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      pending = takeFrames(Buffer.concat([pending, chunk]), socket, (frame) => line.request(frame, socket))
    })
  })
  return serve(server, options)
}

interface Frame {
  transaction: number
  unitId: number
  pdu: Buffer
}

/** Hands out whole frames; returns what is left. Whatever is not Modbus loses its connection. */
function takeFrames(bytes: Buffer, socket: Socket, onFrame: (frame: Frame) => void): Buffer {
  while (bytes.length >= headerBytes) {
    const length = bytes.readUInt16BE(4)
    if (bytes.readUInt16BE(2) !== 0 || length < 2 || length > longestPduBytes + 1) {
      socket.destroy()
      return Buffer.alloc(0)
    }
    if (bytes.length < 6 + length) break
    onFrame({ transaction: bytes.readUInt16BE(0), unitId: bytes[6] as number, pdu: bytes.subarray(7, 6 + length) })
    bytes = bytes.subarray(6 + length)
  }
  return bytes
}

class SerialLine {
  readonly #options: ModbusServerOptions
  #busy: Promise<void> = Promise.resolve()

  constructor(options: ModbusServerOptions) {
    this.#options = options
  }

  request(frame: Frame, socket: Socket): void {
    this.#busy = this.#busy.then(() => this.#serve(frame, socket))
  }

  async #serve(frame: Frame, socket: Socket): Promise<void> {
    const { device, clock, faults, requestMs } = this.#options
    if (faults.active(device, 'offline')) return void socket.destroy()
    const unit = this.#options.unit(frame.unitId)
    await sleep(clock, faults.active(device, 'slow') ? slowMs : unit ? requestMs + (unit.delayMs ?? 0) : silentUnitMs)
    if (faults.active(device, 'no-answer') || socket.destroyed) return
    const answer = this.#answer(frame, unit)
    const header = Buffer.alloc(headerBytes)
    header.writeUInt16BE(frame.transaction, 0)
    header.writeUInt16BE(answer.length + 1, 4)
    header[6] = frame.unitId
    const bytes = Buffer.concat([header, answer])
    socket.write(faults.active(device, 'truncated') ? bytes.subarray(0, Math.ceil(bytes.length / 2)) : bytes)
  }

  #answer({ pdu }: Frame, unit: ModbusUnit | undefined): Buffer {
    if (!unit) return exceptionTo(pdu, modbusException.targetSilent)
    if (this.#options.faults.active(this.#options.device, 'exceptions')) {
      return exceptionTo(pdu, modbusException.deviceFailure)
    }
    return answerOf(unit, pdu)
  }
}
