/** The platform's own model on pictures of the twin's cameras, through the platform's own detection. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import type { StoreLayout } from '../../runtime/profile/layout.ts'
import type { Picture } from '../../runtime/twin/render/canvas.ts'
import type { CameraView } from '../../runtime/twin/render/pinhole.ts'
import { WorldCamera } from '../../runtime/twin/render/world-camera.ts'
import { hash32, streamOf } from '../../runtime/twin/world/hash-noise.ts'
import type { World } from '../../runtime/twin/world/world.ts'
import { CameraModel } from '../../runtime/vision/camera-model/camera-model.ts'
import { FrameDetector } from '../../runtime/vision/detection/frame-detector.ts'
import { prepareFrame } from '../../runtime/vision/detection/prepare-frame.ts'
import { SlicePlan } from '../../runtime/vision/detection/slice-plan.ts'
import { closeness, type Slice } from '../../runtime/vision/detection/slices.ts'
import type { DetectedFrame, Detection } from '../../runtime/vision/detection.ts'
import type { Detector } from '../../runtime/vision/models/model-definition.ts'
import { loadModelDefinitions } from '../../runtime/vision/models/model-library.ts'
import { type DetectionScore, isShown } from './detection-score.ts'
import type { PictureSight } from './picture-sight.ts'
import type { BenchCamera, Moment } from './scene.ts'
import type { SceneDetector } from './simulated-detector.ts'

export const ceilingModel = 'ceiling-people-hands'

/** Our model, opened for single pictures. */
export class CeilingModel {
  readonly definition: Detector
  readonly #detector: FrameDetector

  private constructor(definition: Detector, detector: FrameDetector) {
    this.definition = definition
    this.#detector = detector
  }

  static async open(): Promise<CeilingModel> {
    const definition = (await loadModelDefinitions(join(root, 'hardware-profiles/models'))).of(ceilingModel, 'detect')
    const file = join(root, 'models', `${ceilingModel}.onnx`)
    const bytes = await readFile(file)
    const detector = await FrameDetector.open(
      { detector: { definition, file, bytes } },
      { providers: ['cpu'], threads: 1 },
    )
    return new CeilingModel(definition, detector)
  }

  async find({ width, height, pixels }: Picture, slices: readonly Slice[] = []): Promise<Detection[]> {
    const picture = { format: 'rgb24', bytes: Buffer.from(pixels), widthPx: width, heightPx: height } as const
    return this.#detector.detect(await prepareFrame(picture, this.definition.input, false, slices))
  }
}

/** What cameras of any size give the model to look at: pictures of its width, and larger ones where it takes slices. */
export const detectorWidthPx = 320

export interface RenderedOptions {
  /** Where the cameras are: what decides which of them take slices. Without it none do. */
  place?: { cameras: readonly BenchCamera[]; layout: StoreLayout }
  /** What is told, of each picture, what was found and what was to be seen. */
  score?: DetectionScore
  sight?: PictureSight
}

export class RenderedDetector implements SceneDetector {
  readonly #seed: number
  readonly #model = CeilingModel.open()
  readonly #options: RenderedOptions
  #plan: SlicePlan | undefined
  readonly #cameras = new WeakMap<World, Map<string, WorldCamera>>()
  #frames = 0

  /** @param seed of what the store looks like */
  constructor(seed: number, options: RenderedOptions = {}) {
    this.#seed = seed
    this.#options = options
    // It is awaited, and what it throws told, at the first picture.
    this.#model.catch(() => {})
  }

  async detect(camera: BenchCamera, { atMs, world, people: inside }: Moment): Promise<DetectedFrame> {
    const { score, sight } = this.#options
    const slices = await this.#slicesOf(camera)
    const eye = this.#cameraOf(camera, world, slices.length > 0 ? closeness : 1)
    const isMeasured = score !== undefined || sight !== undefined
    const { picture, people } = isMeasured ? eye.pictureWithTruth() : { picture: eye.picture(), people: [] }
    const detections = await (await this.#model).find(picture, slices)
    const { width: widthPx, height: heightPx } = picture
    const model = new CameraModel(viewOf(camera), [widthPx, heightPx])
    score?.add(people, detections, model)
    sight?.addPicture(1 + slices.length)
    for (const person of people) {
      const isInside = inside.some(({ id }) => id === person.id)
      if (isInside) sight?.addPerson(this.#seed, atMs, person.id, isShown(person, model))
    }
    return { camera: camera.id, frameId: ++this.#frames, takenAtMs: atMs, widthPx, heightPx, detections }
  }

  async #slicesOf({ id, widthPx, heightPx }: BenchCamera): Promise<readonly Slice[]> {
    const { place } = this.#options
    if (!place) return []
    const { cameras, layout } = place
    const { input } = (await this.#model).definition
    this.#plan ??= new SlicePlan({ cameras: cameras.map(poseOf), layout, input })
    return this.#plan.slicesOf(id, { widthPx, heightPx })
  }

  #cameraOf(camera: BenchCamera, world: World, larger: number): WorldCamera {
    const ofWorld = this.#cameras.get(world) ?? new Map<string, WorldCamera>()
    this.#cameras.set(world, ofWorld)
    const known = ofWorld.get(camera.id)
    if (known) return known
    const view = { id: camera.id, ...viewOf(camera, larger) }
    const made = new WorldCamera(world, view, hash32(this.#seed, streamOf('look'), 0))
    ofWorld.set(camera.id, made)
    return made
  }
}

const poseOf = ({ id, positionM, lookAtM, widthPx, heightPx, focalPx }: BenchCamera) => ({
  ...{ id, positionM, lookAtM },
  lens: { pictureSizePx: [widthPx, heightPx] as [number, number], focalPx },
})

/** The camera with pictures as small as the model takes them, or larger. */
export function viewOf(camera: BenchCamera, larger = 1): CameraView {
  const { widthPx, heightPx } = camera
  const { positionM, lookAtM, lens } = poseOf(camera)
  const width = larger * detectorWidthPx
  return { positionM, lookAtM, lens, widthPx: width, heightPx: Math.round((width * heightPx) / widthPx) }
}
