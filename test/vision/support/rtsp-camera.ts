/**
 * An RTSP camera: sends a clip again and again, interleaved on TCP, behind a login, with the faults that cameras have.
 * Written from the standards without a look at the client; ffmpeg's own client reads it too.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { listen } from '../../../runtime/program/listen.ts'
import { DigestGuard, type GuardOptions } from './digest-guard.ts'
import { type Clip, fps } from './video-clips.ts'

export interface RtspFaults {
  /** Connected, and nothing comes. */
  silent?: boolean
  /** Some bytes of each picture are others. */
  garbled?: boolean
  /** Every so many packets one is missing. */
  lossEvery?: number
  /** Its wall clock is so far ahead. */
  clockAheadMs?: number
  /** Its stream's own time is so far ahead. */
  streamAheadMs?: number
  /** Takes connections and answers nothing. */
  mute?: boolean
}

const path = '/profile2/media.smp'
const largestPayload = 600
/** Pictures between two reports of its clock. */
const reportEvery = 5

export class RtspCamera {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly guard: DigestGuard | undefined
  clip: Clip
  faults: RtspFaults = {}
  url = ''
  connections = 0
  readonly methods: string[] = []

  constructor(clip: Clip, login?: GuardOptions) {
    this.clip = clip
    this.guard = login && new DigestGuard(login)
    this.#server = createServer((socket) => this.#serve(socket))
  }

  async start(): Promise<void> {
    const port = await listen(this.#server, { host: '127.0.0.1', port: 0, what: 'the test' })
    this.url = `rtsp://127.0.0.1:${port}`
  }

  /** Ends every connection, as a pulled cable does in the end. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  stop(): void {
    this.cut()
    this.#server.close()
  }

  #serve(socket: Socket): void {
    this.connections++
    this.#sockets.add(socket)
    let text = ''
    let timer: NodeJS.Timeout | undefined
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#sockets.delete(socket)
      clearInterval(timer)
    })
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end >= 0 && !this.faults.mute; end = text.indexOf('\r\n\r\n')) {
        const request = text.slice(text.startsWith('$') ? text.search(/[A-Z_]+ rtsp:/) : 0, end)
        text = text.slice(end + 4)
        if (this.#answer(socket, request) === 'PLAY') timer ??= this.#play(socket)
      }
    })
  }

  #answer(socket: Socket, request: string): string | undefined {
    const [method = '', uri = ''] = request.split(' ')
    const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(request)?.[1]?.trim()
    this.methods.push(method)
    const answer = (status: string, headers: string[] = [], body = '') => {
      const length = body ? [`Content-Length: ${body.length}`] : []
      socket.write([`RTSP/1.0 ${status}`, `CSeq: ${header('cseq')}`, ...headers, ...length, '', body].join('\r\n'))
    }
    if (method === 'OPTIONS') {
      answer('200 OK', ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER'])
      return method
    }
    const challenge = this.guard?.challenge(method, header('authorization'))
    if (challenge) {
      answer('401 Unauthorized', [`WWW-Authenticate: ${challenge}`])
      return undefined
    }
    if (!uri.includes(path)) answer('404 Not Found')
    else if (method === 'DESCRIBE') {
      answer('200 OK', [`Content-Base: ${this.url}${path}/`, 'Content-Type: application/sdp'], this.#description())
    } else if (method === 'SETUP') {
      answer('200 OK', ['Transport: RTP/AVP/TCP;unicast;interleaved=2-3', 'Session: 12345;timeout=2'])
    } else answer('200 OK', ['Session: 12345'])
    return method
  }

  #description(): string {
    const coding = this.clip.codec === 'h264' ? 'H264' : 'H265'
    return [
      ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=camera', 't=0 0'],
      ...['m=audio 0 RTP/AVP 0', 'a=control:trackID=2'],
      ...[
        'm=video 0 RTP/AVP 96',
        `a=rtpmap:96 ${coding}/90000`,
        'a=fmtp:96 packetization-mode=1',
        'a=control:trackID=1',
        '',
      ],
    ].join('\r\n')
  }

  #play(socket: Socket): NodeJS.Timeout {
    let picture = 0
    let sequence = 65_500
    let timestamp = 2 ** 32 - 30_000
    let aheadMs = 0
    return setInterval(() => {
      if (this.faults.silent) return
      const { streamAheadMs = 0, clockAheadMs = 0 } = this.faults
      timestamp = (timestamp + 90_000 / fps + (streamAheadMs - aheadMs) * 90) % 2 ** 32
      if (timestamp < 0) timestamp += 2 ** 32
      aheadMs = streamAheadMs
      if (picture % reportEvery === 0) socket.write(framed(3, senderReport(Date.now() + clockAheadMs, timestamp)))
      const nals = this.clip.pictures[picture++ % this.clip.pictures.length] ?? []
      const payloads = nals.flatMap((nal, i) =>
        split(this.faults.garbled ? garbled(nal) : nal, this.clip.codec, i === 0),
      )
      payloads.forEach((payload, i) => {
        sequence = (sequence + 1) % 65_536
        if (this.faults.lossEvery && sequence % this.faults.lossEvery === 0) return
        const head = Buffer.from([0x80, 96 | (i === payloads.length - 1 ? 0x80 : 0), 0, 0, 0, 0, 0, 0, 0, 0, 0, 7])
        head.writeUInt16BE(sequence, 2)
        head.writeUInt32BE(timestamp, 4)
        socket.write(framed(2, Buffer.concat([head, payload])))
      })
    }, 1000 / fps)
  }
}

function framed(channel: number, data: Buffer): Buffer {
  const head = Buffer.from([0x24, channel, 0, 0])
  head.writeUInt16BE(data.length, 2)
  return Buffer.concat([head, data])
}

/** RFC 3550, 6.4.1. */
function senderReport(unixMs: number, timestamp: number): Buffer {
  const report = Buffer.alloc(28)
  report.set([0x80, 200, 0, 6])
  report.writeUInt32BE(Math.floor(unixMs / 1000) + 2_208_988_800, 8)
  report.writeUInt32BE(Math.floor(((unixMs % 1000) / 1000) * 2 ** 32), 12)
  report.writeUInt32BE(timestamp, 16)
  return report
}

/** The first unit of a picture in an aggregate, short ones alone, long ones in fragments. */
function split(nal: Buffer, codec: Clip['codec'], first: boolean): Buffer[] {
  const [head, body] = codec === 'h264' ? [nal.subarray(0, 1), nal.subarray(1)] : [nal.subarray(0, 2), nal.subarray(2)]
  if (nal.length <= largestPayload) {
    if (!first) return [nal]
    const outer = codec === 'h264' ? [24 | ((head[0] ?? 0) & 0x60)] : [48 << 1, head[1] ?? 1]
    return [Buffer.concat([Buffer.from([...outer, nal.length >> 8, nal.length & 255]), nal])]
  }
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += largestPayload) {
    const flags = (at === 0 ? 0x80 : 0) | (at + largestPayload >= body.length ? 0x40 : 0)
    const outer =
      codec === 'h264'
        ? [28 | ((head[0] ?? 0) & 0x60), flags | ((head[0] ?? 0) & 31)]
        : [(49 << 1) | ((head[0] ?? 0) & 0x81), head[1] ?? 1, flags | (((head[0] ?? 0) >> 1) & 63)]
    parts.push(Buffer.concat([Buffer.from(outer), body.subarray(at, at + largestPayload)]))
  }
  return parts
}

/** Parameter sets stay whole: a stream without them is none. */
function garbled(nal: Buffer): Buffer {
  if (nal.length < 100) return nal
  const copy = Buffer.from(nal)
  copy.fill(0xa5, 40, 80)
  return copy
}
