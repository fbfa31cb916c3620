/** A camera that gives a picture for a GET. */
import { type Clock, sleep } from '../../contract/clock.ts'
import type { Camera } from '../../devices/definition-schema.ts'
import { CameraLogin } from './camera-login.ts'
import type { Capture } from './frame-source.ts'
import { collect, datePrecisionMs, openPictures } from './http-answer.ts'
import { pictureKind } from './picture-kind.ts'

export interface NetworkCameraOptions {
  url: string
  /** user:password */
  login: string | undefined
  definition: Camera
  wireClock: Clock
}

export function httpSnapshots({ url, login, definition, wireClock }: NetworkCameraOptions): Capture {
  const cameraLogin = new CameraLogin({ login, authentication: definition.authentication })
  return async (sink, end) => {
    while (!end.aborted) {
      const askedAtMs = wireClock.nowMs()
      const signal = AbortSignal.any([end, AbortSignal.timeout(definition.answerWithinMs)])
      const { body, cameraMs } = await openPictures(url, cameraLogin, signal)
      // It takes the picture after it was asked and before it begins to send it.
      const takenAtWireMs = (askedAtMs + wireClock.nowMs()) / 2
      if (cameraMs !== undefined) sink.cameraClock(cameraMs, takenAtWireMs, datePrecisionMs)
      const bytes = await collect(body, definition.maxBytes)
      await sink.picture({ bytes, ...pictureKind(bytes), takenAtWireMs })
      await sleep(wireClock, definition.intervalMs - (wireClock.nowMs() - askedAtMs), end)
    }
  }
}
