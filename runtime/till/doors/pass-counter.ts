/**
 * Tells the passes of one contact. A module that counts for itself also counts while the till is away, so its
 * counter is believed before what was seen of the contact; where it has none, or it stands still, each closing
 * of the contact is a pass.
 */

/** A larger step is another module, or one that was set anew. */
const mostMissed = 200
/** The contact closed, and so many polls later its counter has not moved: it does not count. */
const patiencePolls = 10

export interface CountedPasses {
  /** One a pass: where the counter stands after it, null without one to believe. */
  passes: (number | null)[]
  /** The counter begins anew from here: to be written down although nobody passed. */
  anew?: number
}

export class PassCounter {
  /** The counter up to which passes have been told; null before the first reading. */
  #count: number | null
  #closed = false
  #works = true
  /** Closings that the counter has not shown yet, and for how many polls. */
  #unshown = 0
  #unshownPolls = 0

  /** @param count up to which an earlier run told its passes; null when nothing is known of it */
  constructor(count: number | null) {
    this.#count = count
  }

  /** @param count the module's counter, read not later than the contact; null where it has none */
  observe(closed: boolean, count: number | null): CountedPasses {
    const closings = closed && !this.#closed ? 1 : 0
    this.#closed = closed
    if (count === null || !this.#works) return { passes: Array(closings).fill(null) }
    const before = this.#count
    this.#count = count
    if (before === null) return { passes: [], anew: count }
    const passes = count - before
    if (passes < 0 || passes > mostMissed) return closings > 0 ? { passes: [count] } : { passes: [], anew: count }
    return { passes: passes === 0 ? this.#unshownFor(closings) : this.#shown(before, passes) }
  }

  #shown(before: number, passes: number): number[] {
    this.#unshown = 0
    this.#unshownPolls = 0
    return Array.from({ length: passes }, (_, i) => before + i + 1)
  }

  #unshownFor(closings: number): null[] {
    this.#unshown += closings
    if (this.#unshown === 0 || ++this.#unshownPolls < patiencePolls) return []
    this.#works = false
    return Array(this.#unshown).fill(null)
  }
}
