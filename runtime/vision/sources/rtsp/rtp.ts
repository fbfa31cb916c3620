/** The packets of a stream (RTP, RFC 3550): its pictures in parts, and what the camera's clock says about them. */

export interface RtpPacket {
  sequence: number
  timestamp: number
  /** Last packet of a picture. */
  marker: boolean
  payloadType: number
  payload: Buffer
}

/** Clause 5.1; undefined for what is none. */
export function readRtp(data: Buffer): RtpPacket | undefined {
  const first = data[0] ?? 0
  if (data.length < 12 || first >> 6 !== 2) return undefined
  let start = 12 + 4 * (first & 15)
  if (first & 0x10) {
    if (data.length < start + 4) return undefined
    start += 4 + 4 * data.readUInt16BE(start + 2)
  }
  const end = first & 0x20 ? data.length - (data.at(-1) ?? 0) : data.length
  if (start >= end) return undefined
  const second = data.readUInt8(1)
  return {
    sequence: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    marker: second > 127,
    payloadType: second & 127,
    payload: data.subarray(start, end),
  }
}

/** At which time of the camera's own clock its stream had which time. */
export interface SenderReport {
  cameraMs: number
  timestamp: number
}

const senderReport = 200
const secondsFrom1900To1970 = 2_208_988_800

/** The sender report in a compound of RTCP packets (clause 6.4.1), where there is one. */
export function readSenderReport(data: Buffer): SenderReport | undefined {
  for (let at = 0; at + 4 <= data.length; at += 4 + 4 * data.readUInt16BE(at + 2)) {
    if (data[at + 1] !== senderReport || data.length < at + 20) continue
    const seconds = data.readUInt32BE(at + 8)
    // A camera without a clock says 0 (clause 6.4.1).
    if (seconds === 0) return undefined
    const cameraMs = (seconds - secondsFrom1900To1970) * 1000 + (data.readUInt32BE(at + 12) * 1000) / 2 ** 32
    return { cameraMs, timestamp: data.readUInt32BE(at + 16) }
  }
  return undefined
}

/** How far `to` is from `from` where numbers begin again after `bits` bits: the shorter way, forward or back. */
export function wrapped(from: number, to: number, bits: 16 | 32): number {
  const span = 2 ** bits
  const distance = (((to - from) % span) + span) % span
  return distance < span / 2 ? distance : distance - span
}
