/**
 * Goods that a camera saw in a hand though no plate told that they were taken: from a plate that is dead or stuck, or
 * with a thing of their weight laid in their place. Nothing is charged for a look, but a person hears of it.
 */
import type { Subject } from './explanations.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import type { Posterior } from './hypotheses.ts'
import type { Shelves } from './shelves.ts'
import { suspicion } from './unweighed-goods.ts'

/** Looks surer than this tell what they saw. */
const sureLook = 0.5

interface Look {
  subject: Subject
  personId: string
  sku: string
}

export class Looks {
  readonly #shelves: Shelves
  readonly #policy: FusionPolicy
  readonly #looks = new Map<string, Look>()

  constructor(shelves: Shelves, policy: FusionPolicy) {
    this.#shelves = shelves
    this.#policy = policy
  }

  add(subject: Subject): void {
    const [personId] = subject.evidence.near?.map((person) => person.personId) ?? []
    const best = subject.evidence.sighted.toSorted((a, b) => b.probability - a.probability)[0]
    if (personId === undefined || !best || best.probability < sureLook) return
    // Nobody knows how much of it was in the hand.
    if (this.#shelves.product(best.sku)?.soldBy === 'weight') return
    this.#looks.set(subject.eventId, { subject, personId, sku: best.sku })
  }

  /** These people have left. */
  leave(personIds: readonly string[]): void {
    for (const [eventId, { personId }] of this.#looks) if (personIds.includes(personId)) this.#looks.delete(eventId)
  }

  forget(beforeMs: number): void {
    for (const [eventId, { subject }] of this.#looks) if (subject.atMs < beforeMs) this.#looks.delete(eventId)
  }

  /** What each look says when these posteriors hold of all that was weighed, by what it follows from. */
  posteriors(weighed: readonly Posterior[]): Map<string, Posterior> {
    const told = new Set<string>()
    return new Map(
      [...this.#looks.values()].flatMap((look) => {
        // A second look at the same product is one more at the same thing.
        const thing = JSON.stringify([look.personId, look.sku])
        if (told.has(thing)) return []
        told.add(thing)
        const probability = Math.round(100 * this.#unweighed(look, weighed)) / 100
        return [[JSON.stringify([look.subject.eventId, probability]), this.#suspicion(look, probability)]]
      }),
    )
  }

  #suspicion({ subject, personId, sku }: Look, probability: number): Posterior {
    const parts = (taken: number) => ({ sighting: Math.log(taken / (1 - taken)) })
    return suspicion({ subject, personId, products: new Map([[sku, probability]]), parts }, this.#shelves)
  }

  /** How likely it is that the look's holder took the thing, and that no plate told. */
  #unweighed({ personId, sku }: Look, weighed: readonly Posterior[]): number {
    const { lookUnweighed, handedOver, unnoticed } = this.#policy
    const handed = handedOver / (handedOver + unnoticed)
    let left = lookUnweighed
    for (const posterior of weighed) {
      let own = 0
      let others = 0
      for (const { logWeight, steps, units } of posterior) {
        const moves = steps.flatMap((step) => step.moves).filter((move) => move.sku === sku)
        const isMistaken = units.some(({ takenBy, seenAs }) => takenBy === personId && seenAs === sku)
        if (isMistaken || moves.some((move) => move.personId === personId)) own += Math.exp(logWeight)
        else if (moves.length > 0) others += Math.exp(logWeight)
      }
      left *= 1 - own - others * handed
    }
    return Math.max(0, left)
  }
}
