/** The platform's own model on pictures of the twin's cameras, through the platform's own detection. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import type { Picture } from '../../runtime/twin/render/canvas.ts'
import type { CameraView } from '../../runtime/twin/render/pinhole.ts'
import { WorldCamera } from '../../runtime/twin/render/world-camera.ts'
import { hash32, streamOf } from '../../runtime/twin/world/hash-noise.ts'
import type { World } from '../../runtime/twin/world/world.ts'
import { CameraModel } from '../../runtime/vision/camera-model/camera-model.ts'
import { FrameDetector } from '../../runtime/vision/detection/frame-detector.ts'
import { fitPicture } from '../../runtime/vision/detection/picture-fit.ts'
import type { DetectedFrame, Detection } from '../../runtime/vision/detection.ts'
import type { Detector } from '../../runtime/vision/models/model-definition.ts'
import { loadModelDefinitions } from '../../runtime/vision/models/model-library.ts'
import type { DetectionScore } from './detection-score.ts'
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

  /** @param picture of a size that the model takes as it is */
  find({ width, height, pixels }: Picture): Promise<Detection[]> {
    const fit = fitPicture(this.definition.input, { widthPx: width, heightPx: height })
    if (fit.widthPx !== width || fit.heightPx !== height) {
      throw new RangeError(`a picture of ${width} × ${height} for an input of ${fit.widthPx} × ${fit.heightPx}`)
    }
    const bytes = new Uint8Array(pixels)
    return this.#detector.detect({ fit, pixels: { widthPx: width, heightPx: height, bytes } })
  }
}

/** What cameras of any size give the model to look at: pictures of its width. */
export const detectorWidthPx = 320

export class RenderedDetector implements SceneDetector {
  readonly #seed: number
  readonly #model = CeilingModel.open()
  readonly #score: DetectionScore | undefined
  readonly #cameras = new WeakMap<World, Map<string, WorldCamera>>()
  #frames = 0

  /**
   * @param seed of what the store looks like
   * @param score is told what was found, and what was to be seen
   */
  constructor(seed: number, score?: DetectionScore) {
    this.#seed = seed
    this.#score = score
    // It is awaited, and what it throws told, at the first picture.
    this.#model.catch(() => {})
  }

  async detect(camera: BenchCamera, { atMs, world }: Moment): Promise<DetectedFrame> {
    const eye = this.#cameraOf(camera, world)
    const { picture, people } = this.#score ? eye.pictureWithTruth() : { picture: eye.picture(), people: [] }
    const detections = await (await this.#model).find(picture)
    const { width: widthPx, height: heightPx } = picture
    this.#score?.add(people, detections, new CameraModel(viewOf(camera), [widthPx, heightPx]))
    return { camera: camera.id, frameId: ++this.#frames, takenAtMs: atMs, widthPx, heightPx, detections }
  }

  #cameraOf(camera: BenchCamera, world: World): WorldCamera {
    const ofWorld = this.#cameras.get(world) ?? new Map<string, WorldCamera>()
    this.#cameras.set(world, ofWorld)
    const known = ofWorld.get(camera.id)
    if (known) return known
    const made = new WorldCamera(world, { id: camera.id, ...viewOf(camera) }, hash32(this.#seed, streamOf('look'), 0))
    ofWorld.set(camera.id, made)
    return made
  }
}

/** The camera with pictures as small as the model takes them. */
export function viewOf({ positionM, lookAtM, focalPx, widthPx, heightPx }: BenchCamera): CameraView {
  return {
    ...{ positionM, lookAtM, lens: { pictureSizePx: [widthPx, heightPx], focalPx }, widthPx: detectorWidthPx },
    heightPx: Math.round((detectorWidthPx * heightPx) / widthPx),
  }
}
