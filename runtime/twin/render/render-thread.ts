/** Draws in a thread of its own: while a picture is made, weighing units and gates go on answering. */
import { Worker } from 'node:worker_threads'
import type { StoreLayout } from '../../profile/layout.ts'
import type { Scene } from './camera-renderer.ts'
import type { Picture } from './canvas.ts'
import type { CameraView } from './pinhole.ts'

export interface RenderedStore {
  layout: StoreLayout
  views: ReadonlyMap<string, CameraView>
}

export interface DrawRequest {
  request: number
  camera: string
  scene: Scene
}

export interface Drawn {
  request: number
  picture: Picture
}

export class RenderThread {
  readonly #store: RenderedStore
  readonly #waiting = new Map<number, PromiseWithResolvers<Picture>>()
  #worker: Worker | undefined
  #requests = 0

  constructor(store: RenderedStore) {
    this.#store = store
  }

  /** The thread starts with the first picture: most runs of the twin are looked at by nobody. */
  draw(camera: string, scene: Scene): Promise<Picture> {
    this.#worker ??= this.#start()
    const request = ++this.#requests
    const drawn = Promise.withResolvers<Picture>()
    this.#waiting.set(request, drawn)
    const message: DrawRequest = { request, camera, scene }
    this.#worker.postMessage(message)
    return drawn.promise
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./render-worker.ts', import.meta.url), { workerData: this.#store })
    // It keeps no program alive: whoever waits for a picture does.
    worker.unref()
    worker.on('message', ({ request, picture }: Drawn) => {
      this.#waiting.get(request)?.resolve(picture)
      this.#waiting.delete(request)
    })
    let reason: unknown = new Error('the thread that draws has ended')
    worker.on('error', (error) => {
      reason = error
    })
    worker.on('exit', () => {
      this.#worker = undefined
      for (const { reject } of this.#waiting.values()) reject(reason)
      this.#waiting.clear()
    })
    return worker
  }
}
