/** Moments that several people share: meetings that begin when all have come, and signals. */
export class Gatherings {
  readonly #present = new Map<string, Set<unknown>>()
  readonly #signals = new Set<string>()

  /** @returns whether so many people have come to this meeting */
  attend(name: string, who: unknown, people: number): boolean {
    const present = this.#present.get(name) ?? new Set()
    this.#present.set(name, present.add(who))
    return present.size >= people
  }

  signal(name: string): void {
    this.#signals.add(name)
  }

  signalled(name: string): boolean {
    return this.#signals.has(name)
  }
}
