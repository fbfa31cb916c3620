import type { DeviceHealth } from '../../runtime/contract/messages.ts'
import type { StoreCondition } from '../../runtime/policy/entry-rules.ts'
import type { TillState } from '../../runtime/till-api/events.ts'
import type { NodeContext } from '../kit/node-context.ts'

/** As long as sensing keeps changes of health. */
const healthKeptMs = 3_600_000
/** A newcomer waits at the door meanwhile. */
const answerWithinMs = 2000
/** With more blind plates than this share, too much could be taken unseen. */
const blindShare = 0.1

/** Knows whether the store can serve a newcomer: who is inside, and whether shelves and people are watched. */
export class StoreWatch {
  readonly #context: NodeContext<unknown>
  /** Whole devices that are offline, but no single cameras: the vision sees on without one. */
  readonly #offline: Set<string>

  constructor(context: NodeContext<unknown>) {
    this.#context = context
    this.#offline = context.kept('offline-devices', new Set<string>()).value
    const cameras = new Set(context.store.names.cameraGroups.flatMap(({ devices = [] }) => devices))
    const follow = ({ device, plate, state }: DeviceHealth) => {
      if (plate !== undefined || cameras.has(device)) return
      if (state === 'offline') this.#offline.add(device)
      else this.#offline.delete(device)
    }
    // Sensing tells changes only: after a restart the last ones are wanted once more.
    context.followSensing(['device-health'], follow, { keepMs: healthKeptMs })
  }

  async condition(): Promise<StoreCondition> {
    return this.#inTime(async (signal) => {
      const [state, canSee] = await Promise.all([this.#context.store.till.state(signal), this.#canSee(signal)])
      return { inside: shoppersInside(state), canSee }
    })
  }

  async #canSee(signal: AbortSignal): Promise<boolean> {
    if (this.#offline.size > 0) return false
    try {
      const plates = await this.#context.store.sensing.plates(signal)
      return plates.filter(({ health }) => health === 'offline').length <= blindShare * plates.length
    } catch {
      // A sensing that gives no answer watches nobody.
      return false
    }
  }

  async #inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController()
    const { clock } = this.#context.store
    const timer = clock.after(answerWithinMs, () => late.abort())
    try {
      return await ask(late.signal)
    } finally {
      clock.clear(timer)
    }
  }
}

function shoppersInside({ visits }: TillState): number {
  return visits
    .filter(({ state, role }) => (state === 'admitted' || state === 'open') && role !== 'staff')
    .reduce((sum, { party }) => sum + party, 0)
}
