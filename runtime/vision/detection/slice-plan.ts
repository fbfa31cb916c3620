/**
 * Where slices are worth their inference: where a camera sees people so far away that its model, which takes small
 * pictures, would miss them, and hardly another camera sees them better. From the cameras' poses and the fixtures.
 */
import type { Point3DM, PointM, StoreLayout } from '../../profile/layout.ts'
import { CameraModel, type CameraPose } from '../camera-model/camera-model.ts'
import type { PointPx } from '../detection.ts'
import type { ModelInput } from '../models/model-definition.ts'
import { sightPast } from '../tracking/shelf-cover.ts'
import type { SizePx } from './picture-decoder.ts'
import { fitPicture } from './picture-fit.ts'
import { closeness, type Slice } from './slices.ts'

export interface SlicePlanOptions {
  cameras: readonly (CameraPose & { id: string })[]
  layout: Pick<StoreLayout, 'fixtures' | 'floorM'>
  input: ModelInput
}

/**
 * Pixels of the input for a metre of somebody: with fewer a slice helps (half of the heads are missed there: measured),
 * and from so few on even a slice shows too little.
 */
const [wellSeenPxPerM, leastPxPerM] = [32, 8]
/** Two cameras that see somebody well are enough. */
const enoughCameras = 2
/** The inference of each slice costs as much as that of the whole. */
const mostSlices = 3
const leastGainM2 = 1
/** A frame of less than this many times the input's size has nothing more to show. */
const leastLarger = 1.5

const cellM = 0.5
const [headM, feetM] = [1.6, 0]
/** Where slices may begin: they overlap by half. */
const steps = [0, 1 / 4, 1 / 2]
const places: readonly Slice[] = steps.flatMap((y) => steps.map((x): Slice => [x, y]))

export class SlicePlan {
  readonly #options: SlicePlanOptions
  readonly #isSeen: (eyeM: Point3DM, pointM: Point3DM) => boolean
  readonly #known = new Map<string, readonly Slice[]>()

  constructor(options: SlicePlanOptions) {
    this.#options = options
    this.#isSeen = sightPast(options.layout.fixtures)
  }

  /** @param size of the camera's pictures */
  slicesOf(camera: string, { widthPx, heightPx }: SizePx): readonly Slice[] {
    const key = `${camera} ${widthPx} ${heightPx}`
    const known = this.#known.get(key)
    if (known) return known
    const slices = this.#plan(camera, { widthPx, heightPx })
    this.#known.set(key, slices)
    return slices
  }

  #plan(camera: string, size: SizePx): Slice[] {
    const { cameras, layout, input } = this.#options
    const fit = fitPicture(input, size)
    const pose = cameras.find(({ id }) => id === camera)
    if (!pose || !layout.floorM || size.widthPx < leastLarger * fit.widthPx) return []
    const model = (of: CameraPose) => new CameraModel(of, [fit.widthPx, fit.heightPx])
    const own = model(pose)
    // As if they gave pictures of this shape, too.
    const others = cameras.filter(({ id }) => id !== camera).map(model)
    const far = cellsOf(layout.floorM).filter((cell) => {
      const pxPerM = this.#pxPerM(own, cell)
      if (pxPerM < leastPxPerM || pxPerM >= wellSeenPxPerM) return false
      return others.filter((other) => this.#pxPerM(other, cell) >= wellSeenPxPerM).length < enoughCameras
    })
    return cover(far, own)
  }

  /** Of somebody who stands there; 0 where the head is not seen. */
  #pxPerM(model: CameraModel, [x, y]: PointM): number {
    const head: Point3DM = [x, y, headM]
    const px = model.project(head)
    return px && model.isInPicture(px) && this.#isSeen(model.positionM, head) ? model.pxPerM(head) : 0
  }
}

function cellsOf([widthM, depthM]: PointM): PointM[] {
  const middles = (lengthM: number) => Array.from({ length: Math.floor(lengthM / cellM) }, (_, i) => (i + 0.5) * cellM)
  return middles(depthM).flatMap((y) => middles(widthM).map((x): PointM => [x, y]))
}

/** The slice that shows most of what is left, again and again. */
function cover(cells: readonly PointM[], model: CameraModel): Slice[] {
  const slices: Slice[] = []
  let left = cells
  while (slices.length < mostSlices) {
    const shown = places.map((slice) => left.filter((cell) => shows(slice, cell, model)))
    const best = shown.reduce((most, some) => (some.length > most.length ? some : most), [])
    if (best.length * cellM * cellM < leastGainM2) break
    slices.push(places[shown.indexOf(best)] as Slice)
    left = left.filter((cell) => !best.includes(cell))
  }
  return slices
}

/** Whether all of somebody who stands there is in the slice, as far as in the picture. */
function shows(slice: Slice, [x, y]: PointM, model: CameraModel): boolean {
  const { widthPx, heightPx } = model
  const isWithin = ([px, py]: PointPx) => {
    const [across, down] = [Math.min(widthPx, px) / widthPx - slice[0], Math.min(heightPx, py) / heightPx - slice[1]]
    return across >= 0 && down >= 0 && across <= 1 / closeness && down <= 1 / closeness
  }
  return [headM, feetM].every((z) => {
    const px = model.project([x, y, z])
    return px !== null && isWithin(px)
  })
}
