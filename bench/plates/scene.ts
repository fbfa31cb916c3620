/** The real recording's scene, played by the twin: the same gondolas, the same way past them, the same item taken. */
import { readFileSync } from 'node:fs'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { Plate, PointM, StoreLayout } from '../../runtime/profile/layout.ts'
import { FloorPlan } from '../../runtime/twin/world/floor-plan.ts'
import { Shelves } from '../../runtime/twin/world/shelves.ts'
import { type Moments, type PlateSeries, type PlateStatistics, rateHz } from './statistics.ts'

/** What is kept of a real recording: figures, and what of its scene they depend on. */
export interface RealPlates {
  recording: string
  origin: string
  durationS: number
  fixtures: StoreLayout['fixtures']
  /** Rows of plates: the first one's centre, their indices and their distance. */
  shelves: { fixture: string; shelf: number; firstM: [number, number, number]; indices: number[]; pitchM: number }[]
  /** Where and when the shopper's feet came down, by the way of the head. */
  footfalls: { atS: number; atM: PointM }[]
  moments: Moments
  statistics: PlateStatistics
}

export const readRealPlates = (): RealPlates =>
  JSON.parse(readFileSync(new URL('real-benchmark-1.json', import.meta.url), 'utf8'))

const startMs = 1_800_000_000_000
/** The fall comes so long after the hand does, on average (real). */
const handBeforeFallMs = 230
const batchSize = 12

/** What the twin's plates show in this scene. */
export function twinSeries(real: RealPlates, seed: number): PlateSeries[] {
  const { moments, durationS, footfalls } = real
  const layout = layoutOf(real)
  const { footprints } = new FloorPlan(layout)
  const random = seededRandom(seed)
  const shelves = new Shelves({ layout, footprints, facingQuantity: new Map([['bottle', 4]]), seed, random })
  const series = layout.plates.map(({ id, fixture, shelf, index }) => ({
    id,
    fixture,
    shelf,
    index,
    fromS: 0,
    grams: [] as number[],
  }))
  const steps = [...footfalls]
  let isTaken = false
  // Batch by batch, as readers do: what happens meanwhile must not change what is read late.
  for (let from = 0; from < durationS * rateHz; from += batchSize) {
    const untilS = (from + batchSize) / rateHz
    while ((steps[0]?.atS ?? Number.POSITIVE_INFINITY) < untilS) {
      const { atS, atM } = steps.shift() as RealPlates['footfalls'][number]
      shelves.footfall(atM, startMs + atS * 1000)
    }
    const handMs = moments.fallS * 1000 - handBeforeFallMs
    if (!isTaken && handMs < untilS * 1000) {
      shelves.lift(moments.plate, startMs + handMs)
      isTaken = true
    }
    for (const one of series) {
      for (let i = from; i < from + batchSize; i++) {
        one.grams.push(Math.round(10 * shelves.gramsAt(one.id, startMs + (i * 1000) / rateHz)) / 10)
      }
    }
  }
  return series
}

function layoutOf({ fixtures, shelves, moments }: RealPlates): StoreLayout {
  const plates = shelves.flatMap(({ fixture, shelf, firstM: [x, y, z], indices, pitchM }) =>
    indices.map(
      (index): Plate => ({
        id: `${fixture}-s${shelf}-p${index}`,
        fixture,
        shelf,
        index,
        positionM: [x + pitchM * (index - (indices[0] as number)), y, z],
        sizeM: [pitchM, 0.4064],
        yawRad: 0,
        ratingG: 20_000,
      }),
    ),
  )
  const bottle = { sku: 'bottle', name: 'bottle', weightG: 621.7, weightSdG: null, priceMinor: 1 }
  return {
    storeId: 'real',
    currency: 'USD',
    fixtures,
    plates,
    gates: [],
    zones: [],
    cameras: [],
    products: [{ ...bottle, soldBy: 'each', ageRestricted: false, aliases: [] }],
    planogram: [{ sku: 'bottle', plates: [moments.plate] }],
  }
}
