/**
 * A camera that is kept going: reached again with back-off when it fails or falls silent, with its newest picture and
 * its health. What a kind of camera needs is in its {@link Capture}.
 */
import { type Clock, sleep, type Timer } from '../../contract/clock.ts'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import type { Camera } from '../../devices/definition-schema.ts'
import { BackOff } from '../../program/back-off.ts'
import { ClockComparison } from './capture-clock.ts'
import type {
  Capture,
  CapturedPicture,
  CaptureSink,
  Frame,
  FrameListener,
  FrameSource,
  SourceFigures,
} from './frame-source.ts'
import { SourceHealth } from './source-health.ts'

export interface CameraSourceOptions extends FrameListener {
  device: string
  capture: Capture
  definition: Pick<Camera, 'offlineMs' | 'frozenMs' | 'latencyMs'>
  clock: Clock
  /** Real time, for what a camera may take. */
  wireClock: Clock
}

/** Cameras lock accounts for half an hour after some five wrong logins: one try in so long locks none. */
const loginBackOff = { firstMs: 5 * 60_000, longestMs: 60 * 60_000, forgetAfterMs: 3 * 60 * 60_000 }
const backOff = { firstMs: 250, longestMs: 30_000, forgetAfterMs: 120_000 }
/** A stream begins with its next key frame, and its decoder has to start, thirty of them at once. */
const firstPictureMs = 10_000
/** How often silence is looked for, in parts of offlineMs. */
const looks = 5
/** Weight of a new latency in the running mean. */
const share = 0.1

export class CameraSource implements FrameSource {
  readonly #options: CameraSourceOptions
  readonly #health: SourceHealth
  readonly #clockComparison = new ClockComparison()
  readonly #end = new AbortController()
  readonly #backOff = new BackOff(backOff)
  readonly #loginBackOff = new BackOff(loginBackOff)
  #running: Promise<void> = Promise.resolve()
  #watch: Timer | undefined
  #newest: Frame | undefined
  #attempt = new AbortController()
  #attemptedAtMs = 0
  readonly #figures = { frames: 0, damaged: 0, restarts: 0 }
  #latencyMs: number | undefined

  constructor(options: CameraSourceOptions) {
    this.#options = options
    this.#health = new SourceHealth({ ...options, ...options.definition, nowMs: () => options.wireClock.nowMs() })
  }

  get newest(): Frame | undefined {
    return this.#health.silent ? undefined : this.#newest
  }

  get figures(): SourceFigures {
    return { ...this.#figures, latencyMs: this.#latencyMs, clockOffsetMs: this.#clockComparison.offsetMs }
  }

  start(): void {
    this.#health.start()
    this.#running = this.#run()
    this.#look()
  }

  async stop(): Promise<void> {
    this.#health.end()
    this.#end.abort()
    this.#attempt.abort()
    this.#options.wireClock.clear(this.#watch)
    await this.#running
  }

  async #run(): Promise<void> {
    const { wireClock } = this.#options
    while (!this.#end.signal.aborted) {
      this.#attempt = new AbortController()
      this.#attemptedAtMs = wireClock.nowMs()
      const failure = await this.#try(this.#attempt.signal)
      if (this.#end.signal.aborted) return
      this.#health.failed(failure)
      this.#figures.restarts++
      const pauses = failure.code === 'camera-login-refused' ? this.#loginBackOff : this.#backOff
      await sleep(wireClock, pauses.pauseMs(wireClock.nowMs()), this.#end.signal)
    }
  }

  async #try(signal: AbortSignal): Promise<AisleError> {
    try {
      await this.#options.capture(this.#sink(), signal)
      return signal.reason instanceof AisleError ? signal.reason : failureOf('it ended its stream')
    } catch (error) {
      if (signal.reason instanceof AisleError) return signal.reason
      return error instanceof AisleError ? error : failureOf(whyFailed(error))
    }
  }

  /** A camera whose connection stands and that sends nothing tells nobody: it is reached anew. */
  #look(): void {
    const { wireClock, definition } = this.#options
    const { offlineMs } = definition
    this.#health.look()
    const sawSome = this.#health.seenAtMs > this.#attemptedAtMs
    const sinceMs = wireClock.nowMs() - (sawSome ? this.#health.seenAtMs : this.#attemptedAtMs)
    if (sinceMs > (sawSome ? offlineMs : Math.max(offlineMs, firstPictureMs))) {
      this.#attempt.abort(failureOf('it sends nothing'))
    }
    this.#watch = wireClock.after(offlineMs / looks, () => this.#look())
  }

  #sink(): CaptureSink {
    return {
      picture: (picture) => this.#saw(picture),
      damaged: (reason) => {
        this.#figures.damaged++
        this.#health.damaged(reason)
      },
      cameraClock: (cameraMs, atMs, precisionMs) => {
        const jumpedMs = this.#clockComparison.saw(cameraMs, atMs, precisionMs)
        if (jumpedMs !== 0) this.#health.clockJumped(jumpedMs)
      },
      clockJumped: (byMs) => this.#health.clockJumped(byMs),
    }
  }

  #saw({ takenAtWireMs, ...picture }: CapturedPicture): void | Promise<void> {
    const { clock, wireClock, definition, onFrame } = this.#options
    if (this.#end.signal.aborted) return
    const ageMs = Math.max(0, wireClock.nowMs() - takenAtWireMs) + (definition.latencyMs ?? 0)
    const frame: Frame = { ...picture, takenAtMs: clock.nowMs() - ageMs }
    this.#latencyMs = this.#latencyMs === undefined ? ageMs : this.#latencyMs + share * (ageMs - this.#latencyMs)
    this.#figures.frames++
    const before = this.#newest
    this.#newest = frame
    this.#health.saw({
      // Two pictures of a living sensor differ in their first rows, so this is quick except for a frozen one.
      changed: !before?.bytes.equals(frame.bytes),
      ...(before && (before.widthPx !== frame.widthPx || before.heightPx !== frame.heightPx)
        ? { resized: `${before.widthPx} × ${before.heightPx} to ${frame.widthPx} × ${frame.heightPx}` }
        : {}),
    })
    return onFrame?.(frame)
  }
}

const failureOf = (why: string) =>
  new AisleError('camera-silent', `${why.replace(/\.$/, '')}.`, { action: 'Check its address, power and network.' })

/** fetch says only that it failed; what it is about is in the cause. */
function whyFailed(error: unknown): string {
  const cause = (error instanceof Error && error.cause) || error
  // Several addresses that all refused are one error without a message.
  return errorSentence(cause) || (cause as NodeJS.ErrnoException).code || 'it cannot be reached'
}
