/**
 * Units on a serial line of their own, Modbus RTU. Modbus over Serial Line 1.02, clause 2.5.1: unit id, request,
 * checksum with its low byte first; a silence ends a frame. Unit id 0 is a broadcast, which nobody answers.
 */
import { openSync } from 'node:fs'
import { Duplex } from 'node:stream'
import { ReadStream, WriteStream } from 'node:tty'
import { SystemClock, type Timer } from '../../contract/clock.ts'
import { ModbusLine, type ModbusLineOptions } from './modbus-line.ts'
import { answerOf } from './modbus-unit.ts'

export interface ModbusRtuOptions extends ModbusLineOptions {
  /** Every unit on the line, for broadcasts. */
  unitIds: readonly number[]
  /** What going offline does; a bare line only falls silent. */
  hangUp?(): void
}

export interface ServedLine {
  stop(): void
}

const shortestFrameBytes = 4
/** Far more than 3.5 bytes at any speed: a pseudo-terminal has no timing of its own. */
const silenceMs = 50

/** Serves a line that is already open. */
export function serveModbusRtu(stream: Duplex, options: ModbusRtuOptions): ServedLine {
  const line = new ModbusLine(options, 'nothing')
  // The line's own silence is real, whatever clock the store runs on.
  const wire = new SystemClock()
  let silence: Timer | undefined
  let pending: Buffer = Buffer.alloc(0)
  let stopped = false

  const onData = (chunk: Buffer) => {
    wire.clear(silence)
    pending = takeFrames(Buffer.concat([pending, chunk]), serve)
    silence = wire.after(silenceMs, () => {
      pending = Buffer.alloc(0)
    })
  }
  stream.on('data', onData)

  function serve(unitId: number, pdu: Buffer): void {
    if (unitId === 0) {
      for (const id of options.unitIds) broadcast(id, pdu)
      return
    }
    void line
      .request({ unitId, pdu }, (answer) => rtuFrame(answer.unitId, answer.pdu))
      .then((frames) => {
        if (stopped) return
        if (frames === null) options.hangUp?.()
        else for (const frame of frames) stream.write(frame)
      })
  }

  function broadcast(unitId: number, pdu: Buffer): void {
    const unit = options.unit(unitId)
    if (unit && !line.offline) answerOf(unit, pdu)
  }

  return {
    stop() {
      stopped = true
      wire.clear(silence)
      stream.off('data', onData)
    },
  }
}

/** Serves a serial port, or one end of a pair of pseudo-terminals. */
export function serveModbusRtuAt(path: string, options: ModbusRtuOptions): ServedLine {
  // Each stream closes its own.
  const input = new ReadStream(openSync(path, 'r+'))
  const output = new WriteStream(openSync(path, 'r+'))
  input.setRawMode(true)
  const stream = Duplex.from({ readable: input, writable: output })
  // The far end of a pair that goes away is the end of the line.
  stream.on('error', () => {})
  const line = serveModbusRtu(stream, options)
  return {
    stop() {
      line.stop()
      stream.destroy()
    },
  }
}

/** A frame as it goes over the line. */
export function rtuFrame(unitId: number, pdu: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from([unitId]), pdu])
  const checksum = Buffer.alloc(2)
  checksum.writeUInt16LE(crc16(body))
  return Buffer.concat([body, checksum])
}

/** Hands out frames whose checksum is right; skips what belongs to none. Returns what may still become one. */
function takeFrames(bytes: Buffer, onFrame: (unitId: number, pdu: Buffer) => void): Buffer {
  while (bytes.length >= shortestFrameBytes) {
    const length = requestLength(bytes)
    if (length !== undefined && bytes.length < length) break
    const frame = length === undefined ? undefined : bytes.subarray(0, length)
    if (frame && crc16(frame.subarray(0, -2)) === frame.readUInt16LE(frame.length - 2)) {
      onFrame(frame[0] as number, Buffer.from(frame.subarray(1, -2)))
      bytes = bytes.subarray(frame.length)
    } else bytes = bytes.subarray(1)
  }
  return bytes
}

/** Bytes of a whole request, checksum included; undefined: no function that a request can have. */
function requestLength(bytes: Buffer): number | undefined {
  const code = bytes[1] as number
  if (code >= 1 && code <= 6) return 8
  if (code !== 15 && code !== 16) return undefined
  return bytes.length < 7 ? 9 : 9 + (bytes[6] as number)
}

/** CRC-16 with the polynomial 0xA001 (Modbus over Serial Line 1.02, clause 6.2.2). */
function crc16(bytes: Buffer): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  }
  return crc
}
