/** A recorded video in place of a camera, for replays, tests and benchmarks. */
import type { Clock } from '../../contract/clock.ts'
import { type DecoderSettings, VideoDecoder } from './decoder/video-decoder.ts'
import type { Capture } from './frame-source.ts'

export interface VideoFileOptions {
  path: string
  /** One picture in so long of the video's own time. */
  intervalMs: number
  decoder: DecoderSettings
  /** live: as fast as it was recorded, again and again. once: as fast as it is taken. */
  play: 'live' | 'once'
  /** When the video's first picture was taken; by default now. */
  startMs?: number
  wireClock: Clock
}

export function videoFile({ path, play, startMs, wireClock, decoder, intervalMs }: VideoFileOptions): Capture {
  return async (sink, end) => {
    const firstMs = startMs ?? wireClock.nowMs()
    const child = new VideoDecoder({
      ...{ ...decoder, intervalMs },
      // Nothing that stands in the file may make the decoder open an address.
      input: [
        ...['-protocol_whitelist', 'file,crypto,data'],
        ...(play === 'live' ? ['-re', '-stream_loop', '-1'] : []),
        ...['-i', `file:${path}`],
      ],
      onPicture: (picture, atMs) =>
        sink.picture({
          format: 'rgb24',
          ...picture,
          takenAtWireMs: play === 'live' ? wireClock.nowMs() : firstMs + atMs,
        }),
      onComplaint: (complaint) => sink.damaged(`the decoder says "${complaint}".`),
    })
    const stop = () => child.stop()
    end.addEventListener('abort', stop, { once: true })
    if (end.aborted) stop()
    try {
      await child.done
    } catch (error) {
      if (!end.aborted) throw error
    } finally {
      end.removeEventListener('abort', stop)
    }
  }
}
