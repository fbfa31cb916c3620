/** A camera's H.264 or H.265 over RTSP, decoded in a child process. */
import { AisleError } from '../../contract/errors.ts'
import { CameraLogin } from './camera-login.ts'
import { CaptureClock } from './capture-clock.ts'
import { matroskaHead, matroskaPicture } from './decoder/matroska.ts'
import { type DecoderSettings, VideoDecoder } from './decoder/video-decoder.ts'
import type { Capture, CaptureSink } from './frame-source.ts'
import type { NetworkCameraOptions } from './http-snapshots.ts'
import { type AccessUnit, AccessUnits } from './rtsp/access-units.ts'
import { playRtsp } from './rtsp/play-rtsp.ts'
import { type SenderReport, wrapped } from './rtsp/rtp.ts'
import type { VideoStream } from './rtsp/session-description.ts'

export interface RtspCameraOptions extends NetworkCameraOptions {
  decoder: DecoderSettings
}

/**
 * Told all it needs, the decoder looks no further than the first picture before it begins, gives each picture at once,
 * and leaves its time as it is.
 */
const coded = [
  ...['-copyts', '-flags', 'low_delay', '-probesize', '32', '-analyzeduration', '0', '-fpsprobesize', '0'],
  ...['-f', 'matroska', '-i', 'pipe:0'],
]

/** More than this waiting for the decoder: it cannot keep up, and pictures are left out up to one that stands alone. */
const mostWaitingBytes = 2_000_000
/** A report about a moment farther away belongs to no picture. */
const longestReach = 30

export function rtspStream(options: RtspCameraOptions): Capture {
  const { url, definition, wireClock } = options
  const login = new CameraLogin({ login: options.login, authentication: definition.authentication })
  return async (sink, end) => {
    const failure = Promise.withResolvers<never>()
    failure.promise.catch(() => {})
    let pictures: StreamPictures | undefined
    let units: AccessUnits | undefined
    try {
      const { answerWithinMs } = definition
      const playing = playRtsp(
        {
          ...{ url, login, answerWithinMs, clock: wireClock },
          onStream(stream) {
            const made = new StreamPictures(options, stream, sink, failure.reject)
            pictures = made
            units = new AccessUnits({
              ...{ codec: stream.codec, parameterSets: stream.parameterSets, maxBytes: definition.maxBytes },
              onUnit: (unit) => made.take(unit),
              onDamaged: (reason) => sink.damaged(reason),
            })
          },
          onPacket: (packet) => units?.push(packet),
          onSenderReport: (report) => pictures?.compareClocks(report),
        },
        end,
      )
      await Promise.race([playing, failure.promise])
    } finally {
      pictures?.stop()
    }
  }
}

/** Sends coded pictures through a decoder and knows when each was taken. */
class StreamPictures {
  readonly #options: RtspCameraOptions
  readonly #stream: VideoStream
  readonly #sink: CaptureSink
  readonly #fail: (error: unknown) => void
  readonly #clock = new CaptureClock()
  /** By the time in the decoder's video. */
  readonly #takenAtMs = new Map<number, number>()
  #decoder: VideoDecoder | undefined
  #parameterSets: Buffer = Buffer.alloc(0)
  #firstAtMs = 0
  #lastVideoMs = -1
  #waitForKey = true
  #stopped = false
  #last: { timestamp: number; mediaMs: number; takenMs: number } | undefined

  constructor(options: RtspCameraOptions, stream: VideoStream, sink: CaptureSink, fail: (error: unknown) => void) {
    this.#options = options
    this.#stream = stream
    this.#sink = sink
    this.#fail = fail
  }

  take(unit: AccessUnit): void {
    const takenMs = this.#stamp(unit.timestamp)
    if (unit.key) this.#fitDecoder(Buffer.concat(unit.sequenceParameterSets))
    const input = this.#decoder?.input
    if (!input || (this.#waitForKey && !unit.key)) return
    if (input.writableLength > mostWaitingBytes) {
      this.#waitForKey = true
      return
    }
    this.#waitForKey = false
    const nowMs = this.#options.wireClock.nowMs()
    // Each picture has a time of its own, whatever the clocks do.
    this.#lastVideoMs = Math.max(this.#lastVideoMs + 1, Math.round(nowMs - this.#firstAtMs))
    this.#takenAtMs.set(this.#lastVideoMs, takenMs)
    input.write(matroskaPicture(unit.bytes, this.#lastVideoMs, unit.key))
  }

  /** The camera's clock says when the stream had which time. */
  compareClocks(report: SenderReport): void {
    if (!this.#last) return
    const sinceS = wrapped(report.timestamp, this.#last.timestamp, 32) / this.#stream.clockHz
    if (Math.abs(sinceS) > longestReach) return
    this.#sink.cameraClock(report.cameraMs + sinceS * 1000, this.#last.takenMs, 0)
  }

  stop(): void {
    this.#stopped = true
    this.#decoder?.stop()
  }

  #stamp(timestamp: number): number {
    const last = this.#last
    const stepMs = last ? (wrapped(last.timestamp, timestamp, 32) * 1000) / this.#stream.clockHz : 0
    const mediaMs = (last?.mediaMs ?? 0) + stepMs
    const { takenMs, jumpedMs } = this.#clock.stamp(mediaMs, this.#options.wireClock.nowMs())
    if (jumpedMs !== 0) this.#sink.clockJumped(jumpedMs)
    this.#last = { timestamp, mediaMs, takenMs }
    return takenMs
  }

  /** A decoder that began with another size would go on giving pictures of that size. */
  #fitDecoder(parameterSets: Buffer): void {
    if (this.#decoder && parameterSets.equals(this.#parameterSets)) return
    this.#decoder?.stop()
    this.#parameterSets = parameterSets
    this.#takenAtMs.clear()
    this.#firstAtMs = this.#options.wireClock.nowMs()
    this.#lastVideoMs = -1
    this.#decoder = this.#startDecoder()
    this.#decoder.input?.write(matroskaHead(this.#stream.codec))
  }

  #startDecoder(): VideoDecoder {
    const decoder: VideoDecoder = new VideoDecoder({
      ...this.#options.decoder,
      input: coded,
      intervalMs: this.#options.definition.intervalMs,
      onPicture: (picture, atMs) => {
        if (decoder === this.#decoder && !this.#stopped) this.#give(picture, atMs)
      },
      onComplaint: (complaint) => this.#sink.damaged(`the decoder says "${complaint}".`),
    })
    decoder.done.then(
      () =>
        this.#ended(
          decoder,
          new AisleError('decoder-failed', 'the decoder ended.', { action: 'It is started again.' }),
        ),
      (error) => this.#ended(decoder, error),
    )
    return decoder
  }

  #ended(decoder: VideoDecoder, error: unknown): void {
    if (!this.#stopped && decoder === this.#decoder) this.#fail(error)
  }

  #give(picture: { bytes: Buffer; widthPx: number; heightPx: number }, atMs: number): void {
    const takenAtWireMs = this.#takenAtMs.get(atMs) ?? this.#options.wireClock.nowMs()
    for (const time of this.#takenAtMs.keys()) {
      if (time > atMs) break
      this.#takenAtMs.delete(time)
    }
    void this.#sink.picture({ format: 'rgb24', ...picture, takenAtWireMs })
  }
}
