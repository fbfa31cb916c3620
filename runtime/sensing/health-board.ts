import type { DeviceHealth, HealthState } from '../contract/messages.ts'
import type { HealthReport } from '../devices/health-report.ts'

type HealthChange = Pick<DeviceHealth, 'device' | 'plate' | 'state' | 'previous' | 'reason'>

/** The present health of every device and plate; tells only of changes. */
export class HealthBoard {
  readonly #states = new Map<string, HealthState>()
  readonly #onChange: (change: HealthChange) => void

  constructor(onChange: (change: HealthChange) => void) {
    this.#onChange = onChange
  }

  report({ device, plate, state, reason }: HealthReport): void {
    const subject = plate === undefined ? `device ${device}` : `plate ${plate}`
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

  /** A plate of which nothing was heard yet is offline. */
  ofPlate(plate: string): HealthState {
    return this.#states.get(`plate ${plate}`) ?? 'offline'
  }
}
