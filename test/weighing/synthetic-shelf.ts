/** A shelf of load cells with seeded noise, on which hands and feet act as a test tells them. */
import type { WeightEvent } from '../../runtime/contract/messages.ts'
import { gaussian, seededRandom } from '../../runtime/contract/random.ts'
import type { Plate } from '../../runtime/profile/layout.ts'
import type { SampleBatch } from '../../runtime/sensing-api/sensing-client.ts'
import { Weighing } from '../../runtime/weighing/weighing.ts'

/** Grams on a plate at a time, in seconds from the start. */
type Load = (atS: number) => number

export const startMs = 1_700_000_000_000

export class SyntheticShelf {
  readonly plates: Plate[]
  readonly weighing: Weighing
  readonly rateHz: number
  readonly batchS = 0.2
  readonly #loads = new Map<string, Load[]>()
  readonly #noiseG: number
  readonly #seed: number

  constructor(options: { plates?: number; rateHz?: number; noiseG?: number; seed?: number } = {}) {
    this.#noiseG = options.noiseG ?? 0.6
    this.#seed = options.seed ?? 1
    this.rateHz = options.rateHz ?? 60
    this.plates = Array.from({ length: options.plates ?? 8 }, (_, i) => ({
      id: `p${i + 1}`,
      fixture: 'g1',
      shelf: 1,
      index: i + 1,
      positionM: [i / 10, 0, 1],
      sizeM: [0.1, 0.4],
      yawRad: 0,
      ratingG: 20_000,
    }))
    this.weighing = new Weighing({ storeId: 'shop', plates: this.plates })
  }

  put(plate: string, load: Load): this {
    this.#loads.set(plate, [...(this.#loads.get(plate) ?? []), load])
    return this
  }

  /** A change of `deltaG` that begins at `atS` and takes `durationS`. */
  step(plate: string, deltaG: number, atS: number, durationS = 0.2): this {
    return this.put(plate, (t) => deltaG * smooth((t - atS) / durationS))
  }

  /** A hand's force with its tremor, from `fromS` to `toS`. */
  hand(plate: string, forceG: number, fromS: number, toS: number): this {
    const trembling = (t: number) => 1 + 0.05 * Math.sin(11 * t) + 0.04 * Math.sin(23 * t + 1) + 0.02 * Math.sin(47 * t)
    return this.put(plate, (t) => forceG * smooth((t - fromS) / 0.25) * smooth((toS - t) / 0.2) * trembling(t))
  }

  /** Footsteps swing every plate by about `peakG` from `fromS` to `toS`. */
  footsteps(peakG: number, fromS: number, toS: number): this {
    this.plates.forEach(({ id }, i) => {
      this.put(id, (t) => {
        if (t < fromS || t > toS) return 0
        const envelope = Math.exp(-2.5 * ((t - fromS) % 0.7)) * (0.6 + 0.1 * (i % 5))
        return peakG * envelope * (Math.sin(44 * t + i) + 0.6 * Math.sin(132 * t + 2 * i))
      })
    })
    return this
  }

  /** The samples of `durationS`, in batches, in order. */
  batches(durationS: number, fromS = 0): SampleBatch[] {
    const random = seededRandom(this.#seed + fromS)
    const perBatch = Math.max(1, Math.round(this.batchS * this.rateHz))
    const batches: SampleBatch[] = []
    for (let at = 0; (at + perBatch) / this.rateHz <= durationS; at += perBatch) {
      const firstS = fromS + at / this.rateHz
      batches.push({
        fixture: 'g1',
        firstAtMs: startMs + firstS * 1000,
        rateHz: this.rateHz,
        plates: this.plates.map(({ id }) => id),
        grams: this.plates.map(({ id }, i) =>
          Array.from({ length: perBatch }, (_, k) => {
            const t = firstS + k / this.rateHz
            const loads = (this.#loads.get(id) ?? []).reduce((sum, load) => sum + load(t), 0)
            return Math.round((700 * i - 500 + loads + this.#noiseG * gaussian(random)) * 10) / 10
          }),
        ),
      })
    }
    return batches
  }

  /** Everything that is told of `durationS`. */
  run(durationS: number): WeightEvent[] {
    return told(this.weighing, this.batches(durationS))
  }
}

/** What `weighing` tells of `batches`, each received when its last sample has been taken. */
export function told(weighing: Weighing, batches: readonly SampleBatch[]): WeightEvent[] {
  return batches.flatMap((batch) => weighing.push(batch, receivedAtMs(batch)))
}

export function receivedAtMs({ firstAtMs, rateHz, grams }: SampleBatch): number {
  return firstAtMs + (1000 * (grams[0]?.length ?? 0)) / rateHz
}

/** The events as they stand in the end, without those that were withdrawn. */
export function standing(events: readonly WeightEvent[]): WeightEvent[] {
  const newest = new Map(events.map((event) => [event.eventId, event]))
  return [...newest.values()].filter((event) => event.kind !== 'withdrawn')
}

const smooth = (x: number) => (x <= 0 ? 0 : x >= 1 ? 1 : x * x * (3 - 2 * x))
