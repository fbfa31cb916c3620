/** A camera as the tracker uses it: its geometry for the pictures that it gives, and what fixtures hide from it. */
import type { Fixture, PointM } from '../../profile/layout.ts'
import { CameraModel, type CameraPose } from '../camera-model/camera-model.ts'
import type { Detection } from '../detection.ts'
import { Background } from './background.ts'
import { ShelfCover } from './shelf-cover.ts'

/** A body whose middle is farther outside of the picture than this share of it has no part in it. */
const marginShare = 0.6
const middleM = 0.9

/** By what a detector measures people: the edges of a box, or points of the body. */
export type MarkKind = 'edges' | 'points'

export class CameraView {
  readonly id: string
  /** What it takes for people and for hands, and is neither. */
  readonly background = new Background()
  readonly stillHands = new Background()
  /** What its detector measures people by. */
  kind: MarkKind = 'edges'
  readonly #pose: CameraPose
  readonly #cover: ShelfCover
  #model: CameraModel | undefined

  constructor(camera: CameraPose & { id: string }, fixtures: readonly Fixture[], floorM: PointM) {
    this.id = camera.id
    this.#pose = camera
    this.#cover = new ShelfCover(camera.positionM, fixtures, floorM)
  }

  /** To be called with each frame: a camera may change the size of its pictures. */
  showing(widthPx: number, heightPx: number, detections: readonly Detection[]): void {
    const somebody = detections.find(({ kind }) => kind === 'person')
    if (somebody) this.kind = somebody.head ? 'points' : 'edges'
    if (this.#model?.widthPx === widthPx && this.#model.heightPx === heightPx) return
    this.#model = new CameraModel(this.#pose, [widthPx, heightPx])
  }

  get model(): CameraModel {
    if (!this.#model) throw new RangeError(`camera ${this.id} has not shown a picture yet`)
    return this.#model
  }

  visibleFromM(x: number, y: number): number {
    return this.#cover.visibleFromM(x, y)
  }

  /** Whether somebody there may be in the picture: cheap, and never wrongly no. */
  mayShow(x: number, y: number): boolean {
    const { widthPx, heightPx } = this.model
    const px = this.model.project([x, y, middleM])
    if (!px) return false
    const isWithin = (value: number, most: number) => value > -marginShare * most && value < (1 + marginShare) * most
    return isWithin(px[0], widthPx) && isWithin(px[1], heightPx)
  }
}
