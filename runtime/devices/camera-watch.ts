/**
 * Looks at one camera's snapshots about once a second: keeps the newest in memory, and says when the camera is
 * offline or its picture is frozen. A frozen picture is worse than none, because it looks like an empty shop.
 */
import { createHash } from 'node:crypto'
import { type Clock, sleep } from '../contract/clock.ts'
import { AisleError, errorSentence } from '../contract/errors.ts'
import type { HealthState } from '../contract/messages.ts'
import type { Camera } from './definition-schema.ts'
import type { HealthReport } from './health-report.ts'

export interface Picture {
  bytes: Buffer
  contentType: 'image/jpeg' | 'image/png'
  /** In the store's time. */
  takenAtMs: number
}

export interface CameraWatchOptions {
  device: string
  definition: Camera
  url: string
  /** user:password, where the definition says basic authentication. */
  login: string | undefined
  clock: Clock
  /** Real time, for what a camera may take. */
  wireClock: Clock
  onHealth(report: HealthReport): void
}

export class CameraWatch {
  readonly #options: CameraWatchOptions
  readonly #end = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #picture: Picture | undefined
  #seenAtMs = 0
  #changedAtMs = 0
  #hash = ''
  #state: HealthState | undefined

  constructor(options: CameraWatchOptions) {
    this.#options = options
  }

  /** The newest picture, unless the camera has been silent for too long. */
  get picture(): Picture | undefined {
    const { wireClock, definition } = this.#options
    return wireClock.nowMs() - this.#seenAtMs <= definition.offlineMs ? this.#picture : undefined
  }

  start(): void {
    this.#seenAtMs = this.#options.wireClock.nowMs()
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#end.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { wireClock, definition } = this.#options
    while (!this.#end.signal.aborted) {
      const startedMs = wireClock.nowMs()
      try {
        this.#saw(await this.#fetch())
      } catch (error) {
        this.#missed(whyFailed(error))
      }
      await sleep(wireClock, definition.intervalMs - (wireClock.nowMs() - startedMs), this.#end.signal)
    }
  }

  #saw(picture: Picture): void {
    const { wireClock, definition } = this.#options
    const nowMs = wireClock.nowMs()
    const hash = createHash('sha256').update(picture.bytes).digest('base64')
    if (hash !== this.#hash) this.#changedAtMs = nowMs
    this.#hash = hash
    this.#picture = picture
    this.#seenAtMs = nowMs
    const unchangedMs = nowMs - this.#changedAtMs
    if (unchangedMs < definition.frozenMs) this.#tell('online', 'Its pictures come and change.')
    else this.#tell('stuck', `Its picture has not changed for ${Math.round(unchangedMs / 1000)} s: start it again.`)
  }

  #missed(reason: string): void {
    const { wireClock, definition } = this.#options
    const offline = wireClock.nowMs() - this.#seenAtMs > definition.offlineMs
    if (offline) this.#tell('offline', `There is no picture: ${reason} Check its address, power and network.`)
    else if (this.#state !== undefined) this.#tell('late', `A picture is missing: ${reason}`)
  }

  #tell(state: HealthState, reason: string): void {
    if (this.#state === state || this.#end.signal.aborted) return
    this.#state = state
    this.#options.onHealth({ device: this.#options.device, state, reason })
  }

  async #fetch(): Promise<Picture> {
    const { url, login, definition, clock } = this.#options
    const authorization = `Basic ${Buffer.from(login ?? '').toString('base64')}`
    const response = await fetch(url, {
      headers: definition.authentication === 'basic' ? { authorization } : {},
      // A redirect could lead the login, or the request, to somebody else.
      redirect: 'error',
      signal: AbortSignal.any([this.#end.signal, AbortSignal.timeout(definition.answerWithinMs)]),
    })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      throw this.#unusable(`it answered with status ${response.status}`)
    }
    const bytes = await this.#collect(response.body)
    const contentType = pictureType(bytes)
    if (!contentType) throw this.#unusable('what it sent is neither JPEG nor PNG')
    return { bytes, contentType, takenAtMs: clock.nowMs() }
  }

  async #collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const { maxBytes } = this.#options.definition
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > maxBytes) throw this.#unusable(`its picture is larger than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }

  #unusable(message: string): AisleError {
    return new AisleError('picture-unusable', `${message}.`, {
      action: 'Check that the address in the profile is that of the snapshot.',
    })
  }
}

/** fetch says only that it failed; what it is about is in the cause. */
function whyFailed(error: unknown): string {
  const cause = error instanceof AisleError || !(error instanceof Error) ? undefined : error.cause
  return errorSentence(cause ?? error).replace(/\.?$/, '.')
}

/** By the first bytes: the header of an answer can say anything. */
function pictureType(bytes: Buffer): Picture['contentType'] | undefined {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg'
  if (bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'image/png'
  return undefined
}
