/**
 * Whose frame is next when there are more than can be looked at. Of each camera only the newest frame waits, and
 * cameras take turns: one that gives many frames does not push others aside.
 */
export class FairShare<F extends { camera: string }> {
  /** In the order of turns: a map keeps the place of a key whose value is replaced, and a new key comes last. */
  readonly #waiting = new Map<string, F>()

  /** @returns the older frame of this camera that is never looked at, if one was waiting */
  offer(frame: F): F | undefined {
    const older = this.#waiting.get(frame.camera)
    this.#waiting.set(frame.camera, frame)
    return older
  }

  next(): F | undefined {
    for (const [camera, frame] of this.#waiting) {
      this.#waiting.delete(camera)
      return frame
    }
    return undefined
  }

  get size(): number {
    return this.#waiting.size
  }
}
