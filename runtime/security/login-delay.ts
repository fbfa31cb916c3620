/**
 * Slows guessing down without ever locking an account: after a few wrong tries the next one has to wait, longer
 * for an address than for an account. So one guesser's address is out of turn most of the time, while the owner,
 * from another address, waits seconds at most.
 */
import type { Clock } from '../contract/clock.ts'

interface Pace {
  /** Wrong tries that cost nothing. */
  free: number
  longestMs: number
}
const paces = {
  address: { free: 3, longestMs: 30_000 },
  account: { free: 3, longestMs: 6_000 },
} satisfies Record<string, Pace>

const firstWaitMs = 1000
const forgetAfterMs = 3_600_000
const maxRemembered = 10_000

interface Tries {
  wrong: number
  lastAtMs: number
}

export class LoginDelay {
  readonly #clock: Clock
  /** Oldest first. */
  readonly #tries = new Map<string, Tries>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Asks for a try. 0: go on; it counts as wrong until {@link succeeded}, so that tries made at the same moment
   * count too. Otherwise how long to wait, in ms; asking too early changes nothing.
   */
  begin(address: string, account: string): number {
    const nowMs = this.#clock.nowMs()
    const keys = keysOf(address, account)
    const waitMs = Math.max(...keys.map(({ key, pace }) => waitOf(this.#tries.get(key), pace, nowMs)))
    if (waitMs > 0) return waitMs
    for (const { key } of keys) this.#count(key, nowMs)
    return 0
  }

  succeeded(address: string, account: string): void {
    for (const { key } of keysOf(address, account)) this.#tries.delete(key)
  }

  #count(key: string, nowMs: number): void {
    const before = this.#tries.get(key)
    const wrong = before && nowMs - before.lastAtMs < forgetAfterMs ? before.wrong + 1 : 1
    this.#tries.delete(key)
    this.#tries.set(key, { wrong, lastAtMs: nowMs })
    if (this.#tries.size > maxRemembered) this.#tries.delete(this.#tries.keys().next().value as string)
  }
}

const keysOf = (address: string, account: string) => [
  { key: `address ${address}`, pace: paces.address },
  { key: `account ${account.slice(0, 64)}`, pace: paces.account },
]

function waitOf(tries: Tries | undefined, pace: Pace, nowMs: number): number {
  if (!tries || tries.wrong < pace.free) return 0
  const pauseMs = Math.min(pace.longestMs, firstWaitMs * 2 ** (tries.wrong - pace.free))
  return Math.max(0, tries.lastAtMs + pauseMs - nowMs)
}
