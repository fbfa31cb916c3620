/**
 * The joint posterior of events that explain each other: a put-back needs a taking before it, and what was put
 * down may be taken from there. Goods are conserved in every hypothesis: each piece is with whoever took it, or
 * lies where it was put.
 */
import { type Acted, cuesOf, logSum, type Parts, type Subject, sum } from './explanations.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import { exchanges, putBacks, retakings } from './returns.ts'
import type { Shelves } from './shelves.ts'

/** One piece, or one helping of loose goods. */
export interface Unit {
  sku: string
  quantity: number
  massG: number
  massSigmaG: number
  /** Who pays; null when nobody known took it. Handing it over changes nothing. */
  takenBy: string | null
  /** Where it was put down; null while somebody has it. */
  plates: { plate: string; deltaG: number }[] | null
  /** Every event that moved it. */
  eventIds: string[]
}

export type Act = 'take' | 'put' | 'exchange' | 'nothing'

/** One way to go on from a hypothesis. */
export interface Candidate {
  act: Act
  acted: Acted[]
  /** Positive: taken. */
  moves: { personId: string | null; sku: string; quantity: number }[]
  parts: Parts
  /** Units that change, and what they change to. */
  before: Unit[]
  after: Unit[]
  /** It is the very thing that an earlier event weighed. */
  weighedBefore: boolean
}

/** What an event was in one hypothesis. */
export interface Step extends Pick<Candidate, 'act' | 'acted' | 'moves' | 'parts' | 'weighedBefore'> {
  subject: JointSubject
}

export interface Hypothesis {
  /** Natural logarithm. */
  logWeight: number
  units: Unit[]
  steps: Step[]
}

/** An event as its group sees it. */
export interface JointSubject extends Subject {
  /** What the whole fixture says of how likely goods from elsewhere are here (natural logarithm, added). */
  offLogOdds: number
}

/** Hypotheses this much less likely than the best one are dropped. */
const hopeless = 12
/** Both hands of one person work within this of each other. */
const sameReachM = 0.7

/** Works through events in the order of their time; the weights of the answer sum to 1, likeliest first. */
export function explain(
  subjects: readonly JointSubject[],
  shelves: Shelves,
  policy: FusionPolicy,
): readonly Hypothesis[] {
  let beam: Hypothesis[] = [{ logWeight: 0, units: [], steps: [] }]
  for (const subject of subjects) {
    const first = takings(subject)
    const next = beam.flatMap((hypothesis) =>
      [...first, ...returns(hypothesis.units, subject, shelves, policy)].map((candidate) =>
        extended(hypothesis, subject, withCompanions(hypothesis, subject, candidate, shelves, policy)),
      ),
    )
    beam = likeliest(next, policy.hypotheses)
  }
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
    parts: isOff ? { ...parts, planogram: parts.planogram + subject.offLogOdds } : parts,
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
          eventIds: [subject.eventId],
        }),
      ),
    ),
    weighedBefore: false,
  }))
}

function returns(units: Unit[], subject: JointSubject, shelves: Shelves, policy: FusionPolicy): Candidate[] {
  const again = subject.deltaG < 0 ? retakings : putBacks
  return [...again(units, subject, shelves, policy), ...exchanges(units, subject, shelves, policy)]
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
      const isNear = shelves.apartM(step.subject.plates, subject.plates) <= sameReachM
      prior += Math.log(isNear ? policy.severalPieces : policy.together)
      if (!isNear) continue
      hand -= Math.max(0, Math.min(hand, other.hand))
      sighting -= Math.max(0, Math.min(sighting, other.sighting))
    }
    return { ...own, hand, sighting }
  })
  return { ...candidate, acted, parts: { ...candidate.parts, ...cuesOf(acted), prior } }
}

function overlap(a: Subject, b: Subject): boolean {
  const one = a.evidence.event
  const other = b.evidence.event
  return one.startedAtMs < other.settledAtMs && other.startedAtMs < one.settledAtMs
}

function extended(hypothesis: Hypothesis, subject: JointSubject, candidate: Candidate): Hypothesis {
  const { act, acted, moves, parts, before, after, weighedBefore } = candidate
  const kept = before.length === 0 ? hypothesis.units : hypothesis.units.filter((unit) => !before.includes(unit))
  return {
    logWeight: hypothesis.logWeight + sum(parts),
    units: [...kept, ...after],
    steps: [...hypothesis.steps, { subject, act, acted, moves, parts, weighedBefore }],
  }
}

function likeliest(hypotheses: Hypothesis[], most: number): Hypothesis[] {
  const sorted = hypotheses.sort((a, b) => b.logWeight - a.logWeight).slice(0, most)
  const bestLogWeight = sorted[0]?.logWeight ?? 0
  return sorted.filter(({ logWeight }) => logWeight >= bestLogWeight - hopeless)
}
