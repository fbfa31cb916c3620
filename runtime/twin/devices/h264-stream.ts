/**
 * Pictures as H.264 in RTP packets, by ffmpeg in a child process: it sends them to two ports of this machine, from
 * where they go to whoever plays the stream. It runs while somebody does.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type Clock, sleep } from '../../contract/clock.ts'
import { usualDecoder } from '../../vision/sources/camera-capture.ts'
import type { Picture } from '../render/canvas.ts'

export const rtpPayloadType = 96
const fps = 10
/** Less than what any network carries in one piece, with the headers around it. */
const packetBytes = 1200

/** 0: a packet of the picture; 1: a report about time. */
export type RtpChannel = 0 | 1
type OnPacket = (channel: RtpChannel, packet: Buffer) => void

export class H264Stream {
  readonly #picture: () => Promise<Picture>
  readonly #wireClock: Clock
  readonly #viewers = new Set<OnPacket>()
  #running: AbortController | undefined
  #ended: Promise<unknown> = Promise.resolve()

  constructor(picture: () => Promise<Picture>, wireClock: Clock) {
    this.#picture = picture
    this.#wireClock = wireClock
  }

  /** @returns ends it for this viewer */
  watch(onPacket: OnPacket): () => void {
    this.#viewers.add(onPacket)
    if (!this.#running) {
      const running = new AbortController()
      this.#running = running
      // Without ffmpeg, or when it fails, nothing is seen: a camera that sends nothing.
      this.#ended = this.#run(running.signal).catch(() => {})
    }
    return () => {
      this.#viewers.delete(onPacket)
      if (this.#viewers.size === 0) void this.stop()
    }
  }

  async stop(): Promise<void> {
    this.#running?.abort()
    this.#running = undefined
    await this.#ended
  }

  async #run(signal: AbortSignal): Promise<void> {
    const sockets = await Promise.all([this.#listen(0), this.#listen(1)])
    const [packets, reports] = sockets.map((socket) => socket.address().port)
    const first = await this.#picture()
    const encoder = startEncoder(first, `rtp://127.0.0.1:${packets}?rtcpport=${reports}&pkt_size=${packetBytes}`)
    const end = AbortSignal.any([signal, whenGone(encoder)])
    try {
      let dueMs = this.#wireClock.nowMs()
      for (let picture = first; !end.aborted; picture = await this.#picture()) {
        // What the encoder has not taken yet is not followed by more.
        if (encoder.stdin?.write(picture.pixels) === false) await once(encoder.stdin, 'drain', { signal: end })
        dueMs = Math.max(dueMs + 1000 / fps, this.#wireClock.nowMs())
        await sleep(this.#wireClock, dueMs - this.#wireClock.nowMs(), end)
      }
    } finally {
      encoder.kill('SIGKILL')
      for (const socket of sockets) socket.close()
    }
  }

  async #listen(channel: RtpChannel): Promise<Socket> {
    const socket = createSocket('udp4')
    socket.on('message', (packet) => {
      for (const onPacket of this.#viewers) onPacket(channel, packet)
    })
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return socket
  }
}

function startEncoder({ width, height }: Picture, url: string): ChildProcess {
  const input = ['-f', 'rawvideo', '-pixel_format', 'rgb24', '-video_size', `${width}x${height}`]
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p']
  const keyFrames = ['-g', String(fps), '-x264-params', 'bframes=0:repeat-headers=1']
  return spawn(
    usualDecoder.ffmpeg,
    [
      ...['-v', 'error', '-use_wallclock_as_timestamps', '1', ...input, '-i', 'pipe:0', '-threads', '1'],
      ...[...coding, ...keyFrames, '-f', 'rtp', '-payload_type', String(rtpPayloadType), url],
    ],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  )
}

function whenGone(child: ChildProcess): AbortSignal {
  const gone = new AbortController()
  child.once('error', () => gone.abort())
  child.once('exit', () => gone.abort())
  // It ends while something is being written to it.
  child.stdin?.on('error', () => gone.abort())
  return gone.signal
}
