/**
 * The one-time code that lets whoever sees the console become the owner. It lives only in this program's memory,
 * for 15 minutes and 5 wrong tries; then a new one takes its place, so that nobody is locked out.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock, Timer } from '../contract/clock.ts'

export const setupCodeLifeMs = 15 * 60_000
const maxWrongTries = 5

export class SetupCode {
  readonly #clock: Clock
  readonly #announce: (code: string) => void
  #code: Buffer | undefined
  #wrongTries = 0
  #timer: Timer | undefined

  /** @param options.announce shows a new code to whoever started the store, and to nobody else */
  constructor(options: { clock: Clock; announce: (code: string) => void }) {
    this.#clock = options.clock
    this.#announce = options.announce
  }

  /** Makes a code and announces it; again whenever it has been used up, until {@link end}. */
  begin(): void {
    this.#clock.clear(this.#timer)
    const code = randomBytes(16).toString('base64url')
    this.#code = Buffer.from(code)
    this.#wrongTries = 0
    this.#timer = this.#clock.after(setupCodeLifeMs, () => this.begin())
    this.#announce(code)
  }

  /** Whether `given` is the code. It stays valid after a right try, until {@link end}. */
  matches(given: string): boolean {
    if (!this.#code) return false
    const bytes = Buffer.from(given)
    if (bytes.length === this.#code.length && timingSafeEqual(bytes, this.#code)) return true
    this.#wrongTries++
    if (this.#wrongTries >= maxWrongTries) this.begin()
    return false
  }

  end(): void {
    this.#clock.clear(this.#timer)
    this.#code = undefined
  }
}
