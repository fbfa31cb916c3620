/** A camera's source, with everything that it says. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { SystemClock, sleep } from '../../../runtime/contract/clock.ts'
import { loadDeviceDefinitions } from '../../../runtime/devices/catalogue.ts'
import type { Camera } from '../../../runtime/devices/definition-schema.ts'
import type { HealthReport } from '../../../runtime/devices/health-report.ts'
import { cameraCapture, usualDecoder } from '../../../runtime/vision/sources/camera-capture.ts'
import { CameraSource } from '../../../runtime/vision/sources/camera-source.ts'
import type { Frame } from '../../../runtime/vision/sources/frame-source.ts'

const catalogue = await loadDeviceDefinitions(join(import.meta.dirname, '../../../hardware-profiles/devices'))
const clock = new SystemClock()
/** No test needs so long; it is there so that one that fails does so by itself. */
const safetyMs = 15_000

export interface WatchedCamera {
  model: string
  url: string
  login?: string
  changes?: Partial<Camera>
  ffmpeg?: string
}

export class WatchedSource {
  readonly frames: Frame[] = []
  readonly health: HealthReport[] = []
  readonly source: CameraSource
  #awaited = 0

  constructor({ model, url, login, changes, ffmpeg }: WatchedCamera) {
    const definition = { ...(catalogue.get(model) as Camera), ...changes }
    const decoder = { ...usualDecoder, ...(ffmpeg === undefined ? {} : { ffmpeg }) }
    this.source = new CameraSource({
      device: 'camera-1',
      capture: cameraCapture({ url, login, definition, decoder, wireClock: clock }),
      definition,
      clock,
      wireClock: clock,
      onFrame: (frame) => void this.frames.push(frame),
      onHealth: (report) => void this.health.push(report),
    })
    this.source.start()
  }

  /** The reason of the next report of `state` after the one that was awaited before: none is missed in between. */
  async until(state: HealthReport['state'], matching = /./): Promise<string> {
    const find = () =>
      this.health.findIndex((report, i) => i >= this.#awaited && report.state === state && matching.test(report.reason))
    await until(`${state} ${matching}`, () => find() >= 0).catch((error) =>
      assert.fail(`${error.message}, but ${JSON.stringify(this.health)}`),
    )
    this.#awaited = find() + 1
    return this.health[this.#awaited - 1]?.reason ?? ''
  }

  /** So many frames from now on. */
  async more(count: number): Promise<Frame[]> {
    const before = this.frames.length
    await until('frames', () => this.frames.length >= before + count)
    return this.frames.slice(before)
  }

  stop(): Promise<void> {
    return this.source.stop()
  }
}

export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadlineMs = clock.nowMs() + safetyMs
  while (!holds()) {
    if (clock.nowMs() > deadlineMs) throw new Error(`${what} never came`)
    // The clock's own timers keep no program alive.
    await Promise.race([sleep(clock, 10), new Promise((resolve) => setTimeout(resolve, 10))])
  }
}
