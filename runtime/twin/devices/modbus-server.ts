/**
 * A Modbus TCP server: a gateway with a serial line behind it, or a device with a socket of its own.
 * Modbus Messaging on TCP/IP 1.0b, clause 3.1.3 (MBAP header).
 */
import { createServer, type Socket } from 'node:net'
import { type Served, serve } from './loopback.ts'
import { ModbusLine, type ModbusLineOptions, type ModbusRequest } from './modbus-line.ts'
import { type ModbusRtuOptions, serveModbusRtu } from './modbus-rtu-server.ts'

export interface ModbusServerOptions extends ModbusLineOptions {
  host: string
  port: number
}

const headerBytes = 7
const longestPduBytes = 253

/** A gateway that passes the bytes of a serial line on as they are. The frames of several clients would mix: as it does. */
export function serveModbusRtuOverTcp(options: ModbusServerOptions & ModbusRtuOptions): Promise<Served> {
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    if (options.faults.active(options.device, 'offline')) return void socket.destroy()
    const line = serveModbusRtu(socket, { ...options, hangUp: () => socket.destroy() })
    socket.once('close', () => line.stop())
  })
  return serve(server, options)
}

interface Frame extends ModbusRequest {
  transaction: number
}

export function serveModbus(options: ModbusServerOptions): Promise<Served> {
  const line = new ModbusLine(options, 'exception')
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    if (line.offline) return void socket.destroy()
    let pending: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      pending = takeFrames(Buffer.concat([pending, chunk]), socket, (frame) => void answer(frame, socket))
    })
  })
  return serve(server, options)

  async function answer(frame: Frame, socket: Socket): Promise<void> {
    const only = options.unit(frame.unitId)?.tcpUnitId
    if (only !== undefined && only !== frame.unitId) return
    const answers = await line.request(frame, ({ unitId, pdu }, stranger) =>
      framed({ transaction: (frame.transaction + (stranger ? 1 : 0)) & 0xffff, unitId, pdu }),
    )
    if (answers === null) socket.destroy()
    else if (!socket.destroyed) for (const bytes of answers) socket.write(bytes)
  }
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

function framed({ transaction, unitId, pdu }: Frame): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt16BE(transaction, 0)
  header.writeUInt16BE(pdu.length + 1, 4)
  header[6] = unitId
  return Buffer.concat([header, pdu])
}
