/** The platform's own model on pictures of the twin's cameras, through the platform's own detection. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import type { Picture } from '../../runtime/twin/render/canvas.ts'
import { WorldCamera } from '../../runtime/twin/render/world-camera.ts'
import { hash32, streamOf } from '../../runtime/twin/world/hash-noise.ts'
import type { World } from '../../runtime/twin/world/world.ts'
import { FrameDetector } from '../../runtime/vision/detection/frame-detector.ts'
import { fitPicture } from '../../runtime/vision/detection/picture-fit.ts'
import type { DetectedFrame, Detection } from '../../runtime/vision/detection.ts'
import type { Detector } from '../../runtime/vision/models/model-definition.ts'
import { loadModelDefinitions } from '../../runtime/vision/models/model-library.ts'
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

  /** @param frame the size in which the camera gives its pictures; `picture` is a smaller one of the same shape */
  find({ width, height, pixels }: Picture, frame = { widthPx: width, heightPx: height }): Promise<Detection[]> {
    const fit = fitPicture(this.definition.input, frame)
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
  readonly #cameras = new WeakMap<World, Map<string, WorldCamera>>()
  #frames = 0

  /** @param seed of what the store looks like */
  constructor(seed: number) {
    this.#seed = seed
    // It is awaited, and what it throws told, at the first picture.
    this.#model.catch(() => {})
  }

  async detect(camera: BenchCamera, { atMs, world }: Moment): Promise<DetectedFrame> {
    const { id, widthPx, heightPx } = camera
    const picture = this.#cameraOf(camera, world).picture()
    const detections = await (await this.#model).find(picture, { widthPx, heightPx })
    return { camera: id, frameId: ++this.#frames, takenAtMs: atMs, widthPx, heightPx, detections }
  }

  #cameraOf({ id, positionM, lookAtM, focalPx, widthPx, heightPx }: BenchCamera, world: World): WorldCamera {
    const ofWorld = this.#cameras.get(world) ?? new Map<string, WorldCamera>()
    this.#cameras.set(world, ofWorld)
    const known = ofWorld.get(id)
    if (known) return known
    const lens = { pictureSizePx: [widthPx, heightPx] as [number, number], focalPx }
    const size = { widthPx: detectorWidthPx, heightPx: Math.round((detectorWidthPx * heightPx) / widthPx) }
    const look = hash32(this.#seed, streamOf('look'), 0)
    const made = new WorldCamera(world, { id, positionM, lookAtM, lens, ...size }, look)
    ofWorld.set(id, made)
    return made
  }
}
