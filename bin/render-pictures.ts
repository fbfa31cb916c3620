/**
 * Pictures to train a detector on. `pictures.rgb`: one after the other, red, green and blue of each pixel, row by row;
 * `labels.jsonl`: for each picture a line with its camera and what is to be seen.
 */
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type RandomPictures, randomPictures } from '../runtime/twin/render/random-pictures.ts'

export interface RenderPicturesOptions extends RandomPictures {
  out: string
}

export async function renderPictures({ out, ...options }: RenderPicturesOptions): Promise<void> {
  await mkdir(out, { recursive: true })
  const pictures = await open(join(out, 'pictures.rgb'), 'w')
  const labels = await open(join(out, 'labels.jsonl'), 'w')
  for (const { view, picture, people } of randomPictures(options)) {
    await pictures.write(picture.pixels)
    await labels.write(`${JSON.stringify({ view, people })}\n`)
  }
  await pictures.close()
  await labels.close()
}
