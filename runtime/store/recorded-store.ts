/** What a store said over some time, in the order in which it arrived, and what a replay answers. */
import type { People, Sighting } from '../contract/messages.ts'
import type { StoreLayout } from '../profile/layout.ts'
import type { SampleBatch } from '../sensing-api/sensing-client.ts'

export interface GateObservation {
  atMs: number
  gate: string
  event: 'scan' | 'pass'
  direction: 'in' | 'out'
  token: string | null
  party: number
}

/** Everything that arrived, each with the time at which it did. */
export type Arrival = { arrivedAtMs: number } & (
  | { kind: 'samples'; batch: SampleBatch }
  | { kind: 'people'; people: People }
  | { kind: 'sighting'; sighting: Sighting }
  | { kind: 'gate'; observation: GateObservation }
)

export interface Recording {
  name: string
  source: 'real' | 'resynthesised' | 'simulated'
  startMs: number
  durationMs: number
  layout: StoreLayout
  /** In order of arrival. */
  arrivals: Arrival[]
}

/** Receipts by person: any track id under which the recording knows the shopper. */
export interface Answer {
  receipts: { person: string; items: { sku: string; quantity: number }[] }[]
}
