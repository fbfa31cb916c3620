/** A plate's health as far as its samples show it. */
import type { DeviceHealth } from '../contract/messages.ts'
import type { WeighingParameters } from './parameters.ts'

export type HealthState = DeviceHealth['state']
export interface PlateHealth {
  state: HealthState
  reason: string
}

/** A plate that shows one and the same value this long while its shelf is shaken is stuck. */
const shakenUnmovedS = 3
/** And how many times its usual swing the shelf shows then: somebody walks by or reaches in. */
const shaken = 5
/** Beyond its rated load for this long: no knock lasts that long. */
const overloadS = 1
/** Ten times the noisiest of 278 plates of a real store: light goods cannot be seen any more. */
const noisyG = 20
/** Drift is judged across this time; creep after restocking is over by then. */
const driftS = 600
/** How many times the drift of a sound cell counts as drifting. */
const excessiveDrift = 10
/** So many shared items on which the plate went the other way than its neighbour, and none on which it did not. */
const contradictions = 3

export class HealthWatch {
  readonly #p: WeighingParameters
  readonly #ratingG: number
  #unchangedG = Number.NaN
  #shakenUnmovedMs = 0
  #overloadMs = 0
  #driftGPerHour = 0
  #driftKnownS = 0
  #contradicted = 0

  constructor(parameters: WeighingParameters, ratingG: number) {
    this.#p = parameters
    this.#ratingG = ratingG
  }

  /** Takes in the samples of one batch, with how many times its usual swing the shelf shows. */
  noteSamples(grams: readonly (number | null)[], periodMs: number, agitation: number): void {
    for (const value of grams) {
      if (value === null || Number.isNaN(value)) continue
      if (value !== this.#unchangedG) this.#shakenUnmovedMs = 0
      else if (agitation >= shaken) this.#shakenUnmovedMs += periodMs
      this.#unchangedG = value
      this.#overloadMs = Math.abs(value) > this.#ratingG ? this.#overloadMs + periodMs : 0
    }
  }

  /** Takes in how far the baseline of a plate at rest moved by itself in `seconds`. */
  noteDrift(driftG: number, seconds: number): void {
    if (!(seconds > 0)) return
    const gain = seconds / driftS
    this.#driftGPerHour += Math.min(1, gain) * ((driftG / seconds) * 3600 - this.#driftGPerHour)
    this.#driftKnownS = Math.min(driftS, this.#driftKnownS + seconds)
  }

  /** Takes in whether the plate went the same way as a neighbour that bore a good part of the same item. */
  noteShared(sameWay: boolean): void {
    this.#contradicted = sameWay ? 0 : this.#contradicted + 1
  }

  health(usualSwingG: number): PlateHealth | null {
    if (this.#overloadMs >= overloadS * 1000) {
      return { state: 'saturated', reason: `It shows more than its rating of ${this.#ratingG} g: take load off it.` }
    }
    if (this.#shakenUnmovedMs >= shakenUnmovedS * 1000) {
      const reason = `It shows ${this.#unchangedG} g unmoved while its shelf is shaken: check its cable and transmitter.`
      return { state: 'stuck', reason }
    }
    if (this.#contradicted >= contradictions) {
      const reason = 'It goes up where its neighbour goes down for the same item: check the polarity of both cells.'
      return { state: 'sign-flipped', reason }
    }
    if (usualSwingG > noisyG) {
      const reason = `It scatters by ${usualSwingG.toFixed(0)} g at rest: check its shield, its supply and what touches it.`
      return { state: 'noisy', reason }
    }
    const driftGPerHour = Math.abs(this.#driftGPerHour)
    if (this.#driftKnownS >= driftS && driftGPerHour > excessiveDrift * this.#p.driftGPerHour) {
      const reason = `It drifts by ${driftGPerHour.toFixed(0)} g an hour: check for moisture, heat and a loose mount.`
      return { state: 'drifting', reason }
    }
    return null
  }
}
