/**
 * Where pictures are while they are worked on: messages carry their ids. It holds so many bytes and drops its oldest
 * pictures for new ones, so that whoever is slow misses pictures and stops nobody.
 */
import type { Frame } from './sources/frame-source.ts'

export interface StoredFrame extends Frame {
  /** Rises by one with each picture of the store. */
  id: number
  camera: string
}

export class FrameStore {
  readonly #maxBytes: number
  /** In the order in which they came. */
  readonly #frames = new Map<number, StoredFrame>()
  readonly #newest = new Map<string, number>()
  #bytes = 0
  #lastId = 0
  #dropped = 0

  constructor(options: { maxBytes: number }) {
    this.#maxBytes = options.maxBytes
  }

  /** Takes every picture, also one that is larger than the store: then it is the only one. */
  put(camera: string, frame: Frame): StoredFrame {
    const stored = { ...frame, id: ++this.#lastId, camera }
    this.#frames.set(stored.id, stored)
    this.#newest.set(camera, stored.id)
    this.#bytes += frame.bytes.length
    for (const id of this.#frames.keys()) {
      if (this.#bytes <= this.#maxBytes || id === stored.id) break
      this.delete(id)
      this.#dropped++
    }
    return stored
  }

  /** Undefined once it was dropped. */
  get(id: number): StoredFrame | undefined {
    return this.#frames.get(id)
  }

  newest(camera: string): StoredFrame | undefined {
    return this.#frames.get(this.#newest.get(camera) ?? 0)
  }

  /** For a picture that is done with, so that others live longer. */
  delete(id: number): void {
    const frame = this.#frames.get(id)
    if (!frame) return
    this.#frames.delete(id)
    this.#bytes -= frame.bytes.length
    if (this.#newest.get(frame.camera) === id) this.#newest.delete(frame.camera)
  }

  get figures(): { frames: number; bytes: number; dropped: number } {
    return { frames: this.#frames.size, bytes: this.#bytes, dropped: this.#dropped }
  }
}
