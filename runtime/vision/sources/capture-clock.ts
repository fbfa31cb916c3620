/**
 * When the pictures of a stream were taken. A stream counts its own time without jitter, from a beginning that nobody
 * knows; the network adds a delay that is sometimes short. The shortest delay seen lately ties the one to the other:
 * a picture that arrives late was not taken late.
 */

/** Long enough to hold a quick arrival, short enough that two quartzes do not drift apart by a picture. */
const window = 128
/** A step of the stream's time that the machine's time did not make: its clock jumped. */
const jumpMs = 1000

export class CaptureClock {
  readonly #delaysMs: number[] = []
  #last: { mediaMs: number; arrivedMs: number } | undefined

  /**
   * @param mediaMs the stream's own time
   * @param arrivedMs the machine's
   * @returns when it was taken, in the machine's time, and by how much the stream's time jumped, if it did
   */
  stamp(mediaMs: number, arrivedMs: number): { takenMs: number; jumpedMs: number } {
    const jumpedMs = this.#jump(mediaMs, arrivedMs)
    if (jumpedMs !== 0) this.#delaysMs.length = 0
    this.#last = { mediaMs, arrivedMs }
    this.#delaysMs.push(arrivedMs - mediaMs)
    if (this.#delaysMs.length > window) this.#delaysMs.shift()
    return { takenMs: mediaMs + Math.min(...this.#delaysMs), jumpedMs }
  }

  /** A network that stalls delivers late what the stream timed evenly: that is no jump. */
  #jump(mediaMs: number, arrivedMs: number): number {
    if (!this.#last) return 0
    const mediaStep = mediaMs - this.#last.mediaMs
    const step = arrivedMs - this.#last.arrivedMs
    return mediaStep < -jumpMs || mediaStep > step + jumpMs ? mediaStep - step : 0
  }
}

/** A camera's clock beside ours: says when it jumped. */
export class ClockComparison {
  #offsetMs: number | undefined

  /** @returns by how much it jumped since it was last looked at; 0 within what `precisionMs` can show */
  saw(cameraMs: number, atMs: number, precisionMs: number): number {
    const offsetMs = cameraMs - atMs
    const stepMs = this.#offsetMs === undefined ? 0 : offsetMs - this.#offsetMs
    this.#offsetMs = offsetMs
    return Math.abs(stepMs) > jumpMs + precisionMs ? stepMs : 0
  }

  get offsetMs(): number | undefined {
    return this.#offsetMs
  }
}
