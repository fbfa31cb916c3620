/** How each camera is, as its source says and as its pictures turn out; told on every change, and again and again. */
import type { Clock, Timer } from '../contract/clock.ts'
import type { HealthReport } from '../devices/health-report.ts'
import { reportEveryMs } from '../devices/vision/camera-reports.ts'
import type { HealthNote } from './detection/detection-health.ts'

export class CameraBoard {
  readonly #tell: (reports: HealthReport[]) => void
  readonly #wireClock: Clock
  /** By device. */
  readonly #sources = new Map<string, HealthReport>()
  readonly #broken = new Map<string, HealthReport>()
  readonly #waiting = new Map<string, HealthReport>()
  #timer: Timer | undefined

  constructor(wireClock: Clock, tell: (reports: HealthReport[]) => void) {
    this.#wireClock = wireClock
    this.#tell = tell
  }

  start(): void {
    this.#tell(this.#all())
    this.#timer = this.#wireClock.after(reportEveryMs, () => this.start())
  }

  stop(): void {
    this.#wireClock.clear(this.#timer)
  }

  heard(report: HealthReport): void {
    this.#sources.set(report.device, report)
    this.#tell([this.#of(report)])
  }

  /** A picture of it could not be decoded. */
  broke(device: string, reason: string): void {
    if (this.#broken.has(device)) return
    this.#broken.set(device, { device, state: 'noisy', reason })
    this.#tell(this.#all())
  }

  /** A picture of it could be looked at. */
  shown(device: string): void {
    if (this.#broken.delete(device)) this.#tell(this.#all())
  }

  /** Whether detection gets to its pictures; undefined: it does. */
  looked(device: string, trouble: HealthNote | undefined): void {
    const before = this.#waiting.has(device)
    if (trouble) this.#waiting.set(device, { device, ...trouble })
    else this.#waiting.delete(device)
    if (before !== (trouble !== undefined)) this.#tell(this.#all())
  }

  #all(): HealthReport[] {
    return [...this.#sources.values()].map((report) => this.#of(report))
  }

  #of(report: HealthReport): HealthReport {
    if (report.state !== 'online') return report
    return this.#broken.get(report.device) ?? this.#waiting.get(report.device) ?? report
  }
}
