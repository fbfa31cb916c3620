/**
 * What a terminal at a gate said of whoever stands there: somebody else's yes or no, and nothing else about them. It
 * counts for the next scan at that gate, once and not for long.
 */

const countsForMs = 30_000

export class AdultAnswers {
  readonly #byGate = new Map<string, { adult: boolean; atMs: number }>()

  note(gate: string, adult: boolean, atMs: number): void {
    this.#byGate.set(gate, { adult, atMs })
  }

  /** null: nobody said. */
  take(gate: string, atMs: number): boolean | null {
    const answer = this.#byGate.get(gate)
    this.#byGate.delete(gate)
    return answer !== undefined && atMs - answer.atMs <= countsForMs ? answer.adult : null
  }
}
