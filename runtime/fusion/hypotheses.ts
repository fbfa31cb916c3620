/**
 * The joint posterior of events that explain each other: a put-back needs a taking before it, and what was put
 * down may be taken from there. Goods are conserved in every hypothesis: each piece is with whoever took it, or
 * lies where it was put.
 */

import type { Candidate, Unit } from './candidate.ts'
import { anyHand, cuesOf, type JointSubject, logSum, type Parts, subjectOf, sum } from './explanations.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import { mayComplete, wholeOf } from './halves.ts'
import { overlap } from './overlap.ts'
import { exchanges, putBacks, retakings, sameMass } from './returns.ts'
import type { Shelves } from './shelves.ts'
import { weighedKey } from './weight-trust.ts'

/** What an event was in one hypothesis. */
export interface Step extends Pick<Candidate, 'act' | 'acted' | 'moves' | 'parts' | 'weighedBefore' | 'completes'> {
  subject: JointSubject
}

export interface Hypothesis {
  /** Natural logarithm. */
  logWeight: number
  units: Unit[]
  steps: Step[]
}

/** All that events which hang together may have been, likeliest first; the weights sum to 1. */
export type Posterior = readonly Hypothesis[]

/** Hypotheses this much less likely than the best one are dropped. */
const hopeless = 12
/** Share of foreign weights on a shelf that the next fitting change takes away. */
const goesAgain = 0.5
/** Both hands of one person work within this of each other. */
const sameReachM = 0.7

/** Works through events in the order of their time; the weights of the answer sum to 1, likeliest first. */
export function explain(subjects: readonly JointSubject[], shelves: Shelves, policy: FusionPolicy): Posterior {
  let beam: Hypothesis[] = [{ logWeight: 0, units: [], steps: [] }]
  subjects.forEach((subject, i) => {
    const first = takings(subject)
    const wholes = wholesOf(subject, subjects.slice(0, i), shelves, policy)
    const next = beam.flatMap((hypothesis) => {
      const alone = [
        ...first,
        ...returns(hypothesis.units, subject, shelves, policy),
        ...lifted(hypothesis, subject, shelves),
      ]
      const completing = wholes.flatMap((whole) => completions(hypothesis, whole, shelves, policy))
      return [
        ...alone.map((candidate) => withCompanions(hypothesis, subject, candidate, shelves, policy)),
        ...completing,
      ].map((candidate) => extended(hypothesis, subject, candidate))
    })
    beam = likeliest(next, policy.hypotheses)
  })
  const total = logSum(beam)
  return beam.map((hypothesis) => ({ ...hypothesis, logWeight: hypothesis.logWeight - total }))
}

/** Goods that no event moved before. */
function takings(subject: JointSubject): Candidate[] {
  return subject.explanations.map(({ takings, acted, isOff, parts }) => ({
    act: takings.length === 0 ? 'nothing' : 'take',
    acted,
    moves: takings.map(({ personId, sku, pieces, quantityEach }) => ({
      personId,
      sku,
      quantity: pieces * quantityEach,
    })),
    parts: {
      ...parts,
      weight: parts.weight + weighsLogOdds(takings, subject),
      prior: parts.prior + habitLogOdds(takings, subject),
      planogram: parts.planogram + (isOff ? subject.offLogOdds : hereLogOdds(takings, subject)),
    },
    before: [],
    after: takings.flatMap(({ personId, sku, pieces, quantityEach, pieceG, pieceSigmaG }) =>
      Array.from(
        { length: pieces },
        (): Unit => ({
          sku,
          quantity: quantityEach,
          massG: pieceG,
          massSigmaG: pieceSigmaG,
          takenBy: personId,
          plates: null,
          seenAs: takings.length === 1 ? subject.cues.seenAs(personId) : undefined,
          eventIds: [subject.eventId],
        }),
      ),
    ),
    weighedBefore: false,
  }))
}

/** Of one product alone: of two the parts are not known. */
const weighsLogOdds = ([first, second]: readonly { sku: string; pieces: number }[], { weighs }: JointSubject) =>
  (first && !second && weighs.get(weighedKey(first.sku, first.pieces))) || 0

const habitLogOdds = ([first, second]: readonly { sku: string; personId: string | null }[], { habits }: JointSubject) =>
  (first?.personId && !second && habits.get(first.personId)?.get(first.sku)) || 0

const hereLogOdds = (takings: readonly { sku: string }[], { here }: JointSubject) =>
  takings.reduce((total, { sku }) => total + (here.get(sku) ?? 0), 0)

function returns(units: Unit[], subject: JointSubject, shelves: Shelves, policy: FusionPolicy): Candidate[] {
  const again = subject.deltaG < 0 ? retakings : putBacks
  return [...again(units, subject, shelves, policy), ...exchanges(units, subject, shelves, policy)]
}

interface Whole {
  /** The events that were its beginning. */
  begunBy: string[]
  subject: JointSubject
  takings: Candidate[]
}

/** Liftings that this event may complete: with each of the events that may have begun it, and with all of them. */
function wholesOf(
  subject: JointSubject,
  earlier: readonly JointSubject[],
  shelves: Shelves,
  policy: FusionPolicy,
): Whole[] {
  const begun = earlier.filter((other) => mayComplete(subject, other, shelves))
  const sets = begun.length > 1 ? [...begun.map((one) => [one]), begun] : begun.map((one) => [one])
  return sets.map((beginnings) => {
    const evidence = beginnings.reduceRight((whole, beginning) => wholeOf(beginning.evidence, whole), subject.evidence)
    const { offLogOdds, here, habits, inHands } = subject
    // What was said of the half's weight says nothing of the whole's.
    const whole = { ...subjectOf(evidence, shelves, policy), offLogOdds, here, weighs: new Map(), habits, inHands }
    const begunBy = beginnings.map(({ eventId }) => eventId)
    return { begunBy, subject: whole, takings: takings(whole).filter(({ act }) => act === 'take') }
  })
}

/** The event ends a lifting for whose beginnings this hypothesis has no other explanation. */
function completions({ steps, units }: Hypothesis, whole: Whole, shelves: Shelves, policy: FusionPolicy): Candidate[] {
  const { begunBy, subject } = whole
  const free = steps.filter((step) => step.act === 'nothing' && begunBy.includes(step.subject.eventId))
  const isFree =
    free.length === begunBy.length && !steps.some(({ completes }) => completes?.some((id) => begunBy.includes(id)))
  if (!isFree) return []
  // Where it paused may be anywhere between nothing and all; and the beginnings were something after all.
  const pause = Math.log(policy.inHalves / Math.abs(subject.deltaG))
  const shift = free.reduce((total, step) => total + pause - sum(step.parts), 0)
  const candidates = subject.deltaG < 0 ? whole.takings : putBacks(units, subject, shelves, policy)
  return candidates.map((candidate) => ({
    ...candidate,
    parts: { ...candidate.parts, prior: candidate.parts.prior + shift },
    after: candidate.after.map((unit) => ({ ...unit, eventIds: [...unit.eventIds, ...begunBy] })),
    completes: begunBy,
  }))
}

/** What was no goods of the store when it was put down, a bag or a hand that leaned there, is gone again. */
function lifted({ steps }: Hypothesis, subject: JointSubject, shelves: Shelves): Candidate[] {
  if (subject.deltaG > 0) return []
  return steps
    .filter((step) => step.act === 'nothing' && step.subject.deltaG > 0)
    .filter((step) => shelves.areNear(step.subject.plates, subject.plates))
    .filter((step) => !steps.some(({ completes }) => completes?.includes(step.subject.eventId)))
    .map((step) => {
      const weight = sameMass(step.subject.deltaG, step.subject.sigmaG, subject)
      const parts: Parts = {
        ...{ weight, hand: anyHand(subject), sighting: subject.cues.astrayLogOdds, planogram: 0 },
        prior: Math.log(goesAgain),
      }
      const none = { acted: [], moves: [], before: [], after: [], weighedBefore: false }
      return { act: 'nothing', ...none, parts, completes: [step.subject.eventId] }
    })
}

/**
 * What a person does at two places at once: the same hand and the same looks do not speak twice, and acts far
 * apart are unlikely to be one person's.
 */
function withCompanions(
  { steps }: Hypothesis,
  subject: JointSubject,
  candidate: Candidate,
  shelves: Shelves,
  policy: FusionPolicy,
): Candidate {
  const simultaneous = steps.filter((step) => overlap(step.subject, subject))
  if (simultaneous.length === 0) return candidate
  let { prior } = candidate.parts
  const acted = candidate.acted.map((own) => {
    const others = simultaneous.flatMap((step) =>
      step.acted
        .filter(({ personId }) => personId === own.personId && personId !== null)
        .map((other) => ({ step, other })),
    )
    let { hand, sighting } = own
    for (const { step, other } of others) {
      const apartM = shelves.apartM(step.subject.plates, subject.plates)
      const isNear = apartM <= sameReachM
      prior += Math.log((isNear ? policy.bothHands : policy.together) / policy.coincident)
      if (!isNear) continue
      hand -= Math.max(0, Math.min(hand, subject.cues.besideLogOdds(own.personId, apartM)))
      // Of two different things in two hands, each was looked at by itself.
      if (!sharesProduct(step, candidate, own.personId)) continue
      sighting -= Math.max(0, Math.min(sighting, other.sighting))
    }
    return { ...own, hand, sighting }
  })
  return { ...candidate, acted, parts: { ...candidate.parts, ...cuesOf(acted), prior } }
}

const sharesProduct = (a: Pick<Step, 'moves'>, b: Pick<Step, 'moves'>, personId: string | null): boolean =>
  a.moves.some(
    (one) => one.personId === personId && b.moves.some((other) => other.personId === personId && other.sku === one.sku),
  )

function extended(hypothesis: Hypothesis, subject: JointSubject, candidate: Candidate): Hypothesis {
  const { act, acted, moves, parts, before, after, weighedBefore, completes } = candidate
  const step: Step = { subject, act, acted, moves, parts, weighedBefore, ...(completes ? { completes } : {}) }
  const kept = before.length === 0 ? hypothesis.units : hypothesis.units.filter((unit) => !before.includes(unit))
  return {
    logWeight: hypothesis.logWeight + sum(parts),
    units: [...kept, ...after],
    steps: [...hypothesis.steps, step],
  }
}

function likeliest(hypotheses: Hypothesis[], most: number): Hypothesis[] {
  const sorted = hypotheses.sort((a, b) => b.logWeight - a.logWeight).slice(0, most)
  const bestLogWeight = sorted[0]?.logWeight ?? 0
  return sorted.filter(({ logWeight }) => logWeight >= bestLogWeight - hopeless)
}
