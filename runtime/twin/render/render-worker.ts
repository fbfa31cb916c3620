/** Draws the pictures of a store's cameras, for `RenderThread`. */
import { parentPort, workerData } from 'node:worker_threads'
import type { CameraRenderer } from './camera-renderer.ts'
import type { Drawn, DrawRequest, RenderedStore } from './render-thread.ts'
import { storeRenderer } from './store-renderer.ts'

const { layout, views } = workerData as RenderedStore
const renderers = new Map<string, CameraRenderer>()

parentPort?.on('message', ({ request, camera, scene }: DrawRequest) => {
  const view = views.get(camera)
  if (!view) throw new RangeError(`no camera ${camera}`)
  const renderer = renderers.get(camera) ?? storeRenderer(layout, view)
  renderers.set(camera, renderer)
  const picture = renderer.render(scene)
  const drawn: Drawn = { request, picture }
  parentPort?.postMessage(drawn, [picture.pixels.buffer as ArrayBuffer])
})
