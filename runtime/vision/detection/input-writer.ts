/** Writes pixels as the numbers that a model takes. */
import type { ModelInput } from '../models/model-definition.ts'
import type { InputNumbers } from '../models/open-model.ts'
import type { Pixels } from './picture-decoder.ts'

type Place = { leftPx: number; topPx: number; widthPx: number; heightPx: number }

export class InputWriter {
  readonly #input: ModelInput
  readonly #target: InputNumbers
  /** For red, green and blue: what each of the 256 values becomes, and where it lies in the target. */
  readonly #values: readonly [Float32Array, Float32Array, Float32Array]
  readonly #offsets: readonly [number, number, number]
  #padded = ''

  /** @param target of the model's input, written to at each {@link write} */
  constructor(input: ModelInput, target: InputNumbers) {
    this.#input = input
    this.#target = target
    const plane = input.layout === 'nchw' ? input.widthPx * input.heightPx : 1
    const channelOf = input.channels === 'rgb' ? [0, 1, 2] : [2, 1, 0]
    const table = (channel: number) => {
      const [mean, deviation] = [input.normalise?.mean[channel] ?? 0, input.normalise?.deviation[channel] ?? 1]
      return Float32Array.from({ length: 256 }, (_, value) => (value - mean) / deviation)
    }
    this.#values = channelOf.map(table) as [Float32Array, Float32Array, Float32Array]
    this.#offsets = channelOf.map((channel) => channel * plane) as [number, number, number]
  }

  /** @param from where in the pixels the part begins that is written; it is as large as `place` */
  write({ bytes, widthPx: lineWidthPx }: Pixels, place: Place, [fromX, fromY] = [0, 0]): void {
    this.#pad(place)
    const { layout, widthPx: rowPx } = this.#input
    const [target, step] = [this.#target, layout === 'nchw' ? 1 : 3]
    const [reds, greens, blues] = this.#values
    const [red, green, blue] = this.#offsets
    for (let y = 0; y < place.heightPx; y++) {
      let from = ((fromY + y) * lineWidthPx + fromX) * 3
      let to = ((place.topPx + y) * rowPx + place.leftPx) * step
      for (let x = 0; x < place.widthPx; x++, from += 3, to += step) {
        target[red + to] = reds[bytes[from] as number] as number
        target[green + to] = greens[bytes[from + 1] as number] as number
        target[blue + to] = blues[bytes[from + 2] as number] as number
      }
    }
  }

  /** What surrounds the picture stays from frame to frame, until the picture's shape changes. */
  #pad({ leftPx, topPx, widthPx, heightPx }: Place): void {
    const place = [leftPx, topPx, widthPx, heightPx].join()
    if (place === this.#padded) return
    this.#padded = place
    const { layout, padding, widthPx: inputWidthPx, heightPx: inputHeightPx } = this.#input
    const step = layout === 'nchw' ? 1 : 3
    for (const [i, values] of this.#values.entries()) {
      const [offset, value] = [this.#offsets[i] as number, values[padding] as number]
      if (step === 1) this.#target.fill(value, offset, offset + inputWidthPx * inputHeightPx)
      else for (let to = offset; to < this.#target.length; to += step) this.#target[to] = value
    }
  }
}
