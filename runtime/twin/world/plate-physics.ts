/** What a load cell under a plate feels, and what its transmitter shows of it. */
import type { Plate } from '../../profile/layout.ts'
import { hashUniform, streamOf } from './hash-noise.ts'
import { endOf, type LoadAction, movedShare, pushG, ringsFromMs } from './load-action.ts'
import { conversionHz, type NoiseLines, SensorNoise } from './sensor-noise.ts'
import type { ShelfShaking } from './shelf-shaking.ts'
import { SlowChange } from './slow-change.ts'

/** A plate's own oscillation after its load has moved (real: some 8 cycles a second, gone in 0.3 s). */
const ringHz: [number, number] = [6, 11]
const ringDecayMs: [number, number] = [90, 200]
/** How long that is felt, and how long actions are kept for readers who ask in arrears. */
const ringMs = 1500
const arrearsMs = 2 * ringMs

export interface PlateSurroundings {
  seed: number
  lines: NoiseLines
  shaking: ShelfShaking
  /** No noise, drift or shaking: for tests of the transients themselves. */
  quiet: boolean
}

export class PlatePhysics {
  readonly #noise: SensorNoise | undefined
  readonly #slow: SlowChange
  readonly #shaking: ShelfShaking
  readonly #gains: Float64Array
  readonly #ringRadPerMs: number
  readonly #ringDecayMs: number
  #restingG = 0
  #actions: LoadAction[] = []

  constructor(plate: Plate, { seed, lines, shaking, quiet }: PlateSurroundings) {
    const stream = streamOf(plate.id)
    const draw = (index: number, [low, high]: readonly [number, number]) =>
      low + (high - low) * hashUniform(seed, stream, -index)
    this.#noise = quiet ? undefined : new SensorNoise(seed, stream, lines)
    this.#slow = new SlowChange(seed, stream, plate.ratingG, quiet)
    this.#shaking = shaking
    this.#gains = shaking.gainsOf(plate)
    this.#ringRadPerMs = (2 * Math.PI * draw(3, ringHz)) / 1000
    this.#ringDecayMs = draw(4, ringDecayMs)
  }

  /** Puts weight on at once, as before opening time. */
  load(grams: number): void {
    this.#restingG += grams
  }

  act(action: LoadAction): void {
    const isOver = (old: LoadAction) => endOf(old) + arrearsMs < action.startMs
    for (const old of this.#actions) {
      if (old.kind !== 'move' || !isOver(old)) continue
      this.#restingG += old.deltaG
      this.#slow.changed(old.deltaG, endOf(old))
    }
    this.#actions = this.#actions.filter((old) => !isOver(old))
    this.#actions.push(action)
  }

  /** Everything that has been put on and taken off, as it will be when all is at rest; without the zero. */
  get settledG(): number {
    return this.#actions.reduce((sum, action) => sum + (action.kind === 'move' ? action.deltaG : 0), this.#restingG)
  }

  /** What the transmitter shows at `atMs`. */
  gramsAt(atMs: number): number {
    const conversion = Math.floor((atMs * conversionHz) / 1000)
    const timeMs = (conversion * 1000) / conversionHz
    let grams = this.#restingG + this.#slow.gramsAt(timeMs)
    for (const action of this.#actions) grams += this.#actionG(action, timeMs)
    const swing = this.#shaking.swingAt(conversion)
    if (swing) for (let i = 0; i < swing.length; i++) grams += (this.#gains[i] as number) * (swing[i] as number)
    return this.#noise ? grams + this.#noise.gramsAt(conversion) : grams
  }

  #actionG(action: LoadAction, timeMs: number): number {
    if (timeMs <= action.startMs) return 0
    const grams = pushG(action, timeMs)
    if (action.kind === 'press') return grams
    const comingG = action.deltaG - this.#slow.lackingG(action.deltaG, timeMs - endOf(action))
    return grams + comingG * movedShare(action, timeMs) + this.#ringG(action.ringG, timeMs - ringsFromMs(action))
  }

  #ringG(amplitudeG: number, sinceMs: number): number {
    if (sinceMs <= 0 || sinceMs > ringMs) return 0
    return amplitudeG * Math.exp(-sinceMs / this.#ringDecayMs) * Math.sin(this.#ringRadPerMs * sinceMs)
  }
}
