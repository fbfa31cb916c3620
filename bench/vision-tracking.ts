/**
 * `aisle bench vision --tracking [--seconds S] [--seeds N] [--shoppers 1,2,4,8] [--detector simulated|simulated-poor] [--json]`:
 * people and hands tracked in scenes of the twin, against where they really were. The scenes are those of the stores
 * that come with Open Aisle: seen by four cameras near the corners, and by all cameras of the densest one's profile.
 * Cameras' poses and clocks are a little off, as in any store.
 *
 * `idf1`, `floorErrorMedianCm` and what follows them are those of the scenes with 4 shoppers and 4 cameras. The floor
 * error is from where somebody stands to where the message has them; the head error is in three dimensions.
 */
import { join } from 'node:path'
import { root } from '../bin/store-options.ts'
import { AisleError } from '../runtime/contract/errors.ts'
import { loadTwinStore, type TwinStore } from '../runtime/twin/scenario/scenario-store.ts'
import { type TrackMeasures, TrackScore } from './vision/measures.ts'
import { RenderedDetector } from './vision/rendered-detector.ts'
import { runScene } from './vision/run-scene.ts'
import { type BenchCamera, cornerCameras, profileCameras } from './vision/scene.ts'
import { poorErrors, type SceneDetector, SimulatedDetector } from './vision/simulated-detector.ts'

export interface TrackingOptions {
  seconds: number
  seeds: number
  shoppers: readonly number[]
  detector: string
}

interface Row extends TrackMeasures {
  store: string
  cameras: number
  shoppers: number
  /** Of one core, at ten frames a second from each camera. */
  coreShare: number
}

/** Whatever is tuned is tuned on seeds below this. */
const firstSeed = 1001
const targets = { idf1: 0.95, floorErrorMedianCm: 10 }
const headline = { cameras: 4, shoppers: 4 }

const detectors: Record<string, (seed: number) => SceneDetector> = {
  simulated: (seed) => new SimulatedDetector(seed),
  rendered: (seed) => new RenderedDetector(seed),
  'simulated-poor': (seed) => new SimulatedDetector(seed, poorErrors),
}

/** @throws AisleError `bench-option-unknown` */
export async function measureTracking(options: TrackingOptions, asJson: boolean): Promise<void> {
  const newDetector = detectors[options.detector]
  if (!newDetector) {
    throw new AisleError('bench-option-unknown', `There is no detector ${options.detector}.`, {
      action: `Give one of ${Object.keys(detectors).join(', ')}.`,
    })
  }
  const total = new TrackScore()
  const rows: Row[] = []
  for (const { name, camerasOf } of places) {
    const store = await loadTwinStore(join(root, 'hardware-profiles', name))
    const cameras = camerasOf(store)
    for (const shoppers of options.shoppers) {
      const isHeadline = cameras.length === headline.cameras && shoppers === headline.shoppers
      rows.push(await rowOf({ name, store, cameras, shoppers }, options, newDetector, isHeadline ? [total] : []))
    }
  }
  const result = { ...total.measures(), targets, scenes: rows }
  if (asJson) console.log(JSON.stringify(result))
  else print(rows)
}

const places: { name: string; camerasOf: (store: TwinStore) => BenchCamera[] }[] = [
  { name: 'corner-shop', camerasOf: ({ loaded }) => cornerCameras(loaded.layout) },
  { name: 'emart24-gimpo', camerasOf: ({ loaded }) => cornerCameras(loaded.layout) },
  { name: 'gs25-euljiro', camerasOf: profileCameras },
]

async function rowOf(
  { name, store, cameras, shoppers }: { name: string; store: TwinStore; cameras: BenchCamera[]; shoppers: number },
  { seeds, seconds }: TrackingOptions,
  newDetector: (seed: number) => SceneDetector,
  totals: readonly TrackScore[],
): Promise<Row> {
  const score = new TrackScore()
  let trackingMs = 0
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    process.stderr.write(`\r${name}, ${shoppers} shoppers, seed ${seed}        `)
    const plan = { store: name, seed, shoppers, seconds }
    const cost = await runScene(plan, store, cameras, newDetector(seed), [score, ...totals])
    trackingMs += cost.trackingMs
  }
  process.stderr.write('\r')
  const coreShare = trackingMs / (seeds * seconds * 1000)
  return { store: name, cameras: cameras.length, shoppers, coreShare, ...score.measures() }
}

function print(rows: readonly Row[]): void {
  console.log(
    `${'store'.padEnd(14)} cameras shoppers   IDF1  switches  recall  precision  floor cm p50/p95  head cm  hand cm p50/p95  hands told  core %`,
  )
  for (const row of rows) {
    const cells = [
      String(row.cameras).padStart(7),
      String(row.shoppers).padStart(8),
      row.idf1.toFixed(3).padStart(6),
      String(row.idSwitches).padStart(9),
      row.recall.toFixed(3).padStart(7),
      row.precision.toFixed(3).padStart(10),
      `${row.floorErrorMedianCm.toFixed(1)}/${row.floorErrorP95Cm.toFixed(1)}`.padStart(17),
      row.headErrorMedianCm.toFixed(1).padStart(8),
      `${row.handErrorMedianCm.toFixed(1)}/${row.handErrorP95Cm.toFixed(1)}`.padStart(16),
      row.handRecall.toFixed(2).padStart(11),
      (100 * row.coreShare).toFixed(1).padStart(7),
    ]
    console.log(`${row.store.padEnd(14)} ${cells.join(' ')}`)
  }
}
