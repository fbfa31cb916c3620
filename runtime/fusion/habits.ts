/**
 * What the account behind a visit bought before: of products that an event may all have been, its usual one is likelier.
 * It tells products from one another, never whether anything was taken, nor by whom.
 */
import type { PastPurchases } from '../till-api/events.ts'
import { type HabitShift, logSum, type Subject } from './explanations.ts'
import { quarters } from './trust.ts'

/** What is usual of anybody is worth as much as so many visits of one's own (assumption). */
const usualWorth = 20
/** Distinct products that people buy in a visit, about. */
const usualProducts = 3
/** However often it was bought, a product is no likelier than so many times; far from what a doubtful line needs. */
const mostTimes = 4

export class Habits {
  readonly #kinds: number
  readonly #strength: number
  readonly #ofVisit = new Map<string, PastPurchases>()

  /** @param kinds how many products the store has */
  constructor(kinds: number, strength: number) {
    this.#kinds = Math.max(1, kinds)
    this.#strength = strength
  }

  add(visitId: string, purchases: PastPurchases): void {
    this.#ofVisit.set(visitId, purchases)
  }

  forget(visitId: string): void {
    this.#ofVisit.delete(visitId)
  }

  /** @param visitOf whose visit a person belongs to */
  shifts(subject: Subject, visitOf: (personId: string) => string | undefined): HabitShift {
    const shifts = new Map<string, ReadonlyMap<string, number>>()
    for (const { personId } of subject.cues.actors) {
      const purchases = personId === null ? undefined : this.#ofVisit.get(visitOf(personId) ?? '')
      if (personId === null || !purchases || purchases.goods.length === 0) continue
      const ofPerson = this.#shiftsOf(subject, personId, purchases)
      if (ofPerson.size > 0) shifts.set(personId, ofPerson)
    }
    return shifts
  }

  /** So that all that this person may have taken stays as likely, together, as it was. */
  #shiftsOf(subject: Subject, personId: string, purchases: PastPurchases): Map<string, number> {
    const own = subject.explanations.flatMap(({ takings: [taking, second], logWeight }) =>
      taking && !second && taking.personId === personId ? [{ sku: taking.sku, logWeight }] : [],
    )
    const times = new Map(own.map(({ sku }) => [sku, Math.log(this.#times(sku, purchases))]))
    const shifted = own.map(({ sku, logWeight }) => ({ logWeight: logWeight + (times.get(sku) as number) }))
    const all = logSum(shifted) - logSum(own)
    return new Map(
      [...times].map(([sku, one]) => [sku, quarters(one - all)] as const).filter(([, shift]) => shift !== 0),
    )
  }

  /** How many times likelier they buy it in a visit than anybody. */
  #times(sku: string, { visits, goods }: PastPurchases): number {
    const usual = Math.min(1, usualProducts / this.#kinds)
    const bought = goods.find((one) => one.sku === sku)?.visits ?? 0
    const likely = (usualWorth * usual + this.#strength * bought) / (usualWorth + this.#strength * visits)
    return Math.min(mostTimes, likely / usual)
  }
}
