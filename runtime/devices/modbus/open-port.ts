import { connect } from 'node:net'
import type { Clock } from '../../contract/clock.ts'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import type { DeviceAddress } from '../../profile/profile-schema.ts'

export type ModbusAddress = Extract<DeviceAddress, { transport: 'modbus-tcp' | 'modbus-rtu' | 'modbus-rtu-tcp' }>
export type SerialAddress = Extract<DeviceAddress, { transport: 'modbus-rtu' | 'serial' }>
type TcpAddress = Extract<DeviceAddress, { host: string }>

/** An open TCP connection or serial line. */
export interface Port {
  write(bytes: Buffer): void
  /** Ends it without telling `onLost`. */
  close(): void
}

export interface PortListener {
  /** The bytes are valid during the call only. */
  onBytes(bytes: Buffer): void
  /** Once, when it is gone by itself. */
  onLost(reason: string): void
}

const connectWithinMs = 3000
/** A reader says nothing for hours: that its line is dead shows only to whoever asks. */
const keepAliveInitialDelay = 5000
const readBufferBytes = 16_384

export function openPort(address: TcpAddress | SerialAddress, clock: Clock, listener: PortListener): Promise<Port> {
  return 'host' in address ? openSocket(address, clock, listener) : openSerial(address, listener)
}

/** Nagle off: a request is one small packet that is waited for. */
function openSocket({ host, port }: TcpAddress, clock: Clock, listener: PortListener): Promise<Port> {
  return new Promise((resolve, reject) => {
    let open = false
    let closed = false
    let why = 'the other side ended the connection'
    // One buffer for all reads, past the machinery of streams: thousands of small answers a second come in here.
    const onread = {
      buffer: Buffer.alloc(readBufferBytes),
      callback: (length: number, buffer: Uint8Array) => {
        if (!closed) listener.onBytes((buffer as Buffer).subarray(0, length))
        return true
      },
    }
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay, onread })
    const tooLong = clock.after(connectWithinMs, () => {
      socket.destroy(new Error(`${host}:${port} accepted no connection within ${connectWithinMs} ms`))
    })
    socket.on('error', (error) => {
      why = errorSentence(error)
      if (!open) reject(error)
    })
    socket.on('close', () => {
      clock.clear(tooLong)
      if (open && !closed) listener.onLost(why)
      closed = true
    })
    socket.on('connect', () => {
      clock.clear(tooLong)
      open = true
      resolve({
        write: (bytes) => socket.write(bytes),
        close() {
          closed = true
          socket.destroy()
        },
      })
    })
  })
}

/** @throws AisleError `serial-missing` where this platform has no driver for serial lines */
async function openSerial({ path, baudRate, parity }: SerialAddress, listener: PortListener): Promise<Port> {
  // Only here: its native part is not needed by a store without serial lines.
  const { SerialPort } = await import('serialport').catch((cause: unknown) => {
    throw new AisleError('serial-missing', 'This installation has no driver for serial lines.', {
      where: path,
      action: 'Install the package serialport, or put the line behind a gateway.',
      cause,
    })
  })
  return new Promise((resolve, reject) => {
    let closed = false
    const serial = new SerialPort({ path, baudRate, parity, autoOpen: false })
    const lost = (reason: string) => {
      if (!closed) listener.onLost(reason)
      closed = true
    }
    serial.on('data', (bytes: Buffer) => {
      if (!closed) listener.onBytes(bytes)
    })
    serial.on('error', (error: Error) => lost(errorSentence(error)))
    serial.on('close', () => lost('the serial port is gone'))
    serial.open((error: Error | null) => {
      if (error) return reject(error)
      resolve({
        write: (bytes) => void serial.write(bytes),
        close() {
          closed = true
          if (serial.isOpen) serial.close()
        },
      })
    })
  })
}
