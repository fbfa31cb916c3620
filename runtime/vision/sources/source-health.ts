/**
 * What a camera's pictures, and their absence, say about its health. A frozen picture is worse than none, because it
 * looks like an empty shop.
 */
import type { AisleError } from '../../contract/errors.ts'
import type { HealthState } from '../../contract/messages.ts'
import type { HealthReport } from '../../devices/health-report.ts'

export interface SourceHealthOptions {
  device: string
  offlineMs: number
  frozenMs: number
  nowMs(): number
  onHealth(report: HealthReport): void
}

/** How long what was noticed in living pictures is told, so that it is read and does not flicker. */
const noticeMs = 5000

/** What no further try mends: there is no use in waiting before it is told. */
const lasting = new Set(['camera-login-refused', 'camera-login-missing', 'ffmpeg-missing'])

interface Notice {
  state: HealthState
  reason: string
  /** Each of these is told, also of one state. */
  about: string
  untilMs: number
}

export class SourceHealth {
  readonly #options: SourceHealthOptions
  #told: { state: HealthState; about: string } | undefined
  #notice: Notice | undefined
  #failure: AisleError | undefined
  #everSeen = false
  #ended = false
  seenAtMs = 0
  #changedAtMs = 0

  constructor(options: SourceHealthOptions) {
    this.#options = options
  }

  start(): void {
    this.seenAtMs = this.#options.nowMs()
    this.#changedAtMs = this.seenAtMs
  }

  end(): void {
    this.#ended = true
  }

  /** Nothing came for so long that what came before says nothing about now. */
  get silent(): boolean {
    return this.#options.nowMs() - this.seenAtMs > this.#options.offlineMs
  }

  saw(picture: { changed: boolean; resized?: string }): void {
    const nowMs = this.#options.nowMs()
    this.seenAtMs = nowMs
    this.#everSeen = true
    this.#failure = undefined
    if (picture.changed) this.#changedAtMs = nowMs
    if (picture.resized) {
      const reason = `Its pictures changed from ${picture.resized} pixels: calibrate it again if it now shows another part of the shop.`
      this.#notice = { state: 'drifting', reason, about: reason, untilMs: nowMs + noticeMs }
    }
    const unchangedMs = nowMs - this.#changedAtMs
    if (unchangedMs >= this.#options.frozenMs) {
      const seconds = Math.round(unchangedMs / 1000)
      this.#tell('stuck', `Its picture has not changed for ${seconds} s: start it again.`)
    } else if (this.#notice && this.#notice.untilMs > nowMs) {
      this.#tell(this.#notice.state, this.#notice.reason, this.#notice.about)
    } else {
      this.#tell('online', 'Its pictures come and change.')
    }
  }

  damaged(reason: string): void {
    this.#noticed('noisy', `A picture cannot be used: ${reason}`, '')
  }

  clockJumped(byMs: number): void {
    const seconds = (Math.abs(byMs) / 1000).toFixed(1)
    const reason = `Its clock jumped ${byMs > 0 ? 'forward' : 'back'} by ${seconds} s: synchronise it by NTP.`
    this.#noticed('drifting', reason, reason)
  }

  #noticed(state: HealthState, reason: string, about: string): void {
    this.#notice = { state, reason, about, untilMs: this.#options.nowMs() + noticeMs }
    // Before its first picture, and while it is away, that it does not come is what counts.
    if (this.#everSeen && !this.silent) this.#tell(state, reason, about)
  }

  /** It could not be reached, or left. */
  failed(error: AisleError): void {
    this.#failure = error
    if (this.silent || lasting.has(error.code)) this.#tellOffline()
    else if (this.#everSeen) this.#tell('late', `A picture is missing: ${error.sentence}`, error.code)
  }

  /** To be called now and then: silence makes no event. */
  look(): void {
    if (this.silent) this.#tellOffline()
  }

  #tellOffline(): void {
    const why = this.#failure?.sentence ?? 'it sends nothing. Check its address, power and network.'
    this.#tell('offline', `There is no picture: ${why}`, this.#failure?.code)
  }

  /** Once for each state and each cause of it: the numbers in a reason are not news. */
  #tell(state: HealthState, reason: string, about = ''): void {
    if (this.#ended || (this.#told?.state === state && this.#told.about === about)) return
    this.#told = { state, about }
    this.#options.onHealth({ device: this.#options.device, state, reason })
  }
}
