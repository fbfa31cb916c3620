/** Turns a fixture's plates into batches. */
import type { SampleBatch } from '../../sensing-api/sensing-client.ts'
import type { World } from '../world/world.ts'
import type { VirtualRecord } from './records.ts'

export class Sampler {
  readonly #world: World
  readonly #fixture: string
  readonly #plates: string[]
  readonly #rateHz: number
  readonly #size: number
  #firstAtMs: number

  constructor(world: World, fixture: string, rateHz: number, size: number, firstAtMs: number) {
    this.#world = world
    this.#fixture = fixture
    this.#plates = world.layout.plates.filter((plate) => plate.fixture === fixture).map(({ id }) => id)
    this.#rateHz = rateHz
    this.#size = size
    this.#firstAtMs = firstAtMs
  }

  *until(nowMs: number): Generator<VirtualRecord> {
    if (this.#plates.length === 0) return
    const stepMs = 1000 / this.#rateHz
    while (this.#firstAtMs + (this.#size - 1) * stepMs <= nowMs) {
      const firstAtMs = this.#firstAtMs
      const batch: SampleBatch = {
        fixture: this.#fixture,
        firstAtMs,
        rateHz: this.#rateHz,
        plates: this.#plates,
        grams: this.#plates.map((plate) => this.#row(plate, firstAtMs, stepMs)),
      }
      this.#firstAtMs += this.#size * stepMs
      yield { type: 'samples', atMs: nowMs, batch }
    }
  }

  /** A plain loop: most of an accelerated run is spent here. */
  #row(plate: string, firstAtMs: number, stepMs: number): number[] {
    const { shelves } = this.#world
    const row: number[] = []
    for (let i = 0; i < this.#size; i++) row.push(round(shelves.gramsAt(plate, firstAtMs + i * stepMs)))
    return row
  }
}

const round = (grams: number) => Math.round(grams * 10) / 10
