/**
 * Plays the video of a camera over RTSP, interleaved on one TCP connection: nothing is lost on the way, no ports need
 * to be open, and login and address stay in this process. ffmpeg's own client would show both in the list of
 * processes, and keeps to itself what the camera's clock says of each picture.
 */
import { type Clock, sleep } from '../../../contract/clock.ts'
import { abortion } from '../abortion.ts'
import type { CameraLogin } from '../camera-login.ts'
import { type RtpPacket, readRtp, readSenderReport, type SenderReport } from './rtp.ts'
import { RtspConnection } from './rtsp-connection.ts'
import { readVideoStream, type VideoStream } from './session-description.ts'

export interface RtspPlayOptions {
  /** rtsp://host[:port]/path, without user and password. */
  url: string
  login: CameraLogin
  answerWithinMs: number
  /** Real time. */
  clock: Clock
  /** Before the first packet. */
  onStream(stream: VideoStream): void
  /** Its payload is valid only during the call. */
  onPacket(packet: RtpPacket): void
  onSenderReport(report: SenderReport): void
}

const defaultPort = 554
/** Where a camera does not say when it forgets a session, the standard does (RFC 2326, 12.37). */
const defaultSessionTimeoutS = 60

/** Until `signal` aborts; rejects when the stream ends or fails. */
export async function playRtsp(options: RtspPlayOptions, signal: AbortSignal): Promise<void> {
  const { url, login, answerWithinMs, clock } = options
  const { hostname, port } = new URL(url)
  let channels = { packets: 0, reports: 1 }
  let payloadType: number | undefined
  const connection = new RtspConnection({
    ...{ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || defaultPort), login, answerWithinMs, clock },
    onPacket(channel, data) {
      const packet = channel === channels.packets ? readRtp(data) : undefined
      if (packet && packet.payloadType === payloadType) options.onPacket(packet)
      const report = channel === channels.reports ? readSenderReport(data) : undefined
      if (report) options.onSenderReport(report)
    },
  })
  let session: string | undefined
  try {
    await Promise.race([abortion(signal), connection.ended, play()])
  } finally {
    connection.close(url, session)
  }

  async function play(): Promise<void> {
    const verbs = (await connection.request('OPTIONS', url)).headers.get('public') ?? ''
    const described = await connection.request('DESCRIBE', url, { accept: 'application/sdp' })
    const base = described.headers.get('content-base') ?? described.headers.get('content-location') ?? url
    const stream = readVideoStream(described.body, base)
    const transport = `RTP/AVP/TCP;unicast;interleaved=${channels.packets}-${channels.reports}`
    const setUp = await connection.request('SETUP', stream.control, { transport })
    const given = /interleaved=(\d+)-(\d+)/.exec(setUp.headers.get('transport') ?? '')
    if (given) channels = { packets: Number(given[1]), reports: Number(given[2]) }
    const [id = '', ...details] = (setUp.headers.get('session') ?? '').split(';')
    session = id.trim()
    const timeoutS = Number(/timeout=(\d+)/.exec(details.join(';'))?.[1] ?? defaultSessionTimeoutS)
    payloadType = stream.payloadType
    options.onStream(stream)
    await connection.request('PLAY', base, { session, range: 'npt=0.000-' })
    const keepAlive = verbs.includes('GET_PARAMETER') ? 'GET_PARAMETER' : 'OPTIONS'
    while (!signal.aborted) {
      await sleep(clock, (Math.max(2, timeoutS) * 1000) / 2, signal)
      if (!signal.aborted) await connection.request(keepAlive, base, { session })
    }
  }
}
