/**
 * The same acts under other circumstances, from a seed: heavier or lighter, at other times against the grid of
 * batches and bins, with more noise, shaking and drift. What was tuned to single recordings does worse here.
 */
import { gaussian, type Random, seededRandom, uniform } from '../../runtime/contract/random.ts'
import type { SampleBatch } from '../../runtime/sensing-api/sensing-client.ts'
import { streamOf } from '../../runtime/twin/world/hash-noise.ts'
import type { TrueEvent } from './scoring.ts'

/** As shelves swing in the real recording. */
const swingHz = [
  [6, 8],
  [20, 22],
] as const
/** Seconds between two footsteps, and in which a swing decays. */
const stepS = 0.6
const decayS = 0.3

interface Disturbance {
  noiseG: number
  driftGPerS: number
  swings: { peakG: number; hz: number; phase: number }[]
}

export class Perturbation {
  readonly #random: Random
  readonly #scale: number
  readonly #shiftMs: number
  readonly #plates = new Map<string, Disturbance>()
  /** When somebody walks by, and for how long. */
  readonly #walks: readonly { fromS: number; toS: number }[]
  readonly #startMs: number

  constructor(seed: string, startMs: number) {
    this.#random = seededRandom(streamOf(seed))
    this.#startMs = startMs
    this.#scale = uniform(this.#random, 0.8, 1.25)
    this.#shiftMs = uniform(this.#random, 0, 200)
    this.#walks = Array.from({ length: 40 }, (_, i) => {
      const fromS = 5 * i + uniform(this.#random, 0, 4)
      return { fromS, toS: fromS + uniform(this.#random, 1, 3) }
    })
  }

  truth(event: TrueEvent): TrueEvent {
    return {
      ...event,
      t0Ms: event.t0Ms + this.#shiftMs,
      t1Ms: event.t1Ms + this.#shiftMs,
      deltaG: event.deltaG * this.#scale,
    }
  }

  arrivedAtMs(atMs: number): number {
    return atMs + this.#shiftMs
  }

  batch(batch: SampleBatch): SampleBatch {
    const { firstAtMs, rateHz } = batch
    const fromS = (firstAtMs - this.#startMs) / 1000
    const grams = batch.grams.map((row, i) => {
      const plate = this.#disturbance(batch.plates[i] as string)
      return row.map((value, k) => {
        if (value === null) return null
        const added = this.#added(plate, fromS + k / rateHz)
        return Math.round((value * this.#scale + added) * 10) / 10
      })
    })
    return { ...batch, firstAtMs: firstAtMs + this.#shiftMs, grams }
  }

  #disturbance(plate: string): Disturbance {
    let disturbance = this.#plates.get(plate)
    if (!disturbance) {
      const random = this.#random
      disturbance = {
        noiseG: 0.4 * Math.exp(0.5 * gaussian(random)),
        driftGPerS: 0.1 * gaussian(random),
        swings: swingHz.map(([low, high]) => ({
          peakG: 3 * Math.exp(0.7 * gaussian(random)),
          hz: uniform(random, low, high),
          phase: uniform(random, 0, 2 * Math.PI),
        })),
      }
      this.#plates.set(plate, disturbance)
    }
    return disturbance
  }

  #added({ noiseG, driftGPerS, swings }: Disturbance, atS: number): number {
    let grams = noiseG * gaussian(this.#random) + driftGPerS * atS
    const walk = this.#walks.find(({ fromS, toS }) => atS >= fromS && atS < toS + 3 * decayS)
    if (!walk) return grams
    const sinceStepS = atS - walk.fromS - stepS * Math.floor((Math.min(atS, walk.toS) - walk.fromS) / stepS)
    const envelope = Math.exp(-sinceStepS / decayS)
    for (const { peakG, hz, phase } of swings) grams += peakG * envelope * Math.sin(2 * Math.PI * hz * atS + phase)
    return grams
  }
}
