/**
 * Cameras that give H.264 over RTSP (RFC 2326), interleaved on its TCP connection; several may share a port, each
 * under its own path. One whose path is `/` answers to any, as its model's own path is not known here.
 */
import { createServer, type Socket } from 'node:net'
import { type Clock, sleep } from '../../contract/clock.ts'
import type { Picture } from '../render/canvas.ts'
import type { Faults } from './faults.ts'
import { H264Stream, rtpPayloadType } from './h264-stream.ts'
import { type Served, serve } from './loopback.ts'

export interface RtspCamera {
  device: string
  path: string
  picture(): Promise<Picture>
}

interface Options {
  cameras: readonly RtspCamera[]
  clock: Clock
  /** Real time, which streams keep to, however fast the store's time runs. */
  wireClock: Clock
  faults: Faults
}

const sessionTimeoutS = 60
/** A request of ours is a few hundred bytes. */
const largestRequest = 8192
/** Who reads so slowly misses packets rather than that they pile up. */
const mostWaitingBytes = 1_000_000

export async function serveRtspCameras({
  host,
  port,
  ...options
}: Options & { host: string; port: number }): Promise<Served> {
  const streams = new Map(
    options.cameras.map((camera) => [
      camera.device,
      new H264Stream(shownBy(camera, options.faults), options.wireClock),
    ]),
  )
  const server = createServer((socket) => new Viewer(socket, options, streams))
  const device = options.cameras.map((camera) => camera.device).join(', ')
  const served = await serve(server, { host, port, device })
  return {
    ...served,
    async stop() {
      await Promise.all([served.stop(), ...[...streams.values()].map((stream) => stream.stop())])
    },
  }
}

/** What it shows now; when it is stuck, what it showed before. */
function shownBy({ device, picture }: RtspCamera, faults: Faults): () => Promise<Picture> {
  let last: Promise<Picture> | undefined
  return () => {
    if (!last || !faults.active(device, 'stuck')) last = picture()
    return last
  }
}

class Viewer {
  readonly #socket: Socket
  readonly #options: Options
  readonly #streams: ReadonlyMap<string, H264Stream>
  #text = ''
  #answering: Promise<void> = Promise.resolve()
  #endPlay: (() => void) | undefined

  constructor(socket: Socket, options: Options, streams: ReadonlyMap<string, H264Stream>) {
    this.#socket = socket
    this.#options = options
    this.#streams = streams
    socket.on('data', (chunk) => this.#take(chunk))
    socket.once('close', () => this.#endPlay?.())
  }

  #take(chunk: Buffer): void {
    this.#text += chunk.toString('latin1')
    if (this.#text.length > largestRequest) return void this.#socket.destroy()
    for (let end = this.#text.indexOf('\r\n\r\n'); end >= 0; end = this.#text.indexOf('\r\n\r\n')) {
      // Receivers' reports, which begin with a dollar sign, are of no interest.
      const request = this.#text.slice(Math.max(0, this.#text.search(/[A-Z_]+ rtsp:/)), end)
      this.#text = this.#text.slice(end + 4)
      this.#answering = this.#answering.then(() => this.#answer(request))
    }
  }

  async #answer(request: string): Promise<void> {
    const [method = '', uri = ''] = request.split(' ')
    const sequence = /^cseq: *(\d+)/im.exec(request)?.[1] ?? '0'
    const answer = (status: string, headers: readonly string[] = [], body = '') => {
      const length = body ? [`Content-Length: ${body.length}`] : []
      this.#socket.write([`RTSP/1.0 ${status}`, `CSeq: ${sequence}`, ...headers, ...length, '', body].join('\r\n'))
    }
    const camera = this.#cameraOf(uri)
    if (!camera) return answer('404 Not Found')
    const { clock, faults } = this.#options
    if (faults.active(camera.device, 'offline')) return void this.#socket.destroy()
    await sleep(clock, faults.value(camera.device, 'slow') ?? 0)
    if (faults.active(camera.device, 'wrong-password')) {
      return answer('401 Unauthorized', ['WWW-Authenticate: Basic realm="camera"'])
    }
    const session = `Session: 1;timeout=${sessionTimeoutS}`
    if (method === 'OPTIONS') {
      answer('200 OK', ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER'])
    } else if (method === 'DESCRIBE') {
      answer('200 OK', [`Content-Base: ${uri}/`, 'Content-Type: application/sdp'], description)
    } else if (method === 'SETUP') answer('200 OK', ['Transport: RTP/AVP/TCP;unicast;interleaved=0-1', session])
    else if (method === 'PLAY') {
      answer('200 OK', [session])
      this.#play(camera)
    } else if (method === 'GET_PARAMETER') answer('200 OK', [session])
    else if (method === 'TEARDOWN') {
      answer('200 OK', [session])
      this.#socket.end()
    } else answer('501 Not Implemented')
  }

  #cameraOf(uri: string): RtspCamera | undefined {
    const pathname = URL.canParse(uri) ? new URL(uri).pathname : ''
    const isAt = (path: string) => path === '/' || pathname === path || pathname.startsWith(`${path}/`)
    return this.#options.cameras.find(({ path }) => isAt(path))
  }

  #play({ device }: RtspCamera): void {
    this.#endPlay ??= this.#streams.get(device)?.watch((channel, packet) => {
      if (this.#options.faults.active(device, 'offline')) return void this.#socket.destroy()
      if (this.#socket.writableLength > mostWaitingBytes) return
      const head = Buffer.from([0x24, channel, 0, 0])
      head.writeUInt16BE(packet.length, 2)
      this.#socket.write(Buffer.concat([head, packet]))
    })
  }
}

/** The parameter sets come in the stream, with each picture that stands alone. */
const description = [
  ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=camera', 't=0 0', `m=video 0 RTP/AVP ${rtpPayloadType}`],
  ...[`a=rtpmap:${rtpPayloadType} H264/90000`, `a=fmtp:${rtpPayloadType} packetization-mode=1`],
  ...['a=control:trackID=0', ''],
].join('\r\n')
