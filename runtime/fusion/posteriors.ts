/** What is known of all groups of events: whom each concerns, and whom a change of them concerns. */
import type { Posterior } from './hypotheses.ts'
import { type MadeMove, movesOf } from './shelf-moves.ts'

interface Entry {
  posterior: Posterior
  personIds: ReadonlySet<string>
  moves: readonly MadeMove[]
}

export class Posteriors {
  /** In the order of their first events. */
  #entries = new Map<string, Entry>()
  #ofPerson = new Map<string, Set<Entry>>()
  #places = new Map<Entry, number>()
  #made = new Set<string>()
  readonly #changed = new Set<string>()

  get(key: string): Posterior | undefined {
    return this.#entries.get(key)?.posterior
  }

  get all(): Posterior[] {
    return [...this.#entries.values()].map(({ posterior }) => posterior)
  }

  /** @param next by what they follow from: the same key is the same posterior */
  replace(next: ReadonlyMap<string, Posterior>): void {
    const entries = new Map<string, Entry>()
    for (const [key, posterior] of next) {
      const known = this.#entries.get(key)
      const entry = known ?? { posterior, personIds: personIdsOf(posterior), moves: movesOf(posterior) }
      if (!known) this.#markChanged(entry.personIds)
      entries.set(key, entry)
    }
    for (const [key, { personIds }] of this.#entries) if (!entries.has(key)) this.#markChanged(personIds)
    this.#entries = entries
    this.#index()
  }

  #index(): void {
    this.#ofPerson = new Map()
    this.#places = new Map()
    this.#made = new Set()
    for (const entry of this.#entries.values()) {
      this.#places.set(entry, this.#places.size)
      for (const { key } of entry.moves) this.#made.add(key)
      for (const personId of entry.personIds) {
        this.#ofPerson.set(personId, (this.#ofPerson.get(personId) ?? new Set()).add(entry))
      }
    }
  }

  #markChanged(personIds: Iterable<string>): void {
    for (const personId of personIds) this.#changed.add(personId)
  }

  /** Whom something that changed since the last call concerns. */
  takeChanged(): Set<string> {
    const changed = new Set(this.#changed)
    this.#changed.clear()
    return changed
  }

  /** All that concerns somebody of these, in the order of their first events. */
  of(personIds: Iterable<string>): Posterior[] {
    return this.#entriesOf(personIds).map(({ posterior }) => posterior)
  }

  /** What these people moved on the shelves, by the likeliest explanations. */
  movesOf(personIds: ReadonlySet<string>): MadeMove[] {
    const isTheirs = (move: MadeMove) => move.personIds.some((personId) => personId !== null && personIds.has(personId))
    return this.#entriesOf(personIds).flatMap(({ moves }) => moves.filter(isTheirs))
  }

  /** Whether anybody made this move. */
  isMade(key: string): boolean {
    return this.#made.has(key)
  }

  #entriesOf(personIds: Iterable<string>): Entry[] {
    const entries = new Set([...personIds].flatMap((personId) => [...(this.#ofPerson.get(personId) ?? [])]))
    const place = (entry: Entry) => this.#places.get(entry) as number
    return [...entries].sort((a, b) => place(a) - place(b))
  }
}

function personIdsOf(posterior: Posterior): Set<string> {
  const personIds = new Set<string>()
  for (const { units, steps } of posterior) {
    for (const { takenBy } of units) if (takenBy !== null) personIds.add(takenBy)
    for (const { moves } of steps) for (const { personId } of moves) if (personId !== null) personIds.add(personId)
  }
  return personIds
}
