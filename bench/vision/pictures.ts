/** Pictures as a store's camera gives them: 1280 × 720, JPEG, with texture and noise in them. */
import sharp from 'sharp'
import { gaussian, seededRandom } from '../../runtime/contract/random.ts'
import type { Picture } from '../../runtime/vision/detection/picture-decoder.ts'

const [widthPx, heightPx] = [1280, 720]

export function cameraPictures(count: number): Promise<Picture[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => cameraPicture(i + 1)))
}

async function cameraPicture(seed: number): Promise<Picture> {
  const random = seededRandom(seed)
  const noise = Float32Array.from({ length: 4096 }, () => 6 * gaussian(random))
  const bytes = Buffer.alloc(3 * widthPx * heightPx)
  let at = 0
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const tile = ((x >> 5) ^ ((y >> 4) + seed)) & 7
      const grain = noise[(x * 7 + y * 1291 + seed * 31) & 4095] as number
      for (const [base, step] of [
        [60, 18],
        [80, 12],
        [70, 9],
      ] as const) {
        bytes[at++] = Math.max(0, Math.min(255, base + step * tile + grain + 20 * Math.sin(x / 90 + seed)))
      }
    }
  }
  const raw = { width: widthPx, height: heightPx, channels: 3 } as const
  return { format: 'jpeg', bytes: await sharp(bytes, { raw }).jpeg({ quality: 80 }).toBuffer(), widthPx, heightPx }
}
