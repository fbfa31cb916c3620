/**
 * Whether there is somebody at all: the logarithm of the odds, kept apart for each camera. What a camera takes for a
 * person, or misses, it does so frame after frame for the same reason; so no camera says more than that reason allows,
 * and what one believes and others that should see it do not, is nobody.
 */

/** What one frame says where all of somebody should be seen (log 0.3: three in ten are missed). */
const missOdds = 1.2
const hitOdds = 0.5
const hitOddsOfScore = 2
/** What one camera says at the most, for somebody and against. */
const mostOfCamera = 5
const leastOfCamera = -3
/** Who was seen by two cameras or walked is somebody: a camera that misses them now is more likely blocked. */
const missOddsOfSupported = 0.4
const leastOfCameraForSupported = -1.2
const supportedMs = 5000
const supportingOdds = 2
/** What a camera finds in this place always, somebody there or not, speaks against somebody. */
const leastAtBackground = -2
/** A camera that cannot see the place any more says less and less. */
const forgottenAfterMs = 1500

export class Existence {
  readonly #ofCamera = new Map<string, { odds: number; atMs: number }>()
  #supportedAtMs = Number.NEGATIVE_INFINITY

  get odds(): number {
    let sum = 0
    for (const { odds } of this.#ofCamera.values()) sum += odds
    return sum
  }

  /** Cameras that believe in it now. */
  get believers(): number {
    return [...this.#ofCamera.values()].filter(({ odds }) => odds >= supportingOdds).length
  }

  /** @param background how much of what is found there is always found there, from 0 to 1 */
  hit(camera: string, score: number, background: number, atMs: number): void {
    const most = mostOfCamera + background * (leastAtBackground - mostOfCamera)
    const before = this.#of(camera)
    this.#set(camera, Math.min(Math.max(most, before - missOdds), before + hitOdds + hitOddsOfScore * score), atMs)
    if (this.believers > 1) this.support(atMs)
  }

  /** @param visible share that should have been seen @param leaves whether it may be about to leave by a gate */
  miss(camera: string, visible: number, leaves: boolean, atMs: number): void {
    const isSupported = !leaves && this.isSupported(atMs)
    const before = this.#of(camera)
    const least = Math.min(before, isSupported ? leastOfCameraForSupported : leastOfCamera)
    this.#set(camera, Math.max(least, before - (isSupported ? missOddsOfSupported : missOdds) * visible), atMs)
  }

  /** The camera cannot see the place. */
  rest(camera: string, atMs: number): void {
    const known = this.#ofCamera.get(camera)
    if (known) this.#set(camera, known.odds * Math.exp((known.atMs - atMs) / forgottenAfterMs), atMs)
  }

  /** It walked, as nothing does that is only taken for a person. */
  support(atMs: number): void {
    this.#supportedAtMs = atMs
  }

  isSupported(atMs: number): boolean {
    return atMs - this.#supportedAtMs < supportedMs
  }

  #of(camera: string): number {
    return this.#ofCamera.get(camera)?.odds ?? 0
  }

  #set(camera: string, odds: number, atMs: number): void {
    this.#ofCamera.set(camera, { odds, atMs })
  }
}
