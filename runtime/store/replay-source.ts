/** A recording as sensing: what nodes follow in a replay through wires, in virtual time. */
import type { VirtualClock } from '../contract/clock.ts'
import type {
  PlateReading,
  SampleBatch,
  SensedMessage,
  SensedType,
  SensingClient,
} from '../sensing-api/sensing-client.ts'
import { Weighing } from '../weighing/weighing.ts'
import type { MemoryTill } from './memory-till.ts'
import type { ReplayInput } from './recorded-store.ts'
import { replaySteps } from './replay-steps.ts'

interface Follower {
  types: ReadonlySet<SensedType>
  onMessage: (message: SensedMessage) => void | Promise<void>
  waiting: SensedMessage[]
  busy: boolean
}

export class ReplaySource implements SensingClient {
  readonly #recording: ReplayInput
  readonly #clock: VirtualClock
  readonly #till: MemoryTill
  readonly #weighing: Weighing
  readonly #followers = new Set<Follower>()
  readonly #sampleFollowers = new Set<(batch: SampleBatch) => void>()
  readonly #newest = new Map<string, PlateReading>()

  constructor(recording: ReplayInput, clock: VirtualClock, till: MemoryTill) {
    this.#recording = recording
    this.#clock = clock
    this.#till = till
    this.#weighing = new Weighing({ storeId: recording.layout.storeId, plates: recording.layout.plates })
  }

  /**
   * Plays the whole recording and what falls due after it; `whenIdle` resolves when the flow has finished with
   * what it was given, and time stands still until then.
   */
  async play(whenIdle: () => Promise<void>): Promise<void> {
    for (const step of replaySteps(this.#recording)) {
      await this.#advanceTo(step.arrivedAtMs, whenIdle)
      switch (step.kind) {
        case 'samples':
          for (const event of this.#weigh(step.batch, step.arrivedAtMs)) this.#give(event)
          break
        case 'weighed':
          for (const event of step.events) this.#give(event)
          break
        case 'people':
          this.#till.observePeople(step.people)
          // The visit is known before its person's first frame, as a live store knows whom it admitted.
          await whenIdle()
          this.#give(step.people)
          break
        case 'sighting':
          this.#give(step.sighting)
          break
        case 'gate':
          this.#till.observeGate(step.observation)
          break
        case 'end':
          this.#till.endAll(step.arrivedAtMs)
      }
      await whenIdle()
    }
  }

  follow(
    _consumer: string,
    types: readonly SensedType[],
    onMessage: (message: SensedMessage) => void | Promise<void>,
  ): () => void {
    const follower: Follower = { types: new Set(types), onMessage, waiting: [], busy: false }
    this.#followers.add(follower)
    return () => this.#followers.delete(follower)
  }

  async plates(): Promise<PlateReading[]> {
    return [...this.#newest.values()]
  }

  followSamples(onBatch: (batch: SampleBatch) => void): () => void {
    this.#sampleFollowers.add(onBatch)
    return () => this.#sampleFollowers.delete(onBatch)
  }

  /** Timers on the way run one at a time, each with the flow at rest. */
  async #advanceTo(timeMs: number, whenIdle: () => Promise<void>): Promise<void> {
    for (let dueMs = this.#clock.nextDueMs(); dueMs !== undefined && dueMs <= timeMs; dueMs = this.#clock.nextDueMs()) {
      this.#clock.advanceTo(dueMs)
      await whenIdle()
    }
    this.#clock.advanceTo(timeMs)
  }

  #weigh(batch: SampleBatch, arrivedAtMs: number) {
    for (const onBatch of this.#sampleFollowers) onBatch(batch)
    const atMs = batch.firstAtMs
    batch.plates.forEach((plate, row) => {
      const weightG = batch.grams[row]?.at(-1) ?? null
      this.#newest.set(plate, { plate, weightG, stable: true, atMs, health: 'online' })
    })
    return this.#weighing.push(batch, arrivedAtMs)
  }

  #give(message: SensedMessage): void {
    for (const follower of this.#followers) {
      if (!follower.types.has(message.type)) continue
      follower.waiting.push(message)
      void this.#serve(follower)
    }
  }

  async #serve(follower: Follower): Promise<void> {
    if (follower.busy) return
    follower.busy = true
    for (let message = follower.waiting.shift(); message; message = follower.waiting.shift()) {
      if (!this.#followers.has(follower)) break
      await follower.onMessage(message)
    }
    follower.busy = false
  }
}
