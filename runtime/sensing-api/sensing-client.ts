/**
 * What sensing gives: `GET /v1/stream?consumer=NAME&types=a,b` streams newline-delimited JSON messages in the
 * order of their `sequence`, first what consumer NAME has not taken yet (kept for minutes, bounded), then
 * live; `POST /v1/taken {consumer, sequence}` says what needs no keeping for it. Sequences grow across restarts.
 */
import type { DeviceHealth, People, Sighting, WeightEvent } from '../contract/messages.ts'

export type SensedMessage = WeightEvent | People | Sighting | DeviceHealth
export type SensedType = SensedMessage['type']

/** `GET /v1/plates`: the newest reading of each plate, for pages and dialogs. */
export interface PlateReading {
  plate: string
  /** null: no valid reading. */
  weightG: number | null
  stable: boolean
  atMs: number
  health: DeviceHealth['state']
}

/** `GET /v1/samples` streams these, for recording. One batch of one fixture, in the form of weighing's input. */
export interface SampleBatch {
  fixture: string
  /** Time of the first sample. */
  firstAtMs: number
  rateHz: number
  plates: string[]
  /** One row per plate; null or NaN: no valid sample. */
  grams: (number | null)[][]
}

export interface SensingClient {
  /**
   * Calls `onMessage` for each message, in order, waiting for it. What it has resolved counts as taken, but with
   * `keepMs` only once it is that old, so that a restart sees the last `keepMs` again. Returns a function that
   * ends it. A handler that rejects gets the same message again, after a pause.
   */
  follow(
    consumer: string,
    types: readonly SensedType[],
    onMessage: (message: SensedMessage) => void | Promise<void>,
    options?: { keepMs?: number },
  ): () => void
  plates(signal?: AbortSignal): Promise<PlateReading[]>
  /** Live samples with no backlog. */
  followSamples(onBatch: (batch: SampleBatch) => void): () => void
}
