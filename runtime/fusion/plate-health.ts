/** Which plates are not well, and by how much an event that they tell is less certain than weighing could know. */
import type { DeviceHealth, HealthState, WeightEvent } from '../contract/messages.ts'

/**
 * Standard deviation in grams that a plate's state adds to a change which it tells. Assumptions: what drifts or is noisy
 * still weighs, to within a light item; of what is stuck, saturated or wired the wrong way round, the change says hardly
 * more than that something was moved.
 */
const addedSigmaG: Partial<Record<HealthState, number>> = {
  drifting: 15,
  noisy: 15,
  stuck: 100,
  saturated: 100,
  'sign-flipped': 100,
  offline: 100,
}

export class PlateHealth {
  readonly #states = new Map<string, HealthState>()

  /** What is said of a whole device is said of its plates, too, each by itself. */
  observe({ plate, state }: DeviceHealth): void {
    if (plate === undefined) return
    if (addedSigmaG[state] === undefined) this.#states.delete(plate)
    else this.#states.set(plate, state)
  }

  /** The event, as uncertain as its plates are now. */
  tempered(event: WeightEvent): WeightEvent {
    const added = event.plates.map(({ plate }) => addedSigmaG[this.#states.get(plate) ?? 'online'] ?? 0)
    if (added.every((sigmaG) => sigmaG === 0)) return event
    return { ...event, sigmaG: Math.round(10 * Math.hypot(event.sigmaG, ...added)) / 10 }
  }
}
