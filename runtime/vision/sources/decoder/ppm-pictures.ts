/**
 * Cuts a stream of PPM pictures (P6, 8 bits) as the decoder writes it. Of all of its formats this one costs nothing:
 * the pixels as they are, behind their size, which may change on the way.
 */
export interface PpmPicture {
  /** rgb24 */
  bytes: Buffer
  widthPx: number
  heightPx: number
}

const longestHead = 64

export class PpmPictures {
  readonly #onPicture: (picture: PpmPicture) => void
  #head: Buffer = Buffer.alloc(0)
  #picture: PpmPicture | undefined
  #filled = 0

  constructor(onPicture: (picture: PpmPicture) => void) {
    this.#onPicture = onPicture
  }

  push(chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0) {
      if (!this.#picture) {
        const head = Buffer.concat([this.#head, rest])
        const match = /^P6\n(\d{1,5}) (\d{1,5})\n255\n/.exec(head.toString('latin1', 0, longestHead))
        if (!match) {
          if (head.length > longestHead) throw new Error('the decoder gave no PPM')
          this.#head = head
          return
        }
        rest = head.subarray(match[0].length)
        this.#begin(Number(match[1]), Number(match[2]))
        continue
      }
      rest = this.#fill(this.#picture, rest)
    }
  }

  #begin(widthPx: number, heightPx: number): void {
    this.#head = Buffer.alloc(0)
    this.#filled = 0
    this.#picture = { bytes: Buffer.allocUnsafeSlow(widthPx * heightPx * 3), widthPx, heightPx }
  }

  #fill(picture: PpmPicture, data: Buffer): Buffer {
    const taken = data.copy(picture.bytes, this.#filled)
    this.#filled += taken
    if (this.#filled === picture.bytes.length) {
      this.#picture = undefined
      this.#onPicture(picture)
    }
    return data.subarray(taken)
  }
}
