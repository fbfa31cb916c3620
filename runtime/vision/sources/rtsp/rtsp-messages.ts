/**
 * What comes on an RTSP connection (RFC 2326, clauses 6, 7 and 10.12): answers and requests in text, and between
 * them the packets of the stream, each after a dollar sign, its channel and its length.
 */
import { AisleError } from '../../../contract/errors.ts'

export interface RtspMessage {
  /** Undefined in a request of the camera's. */
  status: number | undefined
  startLine: string
  /** By name in small letters; those that come several times are joined by commas. */
  headers: ReadonlyMap<string, string>
  body: string
}

export interface RtspListener {
  onMessage(message: RtspMessage): void
  /** `data` is valid only during the call. */
  onPacket(channel: number, data: Buffer): void
}

const dollar = 0x24
const longestHead = 32_768
const longestBody = 131_072
const nothing = Buffer.alloc(0)

export class RtspMessages {
  readonly #listener: RtspListener
  #rest: Buffer = nothing

  constructor(listener: RtspListener) {
    this.#listener = listener
  }

  /** @throws AisleError `stream-unusable` for what is no RTSP: nothing after it can be trusted */
  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#rest.length > 0 && this.#step());
  }

  #step(): boolean {
    return this.#rest[0] === dollar ? this.#packet() : this.#message()
  }

  #packet(): boolean {
    if (this.#rest.length < 4) return false
    const end = 4 + this.#rest.readUInt16BE(2)
    if (this.#rest.length < end) return false
    this.#listener.onPacket(this.#rest.readUInt8(1), this.#rest.subarray(4, end))
    this.#rest = this.#rest.subarray(end)
    return true
  }

  #message(): boolean {
    // Some cameras send empty lines between messages.
    if (this.#rest[0] === 13 || this.#rest[0] === 10) {
      this.#rest = this.#rest.subarray(1)
      return true
    }
    const headEnd = this.#rest.indexOf('\r\n\r\n')
    if (headEnd < 0) {
      if (this.#rest.length > longestHead) throw noRtsp()
      return false
    }
    const { startLine, headers } = readHead(this.#rest.toString('utf8', 0, headEnd))
    const length = Number(headers.get('content-length') ?? 0)
    if (!Number.isInteger(length) || length < 0 || length > longestBody) throw noRtsp()
    const end = headEnd + 4 + length
    if (this.#rest.length < end) return false
    const body = this.#rest.toString('utf8', headEnd + 4, end)
    const status = /^RTSP\/\d\.\d (\d{3})\b/.exec(startLine)?.[1]
    if (status === undefined && !/ RTSP\/\d\.\d$/.test(startLine)) throw noRtsp()
    this.#rest = this.#rest.subarray(end)
    this.#listener.onMessage({ status: status === undefined ? undefined : Number(status), startLine, headers, body })
    return true
  }
}

function readHead(text: string) {
  const [startLine = '', ...lines] = text.split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return { startLine, headers }
}

const noRtsp = () =>
  new AisleError('stream-unusable', 'what it sent is no RTSP.', {
    action: 'Check that the port in the address is its RTSP port, usually 554.',
  })
