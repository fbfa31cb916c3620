/** From light to the bytes that a camera gives: exposure, darker corners, and the noise of a living sensor. */
import { gaussian, seededRandom } from '../../contract/random.ts'
import { hash32 } from '../world/hash-noise.ts'
import type { Canvas, Picture } from './canvas.ts'
import type { SensorLook } from './look.ts'

/** Noise is drawn once; each row of each picture begins somewhere else in it. */
const noiseLength = 1 << 16
const noiseUnit = 16
const noise = drawNoise()

function drawNoise(): Int16Array {
  const random = seededRandom(0x5e45)
  return Int16Array.from({ length: noiseLength }, () => Math.round(gaussian(random) * noiseUnit))
}

export class Sensor {
  readonly #look: SensorLook
  readonly #vignette: Float32Array

  constructor(look: SensorLook, { widthPx, heightPx }: Pick<Canvas, 'widthPx' | 'heightPx'>) {
    this.#look = look
    const farthest = (widthPx * widthPx + heightPx * heightPx) / 4
    this.#vignette = Float32Array.from({ length: widthPx * heightPx }, (_, i) => {
      const [x, y] = [(i % widthPx) + 0.5 - widthPx / 2, Math.floor(i / widthPx) + 0.5 - heightPx / 2]
      return 1 - (look.vignette * (x * x + y * y)) / farthest
    })
  }

  /** @param exposure a number of its own for each picture: the same gives the same noise */
  expose(canvas: Canvas, exposure: number): Picture {
    const { widthPx: width, heightPx: height, colour } = canvas
    const { gain, noiseSteps } = this.#look
    const [red, green, blue] = gain
    const amount = noiseSteps / noiseUnit
    const pixels = new Uint8ClampedArray(colour.length)
    for (let row = 0; row < height; row++) {
      let n = hash32(exposure, 77, row) % noiseLength
      for (let at = row * width; at < (row + 1) * width; at++) {
        const share = this.#vignette[at] as number
        const c = at * 3
        pixels[c] = (colour[c] as number) * share * red + (noise[n] as number) * amount
        pixels[c + 1] = (colour[c + 1] as number) * share * green + (noise[(n + 1) & 0xffff] as number) * amount
        pixels[c + 2] = (colour[c + 2] as number) * share * blue + (noise[(n + 2) & 0xffff] as number) * amount
        n = (n + 3) & 0xffff
      }
    }
    return { width, height, pixels: new Uint8Array(pixels.buffer) }
  }
}
