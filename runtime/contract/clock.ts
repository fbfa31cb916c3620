/**
 * Time is handed in, never taken: live programs run on the system clock, a demonstration may run on a
 * faster one, and replays and tests on a virtual one. Nothing else in `runtime/` reads `Date.now()` or
 * calls the global `setTimeout`.
 */

/** A pending timer; pass it to {@link Clock.clear}. */
export interface Timer {
  readonly id: number
}

export interface Clock {
  /** Unix time in milliseconds, with a fraction where the source has one. */
  nowMs(): number
  /** Runs `action` once after `delayMs` of this clock's time. Timers never keep a program alive. */
  after(delayMs: number, action: () => void): Timer
  clear(timer: Timer | undefined): void
}

/** Resolves after `delayMs` of `clock`'s time, or at once when `signal` aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const timer = clock.after(delayMs, done)
    function done() {
      clock.clear(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done)
  })
}

/** How fast a store's time runs, from a moment of the machine's time on. */
export interface ClockRate {
  /** Times faster than the machine's clock. */
  scale: number
  /** Unix time of the machine from which on this holds. */
  originMs: number
  /** The store's time at that moment; `originMs` where nothing is said. */
  storeMs?: number
}

const storeTimeMs = ({ scale, originMs, storeMs = originMs }: ClockRate, wallMs: number): number =>
  scale === 1 && storeMs === originMs ? wallMs : storeMs + (wallMs - originMs) * scale

/** The rate that follows `rate` without a leap in the store's time. */
export function nextRate(rate: ClockRate, scale: number, fromWallMs: number): ClockRate {
  return { scale, originMs: fromWallMs, storeMs: storeTimeMs(rate, fromWallMs) }
}

/**
 * The machine's clock, optionally running `scale` times faster from `originMs` on, so that every program
 * of an accelerated demonstration agrees on the time without talking to the others.
 */
export class SystemClock implements Clock {
  /** The present one, and those that follow. */
  readonly #rates: [ClockRate, ...ClockRate[]]
  #lastId = 0
  readonly #timers = new Map<number, { dueMs: number; action: () => void; handle: NodeJS.Timeout }>()

  constructor(rate: Partial<ClockRate> = {}) {
    this.#rates = [{ scale: 1, originMs: 0, ...rate }]
  }

  nowMs(): number {
    // performance has sub-millisecond resolution and is monotonic, but it drifts from the wall clock when
    // NTP steps it; samples of several devices are compared by wall clock, so the wall clock governs.
    const wallMs = Date.now()
    while (wallMs >= (this.#rates[1]?.originMs ?? Number.POSITIVE_INFINITY)) this.#rates.shift()
    return storeTimeMs(this.#rates[0], wallMs)
  }

  /** Runs at another rate from its `originMs` on: a moment ahead of now, so that all programs change together. */
  change(rate: ClockRate): void {
    this.#rates.push(rate)
    this.#armAgainAt(rate.originMs)
  }

  /** A timer of the machine may ring a millisecond before its wall clock says so: then the old rate still holds. */
  #armAgainAt(originMs: number): void {
    const leftMs = originMs - Date.now()
    if (leftMs > 0) return void setTimeout(() => this.#armAgainAt(originMs), leftMs).unref()
    for (const [id, timer] of this.#timers) {
      clearTimeout(timer.handle)
      timer.handle = this.#arm(id, timer.dueMs, timer.action)
    }
  }

  after(delayMs: number, action: () => void): Timer {
    const id = ++this.#lastId
    const dueMs = this.nowMs() + Math.max(0, delayMs)
    this.#timers.set(id, { dueMs, action, handle: this.#arm(id, dueMs, action) })
    return { id }
  }

  clear(timer: Timer | undefined): void {
    if (!timer) return
    clearTimeout(this.#timers.get(timer.id)?.handle)
    this.#timers.delete(timer.id)
  }

  #arm(id: number, dueMs: number, action: () => void): NodeJS.Timeout {
    const run = () => {
      this.#timers.delete(id)
      action()
    }
    const delayMs = Math.max(0, dueMs - this.nowMs())
    return setTimeout(run, delayMs / this.#rates[0].scale).unref()
  }
}

interface PendingTimer extends Timer {
  dueMs: number
  action: () => void
}

/** A clock that stands still until {@link VirtualClock.advanceTo} moves it, running due timers in order. */
export class VirtualClock implements Clock {
  #nowMs: number
  #lastId = 0
  #timers: PendingTimer[] = []

  constructor(startMs = 0) {
    this.#nowMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, action: () => void): Timer {
    const timer = { id: ++this.#lastId, dueMs: this.#nowMs + Math.max(0, delayMs), action }
    this.#timers.push(timer)
    return timer
  }

  clear(timer: Timer | undefined): void {
    if (timer) this.#timers = this.#timers.filter((pending) => pending.id !== timer.id)
  }

  /** The time of the next timer, or undefined when none is pending. */
  nextDueMs(): number | undefined {
    return this.#next()?.dueMs
  }

  /** Moves the time forward to `timeMs` (never back) and runs what falls due on the way. */
  advanceTo(timeMs: number): void {
    for (let timer = this.#next(); timer && timer.dueMs <= timeMs; timer = this.#next()) {
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs)
      this.clear(timer)
      timer.action()
    }
    this.#nowMs = Math.max(this.#nowMs, timeMs)
  }

  #next(): PendingTimer | undefined {
    let first: PendingTimer | undefined
    for (const timer of this.#timers) {
      if (!first || timer.dueMs < first.dueMs || (timer.dueMs === first.dueMs && timer.id < first.id)) first = timer
    }
    return first
  }
}
