import type { Expected, Framing, OnFrame } from './frames.ts'
import { longestPdu } from './pdu.ts'

const headerBytes = 7

/** Modbus Messaging on TCP/IP 1.0b, clause 3.1.3: transaction, protocol 0, length, unit, then the answer. */
export class TcpFrames implements Framing {
  readonly numbered = true
  readonly strayBytes = 0
  #rest: Buffer | undefined

  encode(unit: number, pdu: Buffer, transaction: number): Buffer {
    const frame = Buffer.allocUnsafe(headerBytes + pdu.length)
    frame.writeUInt16BE(transaction, 0)
    frame.writeUInt16BE(0, 2)
    frame.writeUInt16BE(pdu.length + 1, 4)
    frame[6] = unit
    pdu.copy(frame, headerBytes)
    return frame
  }

  take(chunk: Buffer, _expected: Expected | undefined, onFrame: OnFrame): boolean {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = undefined
    let at = 0
    while (bytes.length - at >= headerBytes) {
      const length = bytes.readUInt16BE(at + 4)
      if (bytes.readUInt16BE(at + 2) !== 0 || length < 2 || length > longestPdu + 1) return false
      const end = at + 6 + length
      if (end > bytes.length) break
      onFrame(bytes[at + 6] as number, bytes.subarray(at + headerBytes, end), bytes.readUInt16BE(at))
      at = end
    }
    // A copy: whoever reads the connection uses its buffer again.
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at))
    return true
  }

  reset(): void {
    this.#rest = undefined
  }
}
