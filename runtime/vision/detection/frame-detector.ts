/** Finds what is in prepared frames, with one model, and another that tells persons from each other where there is one. */
import type { BoxPx, Detection } from '../detection.ts'
import type { Detector, Embedder, ModelDefinition } from '../models/model-definition.ts'
import { type ModelRunOptions, type OpenModel, openModel } from '../models/open-model.ts'
import { cropPicture } from './crop.ts'
import { suppressLesser } from './families/candidates.ts'
import type { FamilyReader } from './families/family.ts'
import { readerOf } from './families/readers.ts'
import { InputWriter } from './input-writer.ts'
import type { Pixels } from './picture-decoder.ts'
import { boxInFrame, type PictureFit, pointInFrame } from './picture-fit.ts'
import type { PreparedFrame } from './prepare-frame.ts'
import { isCut, mergeLooks, originOf } from './slices.ts'

/** A model's bytes, as `readModel` gave them. */
export interface LoadedModel<D extends ModelDefinition> {
  definition: D
  file: string
  bytes: Uint8Array
}

export interface DetectionModels {
  detector: LoadedModel<Detector>
  embedder?: LoadedModel<Embedder>
}

/** Persons of a lesser score are followed by their place alone: what is half hidden looks like somebody else. */
const appearanceFromScore = 0.4
/** An inference each: the time for a frame stays bounded however full the store is. */
const mostAppearances = 12

export class FrameDetector {
  readonly #definition: Detector
  readonly #kinds: readonly (Detection['kind'] | undefined)[]
  readonly #reader: FamilyReader
  readonly #model: OpenModel
  readonly #writer: InputWriter
  readonly #embedder: PersonEmbedder | undefined

  private constructor(definition: Detector, model: OpenModel, embedder: PersonEmbedder | undefined) {
    this.#definition = definition
    this.#kinds = definition.classes.map((name) => kindOf(definition, name))
    this.#reader = readerOf(definition)
    this.#model = model
    this.#writer = new InputWriter(definition.input, model.input)
    this.#embedder = embedder
  }

  /** @throws AisleError as `openModel` does */
  static async open({ detector, embedder }: DetectionModels, options: ModelRunOptions): Promise<FrameDetector> {
    const model = await openModel(detector.definition, detector.bytes, detector.file, options)
    const persons = embedder && (await PersonEmbedder.open(embedder, options))
    return new FrameDetector(detector.definition, model, persons)
  }

  get provider() {
    return this.#model.provider
  }

  get notices() {
    return this.#model.notices
  }

  /** Holds up the thread, for as long as inference takes. */
  async detect({ fit, pixels, slices, whole }: PreparedFrame): Promise<Detection[]> {
    const looks = [await this.#look(pixels, fit)]
    if (slices) {
      for (const slice of slices.fits) {
        const found = await this.#look(slices.pixels, slice)
        looks.push(found.filter(({ boxPx }) => !isCut(boxPx, slice)))
      }
    }
    const detections = mergeLooks(looks)
    if (whole) await this.#embedder?.describe(detections, fit, whole)
    return detections
  }

  async #look(pixels: Pixels, fit: PictureFit): Promise<Detection[]> {
    this.#writer.write(pixels, fit, originOf(fit, pixels))
    const outputs = await this.#model.run()
    const { overlapAtMost, classes } = this.#definition
    const wanted = this.#reader.candidates(outputs).filter(({ classIndex }) => this.#kinds[classIndex] !== undefined)
    const detections: Detection[] = []
    for (const { leftPx, topPx, rightPx, bottomPx, score, classIndex, cell } of suppressLesser(wanted, overlapAtMost)) {
      const boxPx = boxInFrame(fit, leftPx, topPx, rightPx, bottomPx)
      const [kind, label] = [this.#kinds[classIndex], classes[classIndex]]
      if (!boxPx || kind === undefined || label === undefined) continue
      const detection: Detection = { kind, label, score: Math.min(1, score), boxPx }
      if (kind === 'person') Object.assign(detection, this.#body(outputs, cell, fit))
      detections.push(detection)
    }
    return detections
  }

  /** The keypoints that a model of poses has a name for. */
  #body(outputs: readonly Float32Array[], cell: number, fit: PictureFit): Pick<Detection, 'wrists' | 'head' | 'floor'> {
    const { output } = this.#definition
    const read = this.#reader.keypoint
    if (!read || output.family !== 'yolov8-pose') return {}
    const { wrists, head, floor } = output
    const keypoint = (index: number) => {
      const { xPx, yPx, score } = read(outputs, cell, index)
      return { atPx: pointInFrame(fit, xPx, yPx), score }
    }
    return {
      ...(wrists && { wrists: wrists.map(keypoint) }),
      ...(head !== undefined && { head: keypoint(head) }),
      ...(floor !== undefined && { floor: keypoint(floor) }),
    }
  }

  async close(): Promise<void> {
    await this.#model.close()
    await this.#embedder?.close()
  }
}

/** Gives each person of a frame the vector that it is compared by. */
class PersonEmbedder {
  readonly #definition: Embedder
  readonly #model: OpenModel
  readonly #writer: InputWriter

  private constructor(definition: Embedder, model: OpenModel) {
    this.#definition = definition
    this.#model = model
    this.#writer = new InputWriter(definition.input, model.input)
  }

  static async open({ definition, bytes, file }: LoadedModel<Embedder>, options: ModelRunOptions) {
    return new PersonEmbedder(definition, await openModel(definition, bytes, file, options))
  }

  async describe(detections: Detection[], { frame }: PictureFit, whole: Pixels): Promise<void> {
    const { widthPx, heightPx } = this.#definition.input
    const [across, down] = [whole.widthPx / frame.widthPx, whole.heightPx / frame.heightPx]
    const persons = detections.filter(({ kind, score }) => kind === 'person' && score >= appearanceFromScore)
    for (const person of persons.slice(0, mostAppearances)) {
      const [left, top, width, height] = person.boxPx
      const box: BoxPx = [left * across, top * down, width * across, height * down]
      this.#writer.write(cropPicture(whole, box, { widthPx, heightPx }), { leftPx: 0, topPx: 0, widthPx, heightPx })
      const [numbers] = await this.#model.run()
      const vector = numbers && unitVector(numbers)
      if (vector) person.appearance = vector
    }
  }

  close(): Promise<void> {
    return this.#model.close()
  }
}

function unitVector(numbers: Float32Array): Float32Array | undefined {
  const length = Math.hypot(...numbers)
  return length > 0 && Number.isFinite(length) ? numbers.map((number) => number / length) : undefined
}

const kindOf = ({ detects }: Detector, name: string): Detection['kind'] | undefined =>
  (['person', 'hand', 'object'] as const).find((kind) => detects[kind]?.includes(name))
