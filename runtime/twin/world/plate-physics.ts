/** What a load cell under a plate feels, and what its transmitter shows of it. */
import type { Plate } from '../../profile/layout.ts'
import { conversionHz } from './conversions.ts'
import { hashUniform, streamOf } from './hash-noise.ts'
import { endOf, type LoadAction, movedShare, pushG, ringsFromMs } from './load-action.ts'
import { type NoiseLines, SensorNoise } from './sensor-noise.ts'
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
  #settlesAtMs = Number.POSITIVE_INFINITY

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
    if (action.startMs > this.#settlesAtMs) this.#settle(action.startMs)
    this.#actions.push(action)
    this.#settlesAtMs = Math.min(this.#settlesAtMs, endOf(action) + arrearsMs)
  }

  /** Counts what is long over by `timeMs` in the resting load, so that nobody reckons it again and again. */
  #settle(timeMs: number): void {
    const isOver = (action: LoadAction) => endOf(action) + arrearsMs < timeMs
    for (const action of this.#actions) {
      if (action.kind !== 'move' || action.deltaG === 0 || !isOver(action)) continue
      this.#restingG += action.deltaG
      this.#slow.changed(action.deltaG, endOf(action))
    }
    this.#actions = this.#actions.filter((action) => !isOver(action))
    this.#settlesAtMs = this.#actions.reduce(
      (earliest, action) => Math.min(earliest, endOf(action) + arrearsMs),
      Number.POSITIVE_INFINITY,
    )
  }

  /** Everything that has been put on and taken off, as it will be when all is at rest; without the zero. */
  get settledG(): number {
    return this.#actions.reduce((sum, action) => sum + (action.kind === 'move' ? action.deltaG : 0), this.#restingG)
  }

  /** What the transmitter shows at `atMs`. */
  gramsAt(atMs: number): number {
    const conversion = Math.floor((atMs * conversionHz) / 1000)
    const timeMs = (conversion * 1000) / conversionHz
    if (timeMs > this.#settlesAtMs) this.#settle(timeMs)
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
    const ringG = this.#ringG(action.ringG, timeMs - ringsFromMs(action))
    if (action.deltaG === 0) return grams + ringG
    const comingG = action.deltaG - this.#slow.lackingG(action.deltaG, timeMs - endOf(action))
    return grams + ringG + comingG * movedShare(action, timeMs)
  }

  #ringG(amplitudeG: number, sinceMs: number): number {
    if (sinceMs <= 0 || sinceMs > ringMs) return 0
    return amplitudeG * Math.exp(-sinceMs / this.#ringDecayMs) * Math.sin(this.#ringRadPerMs * sinceMs)
  }
}
