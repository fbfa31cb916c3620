/** What a store said over some time, in the order in which it arrived, and what a replay answers. */
import type { People, Sighting, WeightEvent } from '../contract/messages.ts'
import type { StoreLayout } from '../profile/layout.ts'
import type { SampleBatch } from '../sensing-api/sensing-client.ts'

export interface GateObservation {
  atMs: number
  gate: string
  event: 'scan' | 'pass'
  direction: 'in' | 'out'
  token: string | null
  party: number
  /** The visit that this scan was admitted on, or that this pass belongs to, where the till's part is known. */
  visitId?: string
  /** Who was admitted; a shopper when absent. */
  role?: 'shopper' | 'staff'
}

/** Everything that arrived, each with the time at which it did: samples, or what has been made of them already. */
export type Arrival = { arrivedAtMs: number } & (
  | { kind: 'samples'; batch: SampleBatch }
  | { kind: 'weighed'; events: readonly WeightEvent[] }
  | { kind: 'people'; people: People }
  | { kind: 'sighting'; sighting: Sighting }
  | { kind: 'gate'; observation: GateObservation }
)

/** What can be replayed: arrivals that are read, or made, one after the other. */
export interface ReplayInput {
  startMs: number
  /** It ends no sooner; what arrives later prolongs it. */
  durationMs: number
  layout: StoreLayout
  /**
   * How visits come about: `at-first-sight` of each person, which is all that a recording tells, or `by-scan`, where
   * scans and passes say whose they are.
   */
  admission?: 'at-first-sight' | 'by-scan'
  /** In order of arrival. */
  arrivals: Iterable<Arrival>
}

export interface Recording extends ReplayInput {
  name: string
  source: 'real' | 'resynthesised' | 'simulated'
  arrivals: Arrival[]
}

/** Receipts by person: any track id under which the recording knows the shopper. */
export interface Answer {
  receipts: { person: string; items: { sku: string; quantity: number }[] }[]
}
