/**
 * Pictures to train and to judge a detector on: stores, cameras, lamps and people at random, all from one seed.
 * `pictures.rgb`: one after the other, red, green and blue of each pixel, row by row; `labels.jsonl`: one line each.
 */
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { CameraRenderer } from '../runtime/twin/render/camera-renderer.ts'
import { groundTruth } from '../runtime/twin/render/ground-truth.ts'
import { anyLook } from '../runtime/twin/render/look.ts'
import { randomLayout, randomScene, randomView } from '../runtime/twin/render/random-scene.ts'
import { hash32 } from '../runtime/twin/world/hash-noise.ts'

export interface RenderPicturesOptions {
  out: string
  count: number
  seed: number
  widthPx: number
  heightPx: number
}

/** Drawing a room takes longer than drawing people in it. */
const picturesPerRoom = 6

export async function renderPictures({ out, count, seed, widthPx, heightPx }: RenderPicturesOptions): Promise<void> {
  await mkdir(out, { recursive: true })
  const pictures = await open(join(out, 'pictures.rgb'), 'w')
  const labels = await open(join(out, 'labels.jsonl'), 'w')
  for (let room = 0; room * picturesPerRoom < count; room++) {
    const roomSeed = hash32(seed, 1, room)
    const layout = randomLayout(roomSeed)
    const floorM = layout.floorM ?? [8, 6]
    const view = randomView(roomSeed, floorM, widthPx, heightPx)
    const renderer = new CameraRenderer(layout, anyLook(roomSeed, floorM, view.positionM[2] + 0.1), view)
    const { stock } = randomScene(roomSeed, layout, view)
    for (let i = 0; i < picturesPerRoom && room * picturesPerRoom + i < count; i++) {
      const scene = { ...randomScene(hash32(roomSeed, 2, i), layout, view), stock }
      const { pixels } = renderer.render(scene)
      await pictures.write(pixels)
      const people = groundTruth(renderer.canvas, renderer.camera, scene.figures)
      await labels.write(`${JSON.stringify({ view, people })}\n`)
    }
  }
  await pictures.close()
  await labels.close()
}
