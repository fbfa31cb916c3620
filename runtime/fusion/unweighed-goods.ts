/** Goods that no plate weighed, and that somebody may have taken all the same, as a posterior of its own. */
import type { Unit } from './candidate.ts'
import type { JointSubject, Parts, Subject } from './explanations.ts'
import type { Hypothesis, Posterior, Step } from './hypotheses.ts'
import type { Shelves } from './shelves.ts'

export interface Suspected {
  /** What made somebody think so. */
  subject: Subject
  personId: string
  /** How likely each product is; one piece of one of them at the most. */
  products: ReadonlyMap<string, number>
  /** What speaks for one that is so likely. */
  parts: (probability: number) => Partial<Parts>
}

const none: Parts = { weight: 0, hand: 0, sighting: 0, planogram: 0, prior: 0 }

export function suspicion({ subject, personId, products, parts }: Suspected, shelves: Shelves): Posterior {
  const said = { offLogOdds: 0, here: new Map(), weighs: new Map(), habits: new Map(), inHands: 1 }
  const joint: JointSubject = { ...subject, ...said }
  const taken = [...products].map(([sku, probability]): Hypothesis => {
    const pieceG = shelves.pieceG(sku) ?? 0
    const unit: Unit = {
      ...{ sku, quantity: 1, massG: pieceG, massSigmaG: pieceG, takenBy: personId, plates: null },
      eventIds: [subject.eventId],
    }
    const told = parts(probability)
    const { hand = 0, sighting = 0 } = told
    const step: Step = {
      ...{ subject: joint, act: 'take', acted: [{ personId, hand, sighting }], weighedBefore: false },
      moves: [{ personId, sku, quantity: 1 }],
      parts: { ...none, ...told },
    }
    return { logWeight: Math.log(probability), units: [unit], steps: [step] }
  })
  const nothing: Step = { subject: joint, act: 'nothing', acted: [], moves: [], parts: none, weighedBefore: false }
  const left = 1 - [...products.values()].reduce((sum, probability) => sum + probability, 0)
  return [...taken, { logWeight: Math.log(left), units: [], steps: [nothing] }]
    .filter(({ logWeight }) => logWeight > Number.NEGATIVE_INFINITY)
    .sort((a, b) => b.logWeight - a.logWeight)
}
