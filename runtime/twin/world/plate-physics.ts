/**
 * What a load cell under a plate feels. Figures marked (real) were read off the one public recording of a
 * working store with weighed shelves (AutoCheckout BENCHMARK-1: 278 plates at 60 Hz, a bottle of 622 g taken);
 * what the recording cannot tell is marked (chosen) with its reason.
 */
import { hashGaussian, hashUniform, streamOf } from './hash-noise.ts'

/** The transmitter's conversion rate (real): between two conversions a reader gets the same value again. */
const conversionHz = 60
/** Standard deviation of a plate at rest over 2 s (real): median 0.61 g, 90th percentile 2.4 g, at most 6.3 g. */
const noiseMedianG = 0.61
const noiseLogSd = Math.log(2.4 / 0.61) / 1.2816
const noiseMaxG = 6.3
/** A shelf's own oscillation after a kick (real): spikes of about 5 samples, some 8 cycles a second, gone in 0.3 s. */
const swingHz: [number, number] = [6, 11]
const swingDecayMs: [number, number] = [90, 200]
/** Slow drift (chosen): a few grams over half an hour to some hours, as temperature and creep do. */
const driftPeriodsS: [number, number][] = [
  [1500, 3600],
  [5400, 14_400],
]
const driftAmplitudeG: [number, number] = [0.5, 4]
/** The zero of a cell that nobody tared (real: any value, also negative). */
const offsetG: [number, number] = [-800, 2500]
/** How long after its end a load action still rings; then it is folded into the resting load. */
const ringMs = 1500

/** Something that changes a plate's load over a moment. */
export interface LoadAction {
  kind: 'lift' | 'put-down' | 'shadow'
  startMs: number
  durationMs: number
  /** What stays changed. */
  deltaG: number
  /** Largest extra push while the hand is at it. */
  pressG: number
  /** Amplitude of the oscillation that it sets off. */
  ringG: number
}

/** Shares of an action's duration: when the hand presses, and when the load moves. */
const phases = {
  // (real): the load rises by some 8 % over 0.15 s, falls within 0.08 s, then rings a little; 0.45 s in all.
  lift: { pressUntil: 0.45, moveFrom: 0.35, moveUntil: 0.6 },
  'put-down': { pressUntil: 1, moveFrom: 0.1, moveUntil: 0.45 },
  shadow: { pressUntil: 1, moveFrom: 0.35, moveUntil: 0.6 },
} as const

export class PlatePhysics {
  readonly #seed: number
  readonly #stream: number
  readonly #offsetG: number
  readonly #noiseG: number
  readonly #swingHz: number
  readonly #swingDecayMs: number
  /** How strongly a kick of its fixture swings this plate, with sign. */
  readonly swingGain: number
  readonly #drifts: { amplitudeG: number; periodMs: number; phase: number }[]
  #restingG = 0
  #actions: LoadAction[] = []

  constructor(plate: string, seed: number, quiet: boolean) {
    this.#seed = seed
    this.#stream = streamOf(plate)
    const draw = (index: number, [low, high]: readonly [number, number]) =>
      low + (high - low) * hashUniform(seed, this.#stream, -index)
    const normal = (index: number) => hashGaussian(seed, this.#stream, -index)
    this.#offsetG = draw(1, offsetG)
    this.#noiseG = quiet ? 0 : Math.min(noiseMaxG, noiseMedianG * Math.exp(noiseLogSd * normal(2)))
    this.#swingHz = draw(3, swingHz)
    this.#swingDecayMs = draw(4, swingDecayMs)
    this.swingGain = quiet ? 0 : Math.exp(0.5 * normal(5)) * (normal(6) > 0 ? 1 : -1)
    this.#drifts = quiet
      ? []
      : driftPeriodsS.map((period, i) => ({
          amplitudeG: draw(10 + i, driftAmplitudeG),
          periodMs: draw(20 + i, period) * 1000,
          phase: draw(30 + i, [0, 2 * Math.PI]),
        }))
  }

  /** Puts weight on at once, as before opening time. */
  load(grams: number): void {
    this.#restingG += grams
  }

  act(action: LoadAction): void {
    const settled = (old: LoadAction) => old.startMs + old.durationMs + ringMs * 2 < action.startMs
    for (const old of this.#actions) if (settled(old)) this.#restingG += old.deltaG
    this.#actions = this.#actions.filter((old) => !settled(old))
    this.#actions.push(action)
  }

  /** Everything that has been put on and taken off, as it will be when all is at rest; without the zero. */
  get settledG(): number {
    return this.#actions.reduce((sum, action) => sum + action.deltaG, this.#restingG)
  }

  /** What the transmitter shows at `atMs`; `kicks` are the recent shakes of the fixture. */
  gramsAt(atMs: number, kicks: readonly Kick[]): number {
    const conversion = Math.floor((atMs * conversionHz) / 1000)
    const timeMs = (conversion * 1000) / conversionHz
    let grams = this.#offsetG + this.#restingG
    for (const action of this.#actions) grams += this.#actionG(action, timeMs)
    for (const kick of kicks) grams += this.swingGain * this.#ringG(kick.amplitudeG, timeMs - kick.atMs)
    for (const drift of this.#drifts) {
      grams += drift.amplitudeG * Math.sin((2 * Math.PI * timeMs) / drift.periodMs + drift.phase)
    }
    // The index wraps after months, far beyond what any filter remembers.
    if (this.#noiseG > 0) grams += this.#noiseG * hashGaussian(this.#seed, this.#stream, conversion & 0x7fffffff)
    return grams
  }

  #actionG(action: LoadAction, timeMs: number): number {
    const share = (timeMs - action.startMs) / action.durationMs
    if (share <= 0) return 0
    const phase = phases[action.kind]
    const moved = smoothStep((share - phase.moveFrom) / (phase.moveUntil - phase.moveFrom))
    const press = share < phase.pressUntil ? Math.sin((Math.PI * share) / phase.pressUntil) : 0
    const rung = timeMs - action.startMs - phase.moveUntil * action.durationMs
    return action.deltaG * moved + action.pressG * press + this.#ringG(action.ringG, rung)
  }

  #ringG(amplitudeG: number, sinceMs: number): number {
    if (sinceMs <= 0 || sinceMs > ringMs) return 0
    return (
      amplitudeG * Math.exp(-sinceMs / this.#swingDecayMs) * Math.sin((2 * Math.PI * this.#swingHz * sinceMs) / 1000)
    )
  }
}

/** A shake of a whole fixture: a footfall, a knock. */
export interface Kick {
  atMs: number
  amplitudeG: number
}

/** Kicks older than this no longer matter. */
export const kickLifetimeMs = ringMs

function smoothStep(share: number): number {
  if (share <= 0) return 0
  if (share >= 1) return 1
  return share * share * (3 - 2 * share)
}
