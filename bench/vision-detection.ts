/**
 * `aisle bench vision --detection [--pictures N] [--json]`: the model that comes with Open Aisle on pictures of the
 * twin: stores, cameras, lamps, surfaces and people at random, from other seeds than it was trained on; and the stores
 * that come with Open Aisle, which it never saw, with four cameras near the corners and with those of their profiles.
 * A person counts as found with half of the box in common, a hand with its middle within its own size.
 */
import { join } from 'node:path'
import { root } from '../bin/store-options.ts'
import { randomPictures } from '../runtime/twin/render/random-pictures.ts'
import { WorldCamera } from '../runtime/twin/render/world-camera.ts'
import { loadTwinStore, type TwinStore } from '../runtime/twin/scenario/scenario-store.ts'
import { hash32, streamOf } from '../runtime/twin/world/hash-noise.ts'
import { CameraModel } from '../runtime/vision/camera-model/camera-model.ts'
import { processorMs } from './processor-time.ts'
import { type DetectionMeasures, DetectionScore } from './vision/detection-score.ts'
import { CeilingModel, viewOf } from './vision/rendered-detector.ts'
import { type BenchCamera, cornerCameras, profileCameras, sceneOf } from './vision/scene.ts'

/** Pictures of training have seeds below. */
const seed = 90_001
const shoppers = 4
/** A moment of a scene is looked at this often: nearer ones show the same. */
const ticksBetween = 45

const setUps: Record<string, (store: TwinStore) => BenchCamera[]> = {
  corners: ({ loaded }) => cornerCameras(loaded.layout),
  profile: profileCameras,
}

interface Cost {
  renderingMs: number
  detectionMs: number
  pictures: number
}

interface Row extends DetectionMeasures {
  scene: string
}

export async function measureDetection(pictures: number, asJson: boolean): Promise<void> {
  const model = await CeilingModel.open()
  const cost: Cost = { renderingMs: 0, detectionMs: 0, pictures: 0 }
  const rows: Row[] = [{ scene: 'at random', ...(await atRandom(model, pictures)) }]
  for (const store of ['corner-shop', 'gs25-euljiro', 'emart24-gimpo']) {
    for (const [cameras, camerasOf] of Object.entries(setUps)) {
      rows.push({ scene: `${store}, ${cameras}`, ...(await inStore(model, store, camerasOf, pictures / 4, cost)) })
    }
  }
  const speed = {
    renderedPerSecond: (1000 * cost.pictures) / cost.renderingMs,
    detectedPerSecond: (1000 * cost.pictures) / cost.detectionMs,
  }
  if (asJson) console.log(JSON.stringify({ rows, ...speed }))
  else {
    console.table(rows.map(rounded))
    const { renderedPerSecond: rendered, detectedPerSecond: detected } = speed
    console.log(`one core: ${rendered.toFixed(0)} pictures a second rendered, ${detected.toFixed(0)} looked at`)
  }
}

function rounded(row: Row) {
  const entries = Object.entries(row) as [string, string | number][]
  const short = (value: string | number) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value)
  return Object.fromEntries(entries.map(([name, value]) => [name, short(value)]))
}

async function atRandom(model: CeilingModel, count: number): Promise<DetectionMeasures> {
  const score = new DetectionScore()
  for (const { view, picture, people } of randomPictures({ count, seed, widthPx: 320, heightPx: 240 })) {
    score.add(people, await model.find(picture), new CameraModel(view, [view.widthPx, view.heightPx]))
  }
  return score.measures
}

async function inStore(
  model: CeilingModel,
  name: string,
  camerasOf: (store: TwinStore) => BenchCamera[],
  count: number,
  cost: Cost,
): Promise<DetectionMeasures> {
  const store = await loadTwinStore(join(root, 'hardware-profiles', name))
  const cameras = camerasOf(store)
  const score = new DetectionScore()
  const seconds = Math.ceil((count / Math.min(4, cameras.length)) * (ticksBetween / 30))
  const eyes = new Map<string, WorldCamera>()
  let [tick, pictures] = [0, 0]
  for (const { world } of sceneOf({ store: name, seed, shoppers, seconds }, store)) {
    if (tick++ % ticksBetween !== 0) continue
    // Four cameras at each moment, others at the next one.
    for (let i = 0; i < Math.min(4, cameras.length) && pictures < count; i++) {
      const camera = cameras[(pictures++ * 7) % cameras.length] as BenchCamera
      const view = viewOf(camera)
      const eye =
        eyes.get(camera.id) ?? new WorldCamera(world, { id: camera.id, ...view }, hash32(seed, streamOf(name), 0))
      const isFirst = !eyes.has(camera.id)
      eyes.set(camera.id, eye)
      const startedMs = processorMs()
      if (!isFirst) eye.picture()
      const renderedMs = processorMs()
      const { picture, people } = eye.pictureWithTruth()
      const detectMs = processorMs()
      const found = await model.find(picture)
      if (!isFirst) {
        cost.renderingMs += renderedMs - startedMs
        cost.detectionMs += processorMs() - detectMs
        cost.pictures++
      }
      score.add(people, found, new CameraModel(view, [view.widthPx, view.heightPx]))
    }
  }
  return score.measures
}
