/** One camera of the twin's store. */
import type { CameraPlace } from '../../profile/layout.ts'
import { streamOf } from '../world/hash-noise.ts'
import type { World } from '../world/world.ts'
import { CameraRenderer } from './camera-renderer.ts'
import type { Picture } from './canvas.ts'
import { groundTruth, type PersonTruth } from './ground-truth.ts'
import { anyLook } from './look.ts'
import type { CameraView } from './pinhole.ts'
import { worldScene } from './world-scene.ts'

/** The least height of a ceiling, and how far above its cameras it is. */
const leastCeilingM = 2.6
const aboveCamerasM = 0.1

export class WorldCamera {
  readonly #world: World
  readonly #id: string
  readonly #renderer: CameraRenderer

  /** @param lookSeed another one gives the store other surfaces, lamps and camera electronics */
  constructor(
    world: World,
    { id, ...view }: Pick<CameraPlace, 'id'> & CameraView,
    lookSeed: number = streamOf(world.layout.storeId),
  ) {
    this.#world = world
    this.#id = id
    const ceilingM = Math.max(
      leastCeilingM,
      ...[view, ...world.layout.cameras].map(({ positionM }) => positionM[2] + aboveCamerasM),
    )
    this.#renderer = new CameraRenderer(world.layout, anyLook(lookSeed, world.plan.sizeM, ceilingM), view)
  }

  /** What it shows at the world's present moment. */
  picture(): Picture {
    return this.#renderer.render(worldScene(this.#world, this.#id))
  }

  /** The same, with who and what is to be seen in it. */
  pictureWithTruth(): { picture: Picture; people: PersonTruth[] } {
    const scene = worldScene(this.#world, this.#id)
    const picture = this.#renderer.render(scene)
    return { picture, people: groundTruth(this.#renderer.canvas, this.#renderer.camera, scene.figures) }
  }
}
