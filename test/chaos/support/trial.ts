/**
 * How much of a trial is run, and by which seed. `npm run chaos` runs all of it, `npm test` a share that a commit can
 * wait for; `CHAOS_SEED` repeats a run.
 */
import type { Random } from '../../../runtime/contract/random.ts'

export const isWhole = process.env.CHAOS === 'whole'

/** As often in `npm run chaos`, as often in `npm test`. */
export const times = (whole: number, share: number): number => (isWhole ? whole : share)

/** What a commit is judged by is the same for every commit; a whole run looks at what nobody has seen yet. */
export const seed = Number(process.env.CHAOS_SEED ?? (isWhole ? Math.floor(Math.random() * 1e9) : 20_261_121))
export const seedNote = `(CHAOS_SEED=${seed})`

/** A machine with other work may take long; nothing here is a question of speed. */
export const patienceMs = 120_000

/** A line now and then: a whole run is long. */
export function tellProgress(done: number, of: number, what: string): void {
  if (isWhole && done % 10 === 0) console.log(`      ${done} of ${of} ${what}`)
}

export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
