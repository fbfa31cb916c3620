/**
 * Who took what. Weight events, persons and sightings go in; each event's surroundings are summarised as
 * evidence, which the till journals, and journalled evidence becomes everybody's basket. The baskets are a
 * pure function of the journalled evidence, the policy and the layout.
 */
import type { Attribution, DeviceHealth, People, Sighting, Visit, WeightEvent } from '../contract/messages.ts'
import type { StoreLayout } from '../profile/layout.ts'
import type { Evidence } from '../till-api/commands.ts'
import { defaultFusionPolicy, type FusionPolicy } from './fusion-policy.ts'

export class Fusion {
  readonly #layout: StoreLayout
  readonly #policy: FusionPolicy

  constructor(layout: StoreLayout, options: Partial<FusionPolicy> = {}) {
    this.#layout = layout
    this.#policy = { ...defaultFusionPolicy, ...options }
  }

  /** Everybody on the floor at one moment; frames in the order of their time. */
  observePeople(_people: People): void {}

  observeSighting(_sighting: Sighting): void {}

  observeHealth(_health: DeviceHealth): void {}

  /** Takes the event in; its summary follows from {@link advance} once its window is complete. */
  observeWeight(_event: WeightEvent): void {}

  /** Binds persons to a visit, or marks it as exited; what staff move fills no basket. */
  observeVisit(_visit: Visit): void {}

  /**
   * Moves event time forward. Returns evidence that is now summarised, to be journalled before
   * {@link addEvidence}; an event is summarised a second time when sightings came after the first.
   */
  advance(_nowMs: number): Evidence[] {
    return []
  }

  /**
   * Counts journalled evidence in, also at recovery from the journal; returns every basket that changed.
   * A newer summary or revision of an event replaces the older.
   */
  addEvidence(_evidence: Evidence): Attribution[] {
    return []
  }

  /** The final attribution of a visit that has exited: nothing more is awaited. */
  finish(_visitId: string): Attribution[] {
    return []
  }
}
