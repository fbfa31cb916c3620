import type { Expected, Framing, OnFrame } from './frames.ts'
import { answerLength, longestPdu } from './pdu.ts'

const checksumBytes = 2
const exceptionBytes = 2

/**
 * Modbus over Serial Line 1.02, clause 2.5.1: unit, answer, checksum. Frames are told apart by silence, which a
 * gateway or an operating system does not pass on; so a frame is found by what is waited for: its unit, its
 * function, the length that the request asks for, and its checksum. Bytes that are no part of it are passed over.
 */
export class RtuFrames implements Framing {
  readonly numbered = false
  strayBytes = 0
  #rest: Buffer = Buffer.alloc(0)

  encode(unit: number, pdu: Buffer): Buffer {
    const frame = Buffer.allocUnsafe(1 + pdu.length + checksumBytes)
    frame[0] = unit
    pdu.copy(frame, 1)
    frame.writeUInt16LE(crc16(frame, 0, 1 + pdu.length), 1 + pdu.length)
    return frame
  }

  take(chunk: Buffer, expected: Expected | undefined, onFrame: OnFrame): boolean {
    if (!expected) {
      this.strayBytes += chunk.length
      return true
    }
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    for (let at = 0; at < bytes.length; at++) {
      const length = answerAt(bytes, at, expected)
      if (length === 'none') continue
      if (length === 'unfinished') return this.#keep(bytes, at)
      this.strayBytes += at
      this.#rest = Buffer.alloc(0)
      this.strayBytes += bytes.length - (at + 1 + length + checksumBytes)
      onFrame(expected.unit, bytes.subarray(at + 1, at + 1 + length), undefined)
      return true
    }
    return this.#keep(bytes, bytes.length)
  }

  reset(): void {
    this.strayBytes += this.#rest.length
    this.#rest = Buffer.alloc(0)
  }

  #keep(bytes: Buffer, from: number): true {
    this.strayBytes += from
    this.#rest = Buffer.from(bytes.subarray(from))
    return true
  }
}

/** The length of the answer that stands at `at`, without unit and checksum. */
function answerAt(bytes: Buffer, at: number, { unit, request }: Expected): number | 'none' | 'unfinished' {
  if (bytes[at] !== unit) return 'none'
  const code = bytes[at + 1]
  if (code === undefined) return 'unfinished'
  const asked = request[0] as number
  if (code !== asked && code !== (asked | 0x80)) return 'none'
  const length = Math.min(code === asked ? answerLength(request) : exceptionBytes, longestPdu)
  const end = at + 1 + length
  if (bytes.length < end + checksumBytes) return 'unfinished'
  return bytes.readUInt16LE(end) === crc16(bytes, at, end) ? length : 'none'
}

/** CRC-16/MODBUS (polynomial 0xA001 reversed, start 0xFFFF) of the bytes from `from` to before `to`. */
export function crc16(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff
  for (let i = from; i < to; i++) crc = (crc >> 8) ^ (table[(crc ^ (bytes[i] as number)) & 0xff] as number)
  return crc
}

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  return crc
})
