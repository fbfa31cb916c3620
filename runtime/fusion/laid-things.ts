/**
 * Things that are no goods of the store and that somebody laid among its goods and left there: a cup, or a weight in the
 * place of what went into a bag at the same moment. The scale sees only the difference. Nothing is charged for it, but a
 * person hears of it.
 */
import { anyHand, type Subject } from './explanations.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import type { Posterior } from './hypotheses.ts'
import { type Shelves, sumOf } from './shelves.ts'
import { suspicion } from './unweighed-goods.ts'

/** Less likely ones are not followed. */
const leastProbability = 0.05
/** A hand is among the goods when its distance makes it likelier than this to have acted. */
const sureHand = 0.9

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
      const isHand = Math.exp(actor.handLogOdds - logSumOf(subject.cues.actors.map(({ handLogOdds }) => handLogOdds)))
      const probability = this.#policy.laidInPlace * this.#isForeign(subject) * stays(subject, posterior)
      if (isHand < sureHand || probability < leastProbability) return []
      const { personId } = actor
      const products = this.#productsAt(subject, Math.round(100 * probability) / 100)
      const parts = () => ({ hand: anyHand(subject) })
      const key = JSON.stringify([subject.eventId, event.revision, personId, ...products])
      return products.size === 0 ? [] : [[key, suspicion({ subject, personId, products, parts }, this.#shelves)]]
    })
  }

  /** Plates that were shoved keep an offset, too; larger changes are things. */
  #isForeign({ deltaG, sigmaG }: Subject): number {
    const { offsets, offsetG, spurious } = this.#policy
    const meanG = offsetG + sigmaG
    const offset = (offsets * Math.exp(-deltaG / meanG)) / meanG
    const thing = spurious * this.#shelves.anyGoodsDensity(deltaG)
    return thing / (thing + offset)
  }

  /** Of the goods that belong there, one was taken. */
  #productsAt({ plates }: Subject, probability: number): Map<string, number> {
    const prior = this.#shelves.placePriors(plates)
    const local = this.#shelves.localSkus(plates).filter((sku) => this.#shelves.product(sku)?.soldBy !== 'weight')
    const total = sumOf(local.map((sku) => prior(sku).prior))
    return new Map(total === 0 ? [] : local.map((sku) => [sku, (probability * prior(sku).prior) / total]))
  }
}

/** How likely it is that nothing of the store was put down by this event, and that it was not taken away again. */
function stays({ eventId }: Subject, posterior: Posterior): number {
  const stayed = posterior.filter(
    ({ steps }) =>
      steps.some(({ subject, act, completes }) => subject.eventId === eventId && act === 'nothing' && !completes) &&
      !steps.some(({ completes }) => completes?.includes(eventId)),
  )
  return sumOf(stayed.map(({ logWeight }) => Math.exp(logWeight)))
}

const logSumOf = (values: readonly number[]): number => Math.log(sumOf(values.map(Math.exp)))
