import type { Clock, Timer } from '../../contract/clock.ts'
import type { Reader } from '../../devices/definition-schema.ts'

export type CodeFraming = Pick<Reader, 'terminator' | 'idleMs' | 'repeatMs' | 'maxBytes'>

/**
 * Cuts a reader's bytes into codes: at the terminator, or where the stream falls silent. A code that comes
 * again at once was held before the reader, and is one scan; one that is too long is dropped whole.
 */
export class CodeSplitter {
  readonly #framing: CodeFraming
  readonly #clock: Clock
  readonly #onCode: (code: string) => void
  #held = Buffer.alloc(0)
  #spoiled = false
  #idle: Timer | undefined
  #last: { code: string; atMs: number } | undefined

  constructor(framing: CodeFraming, clock: Clock, onCode: (code: string) => void) {
    this.#framing = framing
    this.#clock = clock
    this.#onCode = onCode
  }

  push(bytes: Buffer): void {
    this.#clock.clear(this.#idle)
    this.#held = Buffer.concat([this.#held, bytes])
    for (let end = this.#end(); end >= 0; end = this.#end()) {
      const code = this.#held.subarray(0, end)
      this.#held = this.#held.subarray(end + this.#framing.terminator.length)
      this.#complete(code)
    }
    if (this.#held.length > this.#framing.maxBytes) {
      this.#held = Buffer.alloc(0)
      this.#spoiled = true
    }
    if (this.#held.length > 0 || this.#spoiled)
      this.#idle = this.#clock.after(this.#framing.idleMs, () => this.#silence())
  }

  /** Some of the bytes are missing: the code that they belong to is dropped whole. */
  spoil(): void {
    this.#held = Buffer.alloc(0)
    this.#spoiled = true
    this.#clock.clear(this.#idle)
    this.#idle = this.#clock.after(this.#framing.idleMs, () => this.#silence())
  }

  /** The connection is gone: half a code is none. */
  reset(): void {
    this.#clock.clear(this.#idle)
    this.#held = Buffer.alloc(0)
    this.#spoiled = false
  }

  #end(): number {
    return this.#held.indexOf(this.#framing.terminator)
  }

  #silence(): void {
    const code = this.#held
    this.#held = Buffer.alloc(0)
    this.#complete(code)
  }

  #complete(bytes: Buffer): void {
    const refused = this.#spoiled || bytes.length > this.#framing.maxBytes
    this.#spoiled = false
    const code = bytes.toString('utf8').trim()
    if (refused || code === '') return
    const atMs = this.#clock.nowMs()
    const repeated = this.#last?.code === code && atMs - this.#last.atMs < this.#framing.repeatMs
    this.#last = { code, atMs }
    if (!repeated) this.#onCode(code)
  }
}
