/**
 * The joint posterior of events that explain each other: a put-back needs a taking before it, and what was put
 * down may be taken from there. Goods are conserved in every hypothesis: each piece is with whoever took it, or
 * lies where it was put.
 */
import type { Actor } from './cues.ts'
import type { Explanation, Parts, Subject } from './explanations.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import { normalDensity, type Shelves, unknownWeightDensity } from './shelves.ts'

/** A piece, or several that always moved together. */
export interface Unit {
  /** The event and position in which it was first taken. */
  id: string
  sku: string
  quantity: number
  massG: number
  massSigmaG: number
  /** Who pays; null when nobody known took it. */
  takenBy: string | null
  /** Where it was put down; null while somebody has it. */
  plates: { plate: string; deltaG: number }[] | null
  /** Every event that moved it. */
  eventIds: string[]
}

/** What an event was in one hypothesis. */
export interface Step {
  eventId: string
  act: 'take' | 'put' | 'exchange' | 'nothing'
  /** What changed hands, for words and for the shelf. */
  moves: { personId: string | null; sku: string; quantity: number }[]
  parts: Parts
  facts: {
    deltaG: number
    /** Nearest hand of whoever acted. */
    handM: number | null
    atHome: boolean
    /** It is the very thing that an earlier event weighed. */
    weighedBefore: boolean
    gap: boolean
  }
}

export interface Hypothesis {
  logWeight: number
  units: Unit[]
  steps: Step[]
}

/** Hypotheses this much less likely than the best one are dropped. */
const hopeless = 12
/** Two readings of one thing differ by the scale's error, and by how it stood. */
const standingSigmaG = 1
/** Share of takings, from where something was put down before, that are of that very thing. */
const takesWhatWasPut = 0.5

/** Works through the events in the order of their time; the hypotheses' weights are normalised to sum to 1. */
export function explain(subjects: readonly Subject[], shelves: Shelves, policy: FusionPolicy): Hypothesis[] {
  let beam: Hypothesis[] = [{ logWeight: 0, units: [], steps: [] }]
  for (const subject of subjects) {
    const next = beam.flatMap((hypothesis) => expansions(hypothesis, subject, shelves, policy))
    beam = likeliest(next, policy.hypotheses)
  }
  const total = logSum(beam.map(({ logWeight }) => logWeight))
  return beam.map((hypothesis) => ({ ...hypothesis, logWeight: hypothesis.logWeight - total }))
}

function expansions(hypothesis: Hypothesis, subject: Subject, shelves: Shelves, policy: FusionPolicy): Hypothesis[] {
  const alone = subject.explanations.map((explanation) => taken(hypothesis, subject, explanation))
  const moves = subject.deltaG < 0 ? retakings : putBacks
  return [...alone, ...moves(hypothesis, subject, shelves, policy), ...exchanges(hypothesis, subject, shelves, policy)]
}

function taken(hypothesis: Hypothesis, subject: Subject, { takings, logWeight, parts }: Explanation): Hypothesis {
  const units = takings.flatMap(({ personId, sku, pieces, quantityEach, pieceG, pieceSigmaG }, i) =>
    Array.from(
      { length: pieces },
      (_, piece): Unit => ({
        id: `${subject.eventId}/${i}.${piece}`,
        sku,
        quantity: quantityEach,
        massG: pieceG,
        massSigmaG: pieceSigmaG,
        takenBy: personId,
        plates: null,
        eventIds: [subject.eventId],
      }),
    ),
  )
  const moves = takings.map(({ personId, sku, pieces, quantityEach }) => ({
    personId,
    sku,
    quantity: pieces * quantityEach,
  }))
  return extended(hypothesis, subject, logWeight, [...hypothesis.units, ...units], {
    act: takings.length === 0 ? 'nothing' : 'take',
    moves,
    parts,
    weighedBefore: false,
  })
}

/** What was put down somewhere is taken from there. */
function retakings(hypothesis: Hypothesis, subject: Subject, shelves: Shelves, policy: FusionPolicy): Hypothesis[] {
  return hypothesis.units
    .filter(({ plates }) => plates !== null && shelves.areNear(plates, subject.plates))
    .flatMap((unit) =>
      subject.cues.actors.flatMap((actor) => {
        const parts: Parts = {
          weight: sameThing(-subject.deltaG, [unit], subject),
          hand: actor.handLogOdds,
          sighting: subject.cues.sightingLogOdds(actor.personId, unit.sku),
          planogram: Math.log(takesWhatWasPut),
          prior: Math.log(1 - policy.severalPieces),
        }
        const retaken = {
          ...unit,
          takenBy: actor.personId,
          plates: null,
          eventIds: [...unit.eventIds, subject.eventId],
        }
        return moved(hypothesis, subject, parts, [unit], [retaken], 'take', actor.personId)
      }),
    )
}

/** Things that somebody holds are put down: one, two, or all that one taking lifted. */
function putBacks(hypothesis: Hypothesis, subject: Subject, shelves: Shelves, policy: FusionPolicy): Hypothesis[] {
  const groups = putGroups(hypothesis.units.filter(({ plates }) => plates === null))
  return groups.flatMap((units) =>
    subject.cues.actors.flatMap((actor) => {
      const parts = putParts(subject, units, actor, shelves, policy)
      parts.weight = sameThing(subject.deltaG, units, subject)
      const put = units.map((unit) => putDown(unit, subject))
      return moved(hypothesis, subject, parts, units, put, 'put', actor.personId)
    }),
  )
}

function putGroups(held: Unit[]): Unit[][] {
  const pairs = held.flatMap((one, i) =>
    held.slice(i + 1).flatMap((other) => (one.takenBy === other.takenBy ? [[one, other]] : [])),
  )
  const lifts = new Map<string, Unit[]>()
  for (const unit of held) {
    const key = `${unit.takenBy}/${unit.eventIds.at(-1)}`
    lifts.set(key, [...(lifts.get(key) ?? []), unit])
  }
  return [...held.map((unit) => [unit]), ...pairs, ...[...lifts.values()].filter(({ length }) => length > 2)]
}

/** One thing is put down and another taken from there within one window: the scale sees the difference. */
function exchanges(hypothesis: Hypothesis, subject: Subject, shelves: Shelves, policy: FusionPolicy): Hypothesis[] {
  const held = hypothesis.units.filter(({ plates }) => plates === null)
  if (held.length === 0) return []
  return shelves.localSkus(subject.plates).flatMap((sku) => {
    const pieceG = shelves.pieceG(sku)
    if (pieceG === null) return []
    return held.flatMap((unit) => {
      const differenceG = subject.deltaG - (unit.massG - pieceG)
      const variance = subject.sigmaG ** 2 + unit.massSigmaG ** 2 + (policy.weightSpread * pieceG) ** 2
      if (differenceG ** 2 > 16 * variance) return []
      const actor = subject.cues.actors.find(({ personId }) => personId === unit.takenBy)
      if (!actor) return []
      const parts: Parts = {
        weight: Math.log(normalDensity(differenceG, variance)),
        hand: actor.handLogOdds,
        sighting: subject.cues.sightingLogOdds(actor.personId, sku),
        planogram: Math.log(shelves.locationPrior(sku, subject.plates)),
        prior: Math.log(policy.exchanged),
      }
      const fresh: Unit = {
        id: `${subject.eventId}/x`,
        sku,
        quantity: 1,
        massG: pieceG,
        massSigmaG: Math.sqrt(variance),
        takenBy: actor.personId,
        plates: null,
        eventIds: [subject.eventId],
      }
      return moved(hypothesis, subject, parts, [unit], [putDown(unit, subject), fresh], 'exchange', actor.personId)
    })
  })
}

function putParts(
  subject: Subject,
  units: Unit[],
  actor: Actor,
  shelves: Shelves,
  policy: FusionPolicy,
): Parts {
  const atHome = units.every(({ sku }) => shelves.isHome(sku, subject.plates))
  const ownThings = units.every(({ takenBy }) => takenBy === actor.personId)
  return {
    weight: 0,
    hand: actor.handLogOdds,
    sighting: Math.max(...units.map(({ sku }) => subject.cues.sightingLogOdds(actor.personId, sku))),
    planogram: Math.log(atHome ? policy.putHome : (1 - policy.putHome) / elsewhere),
    prior: (ownThings ? 0 : Math.log(policy.handedOver)) + (units.length - 1) * Math.log(policy.severalPieces),
  }
}

/** Wrong places that are as near to a shopper as the right one. */
const elsewhere = 4

const putDown = (unit: Unit, { plates, eventId }: Subject): Unit => ({
  ...unit,
  plates,
  eventIds: [...unit.eventIds, eventId],
})

/** How well the change fits these very things, which were weighed before. */
function sameThing(massG: number, units: Unit[], subject: Subject): number {
  const expectedG = units.reduce((sum, unit) => sum + unit.massG, 0)
  const variance = units.reduce((sum, unit) => sum + unit.massSigmaG ** 2, subject.sigmaG ** 2 + standingSigmaG ** 2)
  const usual = normalDensity(massG - expectedG, variance)
  // Now and then a reading is a little off: leaning goods, a neighbour's swing.
  return Math.log(0.95 * usual + 0.05 * normalDensity(massG - expectedG, variance * 16))
}

function moved(
  hypothesis: Hypothesis,
  subject: Subject,
  parts: Parts,
  before: Unit[],
  after: Unit[],
  act: Step['act'],
  personId: string | null,
): Hypothesis[] {
  const logWeight = parts.weight + parts.hand + parts.sighting + parts.planogram + parts.prior
  if (logWeight < Math.log(unknownWeightDensity(Math.abs(subject.deltaG))) - hopeless) return []
  const sign = act === 'take' ? 1 : -1
  const moves = before.map(({ sku, quantity }) => ({ personId, sku, quantity: sign * quantity }))
  if (act === 'exchange') {
    for (const { sku, quantity } of after.slice(before.length)) moves.push({ personId, sku, quantity })
  }
  const units = [...hypothesis.units.filter((unit) => !before.includes(unit)), ...after]
  return [extended(hypothesis, subject, logWeight, units, { act, moves, parts, weighedBefore: true })]
}

function extended(
  hypothesis: Hypothesis,
  subject: Subject,
  logWeight: number,
  units: Unit[],
  step: Pick<Step, 'act' | 'moves' | 'parts'> & { weighedBefore: boolean },
): Hypothesis {
  const { act, moves, parts, weighedBefore } = step
  const actors = new Set(moves.map(({ personId }) => personId))
  const distancesM = subject.cues.actors.flatMap(({ personId, handM }) => (actors.has(personId) ? (handM ?? []) : []))
  const facts: Step['facts'] = {
    deltaG: subject.deltaG,
    handM: distancesM.length > 0 ? Math.max(...distancesM) : null,
    atHome: moves.every(({ sku }) => subject.isHome(sku)),
    weighedBefore,
    gap: subject.evidence.event.kind === 'gap',
  }
  return {
    logWeight: hypothesis.logWeight + logWeight,
    units,
    steps: [...hypothesis.steps, { eventId: subject.eventId, act, moves, parts, facts }],
  }
}

function likeliest(hypotheses: Hypothesis[], most: number): Hypothesis[] {
  const sorted = hypotheses.sort((a, b) => b.logWeight - a.logWeight).slice(0, most)
  const bestLogWeight = sorted[0]?.logWeight ?? 0
  return sorted.filter(({ logWeight }) => logWeight >= bestLogWeight - hopeless)
}

function logSum(logWeights: number[]): number {
  const best = Math.max(...logWeights)
  return best + Math.log(logWeights.reduce((sum, logWeight) => sum + Math.exp(logWeight - best), 0))
}
