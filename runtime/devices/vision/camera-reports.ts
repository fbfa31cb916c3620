/** How the store's own cameras are, as the vision program that watches them says. */
import { Type } from 'typebox'
import type { Clock, Timer } from '../../contract/clock.ts'
import { healthStates } from '../../contract/messages.ts'
import { compileGate, Identifier, oneOf, parseJson, strictObject } from '../../contract/schema.ts'
import type { HealthReport } from '../health-report.ts'

/** Appended to the topic of the vision. */
export const cameraReportsTopic = '/cameras'
/** How often it tells all: whoever hears of nothing for long knows nothing of the cameras. */
export const reportEveryMs = 2000

const silentMs = 10_000
const limits = { maxBytes: 65_536, maxDepth: 4 }
const readReports = compileGate(
  Type.Array(
    strictObject({
      device: Identifier(),
      state: oneOf(healthStates),
      reason: Type.String({ maxLength: 1000 }),
    }),
    { maxItems: 500 },
  ),
  { code: 'camera-reports-invalid', what: 'This report of cameras', action: 'Send device, state and reason of each.' },
)

export interface CameraReportsOptions {
  topic: string
  /** Of these it is believed. */
  devices: readonly string[]
  wireClock: Clock
  onHealth(report: HealthReport): void
  /** What came was no report. */
  onRefused(error: unknown): void
}

export class CameraReports {
  readonly #options: CameraReportsOptions
  readonly #devices: ReadonlySet<string>
  #timer: Timer | undefined

  constructor(options: CameraReportsOptions) {
    this.#options = options
    this.#devices = new Set(options.devices)
  }

  get topics(): string[] {
    return [this.#options.topic + cameraReportsTopic]
  }

  start(): void {
    this.#expect()
  }

  stop(): void {
    this.#options.wireClock.clear(this.#timer)
  }

  take(topic: string, payload: Uint8Array): void {
    const { onHealth, onRefused } = this.#options
    try {
      const reports = readReports(parseJson(Buffer.from(payload).toString('utf8'), topic, limits), topic)
      for (const report of reports) if (this.#devices.has(report.device)) onHealth(report)
      this.#expect()
    } catch (error) {
      onRefused(error)
    }
  }

  #expect(): void {
    const { wireClock, onHealth } = this.#options
    wireClock.clear(this.#timer)
    this.#timer = wireClock.after(silentMs, () => {
      const reason = 'Nobody looks at it: the vision program is silent.'
      for (const device of this.#devices) onHealth({ device, state: 'offline', reason })
    })
  }
}
