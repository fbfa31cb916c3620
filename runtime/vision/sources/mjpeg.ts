/** A camera that sends picture after picture in one answer (multipart/x-mixed-replace). */
import { AisleError, errorSentence } from '../../contract/errors.ts'
import { CameraLogin } from './camera-login.ts'
import type { Capture, CaptureSink } from './frame-source.ts'
import { datePrecisionMs, openPictures, tooLarge } from './http-answer.ts'
import type { NetworkCameraOptions } from './http-snapshots.ts'
import { boundaryOf, MultipartParser, type Part } from './multipart.ts'
import { Pace } from './pace.ts'
import { pictureKind, unusable } from './picture-kind.ts'

export function mjpegStream(options: NetworkCameraOptions): Capture {
  const { url, definition, wireClock } = options
  const login = new CameraLogin({ login: options.login, authentication: definition.authentication })
  return async (sink, end) => {
    const { body, contentType, cameraMs } = await openWithin(options, login, end)
    if (cameraMs !== undefined) sink.cameraClock(cameraMs, wireClock.nowMs(), datePrecisionMs)
    const boundary = boundaryOf(contentType)
    if (!boundary) {
      throw unusable('what it sent is no stream of pictures', `Check that ${url} is the address of its MJPEG stream.`)
    }
    const pace = new Pace(definition.intervalMs)
    const parser = new MultipartParser({
      boundary,
      maxBytes: definition.maxBytes,
      nowMs: () => wireClock.nowMs(),
      onPart: (part) => pace.lets(part.startedAtMs) && give(part, sink),
      onTooLong: () => sink.damaged(tooLarge(definition.maxBytes).sentence),
    })
    for await (const chunk of body) parser.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
  }
}

/** The answer has to begin in time; how long it goes on is the stream's own matter. */
async function openWithin({ url, definition, wireClock }: NetworkCameraOptions, login: CameraLogin, end: AbortSignal) {
  const late = new AbortController()
  const timer = wireClock.after(definition.answerWithinMs, () => late.abort(noAnswer(definition.answerWithinMs)))
  try {
    return await openPictures(url, login, AbortSignal.any([end, late.signal]))
  } finally {
    wireClock.clear(timer)
  }
}

export const noAnswer = (withinMs: number) =>
  new AisleError('camera-silent', `it did not answer within ${withinMs} ms.`, {
    action: 'Check its address, power and network.',
  })

function give({ body, startedAtMs }: Part, sink: CaptureSink): void {
  try {
    void sink.picture({ bytes: body, ...pictureKind(body), takenAtWireMs: startedAtMs })
  } catch (error) {
    sink.damaged(errorSentence(error))
  }
}
