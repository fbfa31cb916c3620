/** One camera in a world, drawn where it is called: for measurements and tests. The twin draws in a thread. */
import type { World } from '../world/world.ts'
import type { CameraRenderer } from './camera-renderer.ts'
import type { Picture } from './canvas.ts'
import { groundTruth, type PersonTruth } from './ground-truth.ts'
import type { CameraView } from './pinhole.ts'
import { storeRenderer } from './store-renderer.ts'
import { worldScene } from './world-scene.ts'

export class WorldCamera {
  readonly #world: World
  readonly #id: string
  readonly #renderer: CameraRenderer

  /** @param lookSeed as of `storeRenderer` */
  constructor(world: World, { id, ...view }: { id: string } & CameraView, lookSeed?: number) {
    this.#world = world
    this.#id = id
    this.#renderer = storeRenderer(world.layout, view, lookSeed)
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
