/** A store whose plates are taken from and put back to all the time: samples by the second, for cost and memory. */
import { gaussian, integerBetween, pick, type Random, seededRandom, uniform } from '../../runtime/contract/random.ts'
import type { Plate } from '../../runtime/profile/layout.ts'
import type { SampleBatch } from '../../runtime/sensing-api/sensing-client.ts'

const platesPerShelf = 12
const shelvesPerFixture = 5
const batchS = 0.2
/** One act on a plate of the store in this time, on average, as in its busiest hour. */
const actEveryS = 0.5
const noiseG = 0.6
/** How often a shelf is shaken, and how much. */
const shakenShare = 0.1
const swingG = 20

export class BusyStore {
  readonly plates: readonly Plate[]
  readonly rateHz: number
  readonly #random: Random
  readonly #levelG: Float64Array
  readonly #noise: Float64Array
  readonly #rows: { fixture: string; ids: string[]; first: number }[]
  #batch = 0

  constructor(options: { plates: number; rateHz: number; seed: number }) {
    this.rateHz = options.rateHz
    this.#random = seededRandom(options.seed)
    this.#levelG = Float64Array.from({ length: options.plates }, () => uniform(this.#random, 500, 8000))
    this.#noise = Float64Array.from({ length: 8192 }, () => noiseG * gaussian(this.#random))
    this.plates = Array.from({ length: options.plates }, (_, i) => plateAt(i))
    const byFixture = Map.groupBy(this.plates.entries(), ([, { fixture }]) => fixture)
    this.#rows = [...byFixture].map(([fixture, entries]) => ({
      ...{ fixture, ids: entries.map(([, { id }]) => id), first: entries[0]?.[0] ?? 0 },
    }))
  }

  /** The next batch of every fixture, `batchS` long. */
  next(startMs: number): { batches: SampleBatch[]; receivedAtMs: number } {
    const firstAtMs = startMs + this.#batch++ * batchS * 1000
    if (this.#random.next() < batchS / actEveryS) this.#act()
    const samples = Math.round(batchS * this.rateHz)
    const batches = this.#rows.map(({ fixture, ids, first }) => {
      const shakenG = this.#random.next() < shakenShare ? swingG : 0
      const grams = ids.map((_id, i) => this.#row(first + i, samples, shakenG))
      return { fixture, firstAtMs, rateHz: this.rateHz, plates: ids, grams }
    })
    return { batches, receivedAtMs: firstAtMs + batchS * 1000 }
  }

  #act(): void {
    const plate = integerBetween(this.#random, 0, this.#levelG.length - 1)
    const deltaG = pick(this.#random, [-1, 1]) * uniform(this.#random, 15, 900)
    this.#levelG[plate] = (this.#levelG[plate] as number) + deltaG
  }

  #row(plate: number, samples: number, shakenG: number): number[] {
    const level = this.#levelG[plate] as number
    const offset = integerBetween(this.#random, 0, this.#noise.length - samples - 1)
    const phase = plate % 7
    return Array.from({ length: samples }, (_, k) => {
      const swing = shakenG === 0 ? 0 : shakenG * Math.sin((2 * Math.PI * 7 * k) / this.rateHz + phase)
      return Math.round((level + swing + (this.#noise[offset + k] as number)) * 10) / 10
    })
  }
}

function plateAt(i: number): Plate {
  const shelf = Math.floor(i / platesPerShelf)
  const [fixture, index] = [`g${Math.floor(shelf / shelvesPerFixture) + 1}`, (i % platesPerShelf) + 1]
  const onFixture = (shelf % shelvesPerFixture) + 1
  return {
    ...{ id: `${fixture}-s${onFixture}-p${index}`, fixture, shelf: onFixture, index },
    ...{ positionM: [index / 10, shelf, onFixture / 3], sizeM: [0.1, 0.4], yawRad: 0, ratingG: 20_000 },
  }
}
