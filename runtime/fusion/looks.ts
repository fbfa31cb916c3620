/**
 * Goods that a camera saw in a hand though no plate told that they were taken: from a plate that is dead or stuck, or
 * with a thing of their weight laid in their place. Nothing is charged for a look, but a person hears of it.
 */
import type { Unit } from './candidate.ts'
import type { JointSubject, Parts, Subject } from './explanations.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import type { Posterior, Step } from './hypotheses.ts'
import type { Shelves } from './shelves.ts'

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
        return [[JSON.stringify([look.subject.eventId, probability]), posteriorOf(look, probability, this.#shelves)]]
      }),
    )
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

function posteriorOf({ subject, personId, sku }: Look, probability: number, shelves: Shelves): Posterior {
  const joint: JointSubject = { ...subject, offLogOdds: 0, here: new Map(), weighs: new Map(), inHands: 1 }
  const pieceG = shelves.pieceG(sku) ?? 0
  const unit: Unit = {
    ...{ sku, quantity: 1, massG: pieceG, massSigmaG: pieceG, takenBy: personId, plates: null },
    eventIds: [subject.eventId],
  }
  const none: Parts = { weight: 0, hand: 0, sighting: 0, planogram: 0, prior: 0 }
  const sighting = Math.log(probability / (1 - probability))
  const taken: Step = {
    ...{ subject: joint, act: 'take', acted: [{ personId, hand: 0, sighting }], weighedBefore: false },
    moves: [{ personId, sku, quantity: 1 }],
    parts: { ...none, sighting },
  }
  const nothing: Step = { subject: joint, act: 'nothing', acted: [], moves: [], parts: none, weighedBefore: false }
  const hypotheses = [
    { logWeight: Math.log(probability), units: [unit], steps: [taken] },
    { logWeight: Math.log(1 - probability), units: [], steps: [nothing] },
  ]
  return hypotheses.filter(({ logWeight }) => logWeight > Number.NEGATIVE_INFINITY)
}
