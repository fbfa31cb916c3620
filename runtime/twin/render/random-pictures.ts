/** Pictures of random stores with what is to be seen in them, all from one seed. */
import { hash32 } from '../world/hash-noise.ts'
import { CameraRenderer } from './camera-renderer.ts'
import type { Picture } from './canvas.ts'
import { groundTruth, type PersonTruth } from './ground-truth.ts'
import { anyLook } from './look.ts'
import type { CameraView } from './pinhole.ts'
import { randomLayout, randomScene, randomView } from './random-scene.ts'

export interface RandomPictures {
  count: number
  seed: number
  widthPx: number
  heightPx: number
}

export interface LabelledPicture {
  view: CameraView
  picture: Picture
  people: PersonTruth[]
}

/** Drawing a room takes longer than drawing people in it. */
const picturesPerRoom = 6
const aboveCameraM = 0.1

export function* randomPictures({ count, seed, widthPx, heightPx }: RandomPictures): Generator<LabelledPicture> {
  for (let room = 0; room * picturesPerRoom < count; room++) {
    const roomSeed = hash32(seed, 1, room)
    const layout = randomLayout(roomSeed)
    const floorM = layout.floorM ?? [8, 6]
    const view = randomView(roomSeed, floorM, widthPx, heightPx)
    const renderer = new CameraRenderer(layout, anyLook(roomSeed, floorM, view.positionM[2] + aboveCameraM), view)
    const { stock } = randomScene(roomSeed, layout, view)
    for (let i = 0; i < picturesPerRoom && room * picturesPerRoom + i < count; i++) {
      const scene = { ...randomScene(hash32(roomSeed, 2, i), layout, view), stock }
      const picture = renderer.render(scene)
      yield { view, picture, people: groundTruth(renderer.canvas, renderer.camera, scene.figures) }
    }
  }
}
