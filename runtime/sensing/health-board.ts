import type { DeviceHealth, HealthState } from '../contract/messages.ts'
import type { HealthReport } from '../devices/health-report.ts'

type HealthChange = Pick<DeviceHealth, 'device' | 'plate' | 'state' | 'previous' | 'reason'>

/** What a plate's samples show of it. */
interface SampleHealth {
  state: HealthState
  reason: string
}

/**
 * The present health of every device and plate; tells only of changes. Of a plate that is read, its samples may show
 * that it is not well; of one that is not read properly, its device has the word.
 */
export class HealthBoard {
  readonly #states = new Map<string, HealthState>()
  readonly #reports = new Map<string, HealthReport>()
  readonly #onChange: (change: HealthChange) => void

  constructor(onChange: (change: HealthChange) => void) {
    this.#onChange = onChange
  }

  report(report: HealthReport): void {
    if (report.plate !== undefined) this.#reports.set(report.plate, report)
    this.#become(report)
  }

  /** Says what the samples of `plate` show; null: nothing. */
  seen(plate: string, shown: SampleHealth | null): void {
    const report = this.#reports.get(plate)
    if (report?.state !== 'online') return
    this.#become(shown ? { device: report.device, plate, ...shown } : report)
  }

  /** A plate of which nothing was heard yet is offline. */
  ofPlate(plate: string): HealthState {
    return this.#states.get(subjectOf('', plate)) ?? 'offline'
  }

  /** Forgets what is none of the store's devices and plates any more. */
  keep(devices: ReadonlySet<string>, plates: ReadonlySet<string>): void {
    const subjects = new Set([
      ...[...devices].map((device) => subjectOf(device)),
      ...[...plates].map((plate) => subjectOf('', plate)),
    ])
    for (const subject of this.#states.keys()) if (!subjects.has(subject)) this.#states.delete(subject)
    for (const plate of this.#reports.keys()) if (!plates.has(plate)) this.#reports.delete(plate)
  }

  #become({ device, plate, state, reason }: HealthReport): void {
    const subject = subjectOf(device, plate)
    const previous = this.#states.get(subject) ?? null
    if (previous === state) return
    this.#states.set(subject, state)
    this.#onChange({
      device,
      ...(plate === undefined ? {} : { plate }),
      state,
      previous,
      reason: reason.slice(0, 1000),
    })
  }
}

const subjectOf = (device: string, plate?: string) => (plate === undefined ? `device ${device}` : `plate ${plate}`)
