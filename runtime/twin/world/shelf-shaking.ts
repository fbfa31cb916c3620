/**
 * How footsteps and knocks swing a whole shelf. A gondola is a loose frame: its shelves answer a kick with damped
 * oscillations (modes), each plate with a share and a sign of its own. (real): the public recording AutoCheckout
 * BENCHMARK-1, where one person walks past four gondolas.
 */
import type { Plate } from '../../profile/layout.ts'
import { conversionHz, RecentConversions } from './conversions.ts'
import { hashGaussian, hashUniform, streamOf } from './hash-noise.ts'

/**
 * Modes of a shelf: frequency bands (real: the spectra of shaken shelves peak at 7-10, 12-13 and 16-22 Hz, another
 * place on each shelf), decay times (assumption, as the peaks are 1 to 3 Hz wide) and what a step gives each.
 */
const modes: readonly { hz: [number, number]; decayMs: [number, number]; share: number }[] = [
  { hz: [6.5, 8.5], decayMs: [120, 260], share: 1 },
  { hz: [8.5, 10.5], decayMs: [120, 260], share: 1 },
  { hz: [12, 13.5], decayMs: [90, 200], share: 0.8 },
  { hz: [16, 18], decayMs: [80, 180], share: 0.9 },
  { hz: [19, 22.5], decayMs: [80, 180], share: 0.8 },
]
/**
 * A frame rocks about its foot and bends (real: on the gondola that shakes the most 1 g at 0.3 m, 4 g at 0.8 m, 11 g
 * at 1.5 m); this height counts as 1.
 */
const referenceHeightM = 1.2
const heightPower = 1.5
/** Shelves differ, for they hang loosely in their slots (real: the lower two of another gondola shake the most). */
const shelfSpread = 0.5
/** Plates differ, too; what they have in common with their shelf (real: neighbours correlate by 0.3, at times by 0.7). */
const plateSpread = 0.35
const commonShare = 0.35
/** No plate follows more than this (real: the worst one swings by twice as much as the median of its shelf). */
const largestGain = 2.5
/** Kicks older than this no longer matter: the slowest mode has decayed to 1 %. */
const lifetimeMs = 1300

interface Kick {
  atMs: number
  /** Amplitude of each mode, in grams on a plate of gain 1. */
  amplitudesG: Float64Array
}

/** One shelf of one fixture. */
export class ShelfShaking {
  readonly #seed: number
  readonly #stream: number
  readonly #radPerMs: Float64Array
  readonly #decayMs: Float64Array
  readonly #gain: number
  #kicks: Kick[] = []
  #untilMs = Number.NEGATIVE_INFINITY
  readonly #swings = new RecentConversions(modes.length, (conversion, swing) => this.#reckon(conversion, swing))

  constructor(seed: number, fixture: string, shelf: number) {
    this.#seed = seed
    this.#stream = streamOf(`${fixture}/${shelf}`)
    const draw = (index: number, [low, high]: readonly [number, number]) =>
      low + (high - low) * hashUniform(seed, this.#stream, index)
    this.#radPerMs = Float64Array.from(modes, ({ hz }, i) => (2 * Math.PI * draw(10 + i, hz)) / 1000)
    this.#decayMs = Float64Array.from(modes, ({ decayMs }, i) => draw(20 + i, decayMs))
    this.#gain = Math.exp(shelfSpread * hashGaussian(seed, this.#stream, 30))
  }

  /** How strongly each mode swings a plate, with sign. */
  gainsOf(plate: Plate): Float64Array {
    const stream = streamOf(plate.id)
    const size = this.#gain * (plate.positionM[2] / referenceHeightM) ** heightPower
    const own = Math.exp(plateSpread * hashGaussian(this.#seed, stream, -5))
    return Float64Array.from(modes, (_, i) => {
      const common = hashGaussian(this.#seed, this.#stream, 40 + i)
      const apart = hashGaussian(this.#seed, stream, -60 - i)
      const gain = size * own * (Math.sqrt(commonShare) * common + Math.sqrt(1 - commonShare) * apart)
      return Math.max(-largestGain, Math.min(largestGain, gain))
    })
  }

  /**
   * Something hits the fixture.
   *
   * @param strength of each mode, with its sign
   */
  kick(atMs: number, amplitudeG: number, strength: readonly number[]): void {
    const amplitudesG = Float64Array.from(modes, ({ share }, i) => amplitudeG * share * (strength[i] ?? 0))
    // Samples are asked for in arrears, so a kick is kept for as long again as it lasts.
    this.#kicks = this.#kicks.filter((kick) => kick.atMs > atMs - 2 * lifetimeMs)
    this.#kicks.push({ atMs, amplitudesG })
    this.#untilMs = atMs + lifetimeMs
    this.#swings.clear()
  }

  /** What each mode does at a conversion; undefined: all is still. */
  swingAt(conversion: number): Float64Array | undefined {
    return (conversion * 1000) / conversionHz > this.#untilMs ? undefined : this.#swings.at(conversion)
  }

  #reckon(conversion: number, swing: Float64Array): void {
    const timeMs = (conversion * 1000) / conversionHz
    swing.fill(0)
    for (const { atMs, amplitudesG } of this.#kicks) {
      const sinceMs = timeMs - atMs
      if (sinceMs <= 0 || sinceMs > lifetimeMs) continue
      for (let i = 0; i < swing.length; i++) {
        const decay = Math.exp(-sinceMs / (this.#decayMs[i] as number))
        const turn = Math.sin((this.#radPerMs[i] as number) * sinceMs)
        swing[i] = (swing[i] as number) + (amplitudesG[i] as number) * decay * turn
      }
    }
  }
}

/** How many modes a kick has. */
export const modeCount = modes.length
