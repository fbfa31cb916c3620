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

/**
 * The machine's clock, optionally running `scale` times faster from `originMs` on, so that every program
 * of an accelerated demonstration agrees on the time without talking to the others.
 */
export class SystemClock implements Clock {
  readonly scale: number
  readonly originMs: number
  #lastId = 0
  readonly #timers = new Map<number, NodeJS.Timeout>()

  constructor(options: { scale?: number; originMs?: number } = {}) {
    this.scale = options.scale ?? 1
    this.originMs = options.originMs ?? 0
  }

  nowMs(): number {
    // performance has sub-millisecond resolution and is monotonic, but it drifts from the wall clock when
    // NTP steps it; samples of several devices are compared by wall clock, so the wall clock governs.
    const wallMs = Date.now()
    return this.scale === 1 ? wallMs : this.originMs + (wallMs - this.originMs) * this.scale
  }

  after(delayMs: number, action: () => void): Timer {
    const id = ++this.#lastId
    const handle = setTimeout(() => {
      this.#timers.delete(id)
      action()
    }, Math.max(0, delayMs) / this.scale)
    handle.unref()
    this.#timers.set(id, handle)
    return { id }
  }

  clear(timer: Timer | undefined): void {
    if (!timer) return
    clearTimeout(this.#timers.get(timer.id))
    this.#timers.delete(timer.id)
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
