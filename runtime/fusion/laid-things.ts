/**
 * Things that are no goods of the store and that somebody laid among its goods and left there: a cup, or a weight in the
 * place of what went into a bag at the same moment. The scale sees only the difference. Nothing is charged for it, but a
 * person hears of it.
 */
import { anyHand, foreignDensities, logSum, type Subject } from './explanations.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import type { Posterior } from './hypotheses.ts'
import { type Shelves, sumOf } from './shelves.ts'
import { suspicion } from './unweighed-goods.ts'

/** Less likely things are not followed, */
const leastProbability = 0.25
/** nor single products that are less likely to have been taken for one. */
const leastOfProduct = 0.05
/** A hand is among the goods when its distance makes it likelier than this to have acted. */
const sureHand = 0.9
/** What is to pass for goods weighs about as much as they: standard deviation, as a share. An assumption. */
const likeness = 0.06

export class LaidThings {
  readonly #shelves: Shelves
  readonly #policy: FusionPolicy
  /** A posterior never changes: what follows from it is worked out once. */
  readonly #known = new WeakMap<Posterior, readonly [string, Posterior][]>()

  constructor(shelves: Shelves, policy: FusionPolicy) {
    this.#shelves = shelves
    this.#policy = policy
  }

  /** What each such thing says when these posteriors hold of all that was weighed, by what it follows from. */
  posteriors(weighed: readonly Posterior[]): Map<string, Posterior> {
    return new Map(
      weighed.flatMap((posterior) => {
        const known = this.#known.get(posterior) ?? this.#of(posterior)
        this.#known.set(posterior, known)
        return known
      }),
    )
  }

  #of(posterior: Posterior): [string, Posterior][] {
    return (posterior[0]?.steps ?? []).flatMap(({ subject }): [string, Posterior][] => {
      const { event } = subject.evidence
      const [actor] = subject.cues.actors
      if (event.kind !== 'added' || !actor || actor.personId === null || !actor.isSeen) return []
      const hands = subject.cues.actors.map(({ handLogOdds }) => ({ logWeight: handLogOdds }))
      const isHand = Math.exp(actor.handLogOdds - logSum(hands))
      const stayed = stays(subject, posterior)
      if (isHand < sureHand || stayed < leastProbability) return []
      const { personId } = actor
      const products = this.#takenFor(subject, stayed)
      const parts = () => ({ hand: anyHand(subject) })
      const key = JSON.stringify([subject.eventId, event.revision, personId, ...products])
      return products.size === 0 ? [] : [[key, suspicion({ subject, personId, products, parts }, this.#shelves)]]
    })
  }

  /**
   * What was taken, when it was: something of this place. Whoever means to fool a scale lays there what is about as heavy
   * as goods of the place are said to be; other things were left behind, and a plate that was shoved keeps an offset.
   */
  #takenFor(subject: Subject, stayed: number): Map<string, number> {
    const { laidInPlace, spurious } = this.#policy
    const densities = this.#densities(subject)
    const total = sumOf(densities.values())
    const laid = (spurious * total * laidInPlace) / (1 - laidInPlace)
    const { offset, other } = foreignDensities(subject, this.#shelves, this.#policy)
    const probability = stayed * Math.min(laidInPlace, laid / (laid + other + offset))
    const taken = [...densities].map(([sku, density]) => {
      return [sku, Math.round((100 * probability * density) / total) / 100] as const
    })
    return new Map(probability < leastProbability ? [] : taken.filter(([, share]) => share >= leastOfProduct))
  }

  /** Per gram: of this change, when a piece of each product was taken for a thing as heavy as any of the place. */
  #densities({ plates, deltaG, sigmaG }: Subject): Map<string, number> {
    const prior = this.#shelves.placePriors(plates)
    const local = this.#shelves.localSkus(plates).flatMap((sku) => {
      const pieceG = this.#shelves.product(sku)?.soldBy === 'weight' ? null : this.#shelves.pieceG(sku)
      return pieceG === null ? [] : [{ sku, pieceG, share: prior(sku).prior }]
    })
    return new Map(
      local.map(({ sku, share }) => {
        const laid = local.map((like) => {
          const takenG = like.pieceG - deltaG
          const sdG = Math.hypot(sigmaG, likeness * like.pieceG)
          return takenG <= 0 ? 0 : like.share * this.#shelves.massDensity(sku, takenG, 1, sdG)
        })
        return [sku, share * sumOf(laid)]
      }),
    )
  }
}

/** How likely it is that nothing of the store was put down by this event, and that it was not taken away again. */
function stays({ eventId }: Subject, posterior: Posterior): number {
  const stayed = posterior.filter(
    ({ steps }) =>
      steps.some(({ subject, act, completes }) => subject.eventId === eventId && act === 'nothing' && !completes) &&
      !steps.some(({ completes }) => completes?.includes(eventId)),
  )
  return Math.exp(logSum(stayed))
}
