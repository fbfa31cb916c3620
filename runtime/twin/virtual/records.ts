/** What a run says: the messages that the till and sensing would make of what happens in the world. */
import { envelope, type GatePass, type People, type Sighting } from '../../contract/messages.ts'
import type { Point3DM } from '../../profile/layout.ts'
import type { SampleBatch } from '../../sensing-api/sensing-client.ts'
import type { PeopleView } from '../vision/people-view.ts'
import type { Sightings } from '../vision/sightings.ts'
import type { Piece } from '../world/piece.ts'
import type { VisitTruth } from '../world/truth.ts'

/** What a store's sensors and doors say, in the order in which it is known. */
export type VirtualRecord = { atMs: number } & (
  | { type: 'samples'; batch: SampleBatch }
  | { type: 'people'; message: People }
  | { type: 'sighting'; message: Sighting }
  | {
      type: 'scan'
      gate: string
      token: string
      visitId: string
      role: VisitTruth['role']
      party: number
      admitted: boolean
    }
  | { type: 'gate-pass'; message: GatePass }
)

/** The visit as this run's messages call it. */
export const visitIdOf = (visit: VisitTruth): string => `visit-${visit.visit}`

export class Records {
  readonly #storeId: string
  #sequence = 0
  #waiting: VirtualRecord[] = []

  constructor(storeId: string) {
    this.#storeId = storeId
  }

  take(): VirtualRecord[] {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }

  scan(gate: string, visit: VisitTruth, atMs: number, admitted: boolean): void {
    const { credential: token, role, party } = visit
    this.#waiting.push({
      type: 'scan',
      ...{ atMs, gate, token, role, party, admitted },
      visitId: visitIdOf(visit),
    })
  }

  pass(gate: string, direction: 'in' | 'out', visit: VisitTruth, atMs: number): void {
    const passId = `${visitIdOf(visit)}-${direction}`
    // Whoever walks out says nothing: only the floor knows who it was.
    const visitId = direction === 'in' ? visitIdOf(visit) : null
    const message: GatePass = { type: 'gate-pass', ...this.#envelope(atMs), passId, gate, direction, visitId }
    this.#waiting.push({ type: 'gate-pass', atMs, message })
  }

  sighting(sightings: Sightings, piece: Piece, handM: Point3DM, atMs: number): void {
    const { camera, position, candidates } = sightings.of(piece, handM)
    const message: Sighting = {
      type: 'sighting',
      ...this.#envelope(atMs),
      camera,
      positionM: position,
      candidates: candidates.map(({ sku, p }) => ({ sku, probability: p })),
    }
    this.#waiting.push({ type: 'sighting', atMs, message })
  }

  people(view: PeopleView, atMs: number): VirtualRecord {
    const people = view
      .people(atMs)
      .map(({ id, head, hands, score }) => ({ trackId: id, headM: head, handsM: hands, score }))
    return { type: 'people', atMs, message: { type: 'people', ...this.#envelope(atMs), source: 'twin', people } }
  }

  #envelope(atMs: number) {
    return envelope(this.#storeId, ++this.#sequence, atMs)
  }
}
