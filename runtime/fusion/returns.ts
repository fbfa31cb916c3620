/** Goods that were moved before move again: put back, taken from where they were put, or exchanged for others. */

import type { Candidate, Unit } from './candidate.ts'
import { actedBy, cuesOf, type JointSubject, type Parts, type Subject, sum } from './explanations.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import { overReadings } from './readings.ts'
import { normalDensity, type Shelves } from './shelves.ts'

/** Two readings of one thing differ by the scale's error, and by how it stood. */
const standingSigmaG = 1
/** Now and then a reading is off: leaning goods, a neighbour's swing; */
const oddReading = 0.05
const oddSigma = 4
/** or a part of the change was counted to what happened beside at the same moment. */
const sharedReading = 0.02
const sharedG = 30
/** Share of takings, from where something was put down before, that are of that very thing. */
const takesWhatWasPut = 0.5
/** Plates within reach of somebody who stands at a shelf, about three on each of four boards: each may be the wrong place. */
const wrongPlaces = 12
/** To put a thing down and take another with the same hand takes longer. Counted: 1.4 s from one to the other at least, in 9 of 9. */
const twoMovesMs = 500
/** Candidates this much less likely (natural logarithm) are not followed. */
const hopeless = 12

/** What was put down somewhere is taken from there. */
export function retakings(units: Unit[], subject: Subject, shelves: Shelves, policy: FusionPolicy): Candidate[] {
  const lying = units.filter(({ plates }) => plates !== null && shelves.areNear(plates, subject.plates))
  return lying.flatMap((unit) => {
    const weight = sameThing([unit], subject)
    return subject.cues.actors.flatMap((actor) => {
      const acted = [actedBy(subject, actor, looksOf([unit]))]
      const prior = Math.log(1 - policy.severalPieces)
      const parts = { weight, planogram: Math.log(takesWhatWasPut), prior, ...cuesOf(acted) }
      if (isHopeless(parts, subject)) return []
      const { personId } = actor
      const retaken: Unit = { ...unit, takenBy: personId, plates: null, eventIds: [...unit.eventIds, subject.eventId] }
      const moves = [{ personId, sku: unit.sku, quantity: unit.quantity }]
      return [{ act: 'take', acted, moves, parts, before: [unit], after: [retaken], weighedBefore: true }]
    })
  })
}

/** Things that somebody holds are put down: one, two, or all that one taking lifted. */
export function putBacks(units: Unit[], subject: JointSubject, shelves: Shelves, policy: FusionPolicy): Candidate[] {
  return putGroups(units.filter(({ plates }) => plates === null)).flatMap((group) => {
    const weight = sameThing(group, subject)
    const atHome = group.every(({ sku }) => shelves.isHome(sku, subject.plates))
    const planogram = Math.log(atHome ? policy.putHome : (1 - policy.putHome) / wrongPlaces)
    const several = (group.length - 1) * Math.log(policy.severalPieces)
    return subject.cues.actors.flatMap((actor) => {
      const { personId } = actor
      const acted = [actedBy(subject, actor, looksOf(group))]
      const isOwn = group.every(({ takenBy }) => takenBy === personId)
      const prior = several + (isOwn ? 0 : Math.log(policy.handedOver / subject.inHands))
      const parts = { weight, planogram, prior, ...cuesOf(acted) }
      if (isHopeless(parts, subject)) return []
      const moves = group.map(({ sku, quantity }) => ({ personId, sku, quantity: -quantity }))
      const after = group.map((unit) => putDown(unit, subject))
      return [{ act: 'put', acted, moves, parts, before: group, after, weighedBefore: true }]
    })
  })
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
export function exchanges(units: Unit[], subject: Subject, shelves: Shelves, policy: FusionPolicy): Candidate[] {
  const held = units.filter(({ plates }) => plates === null)
  if (held.length === 0) return []
  const { startedAtMs, settledAtMs } = subject.evidence.event
  const exchanged = policy.exchanged * (settledAtMs - startedAtMs < twoMovesMs ? policy.bothHands : 1)
  const placePrior = shelves.placePriors(subject.plates)
  return shelves.localSkus(subject.plates).flatMap((sku) => {
    const pieceG = shelves.pieceG(sku)
    if (pieceG === null) return []
    const pieceSigmaG = policy.weightSpread * pieceG
    return held.flatMap((unit): Candidate[] => {
      const actor = subject.cues.actors.find(({ personId }) => personId === unit.takenBy)
      const variance = subject.sigmaG ** 2 + unit.massSigmaG ** 2 + pieceSigmaG ** 2
      if (!actor) return []
      const { personId } = actor
      const acted = [actedBy(subject, actor, [{ sku }])]
      const own = held.filter(({ takenBy }) => takenBy === unit.takenBy)
      const isBack = shelves.isHome(unit.sku, subject.plates)
      const { density } = overReadings(subject.readings, (deltaG) =>
        normalDensity(deltaG - unit.massG + pieceG, variance),
      )
      const parts: Parts = {
        weight: Math.log(density),
        planogram: Math.log(placePrior(sku).prior),
        // It is any of what they hold, and is put where it belongs as often as things are.
        prior: Math.log((exchanged / own.length) * (isBack ? policy.putHome : 1 - policy.putHome)),
        ...cuesOf(acted),
      }
      if (isHopeless(parts, subject)) return []
      const fresh: Unit = {
        sku,
        quantity: 1,
        massG: pieceG,
        massSigmaG: Math.sqrt(variance),
        takenBy: personId,
        plates: null,
        eventIds: [subject.eventId],
      }
      const moves = [
        { personId, sku: unit.sku, quantity: -unit.quantity },
        { personId, sku, quantity: 1 },
      ]
      const after = [putDown(unit, subject), fresh]
      return [{ act: 'exchange', acted, moves, parts, before: [unit], after, weighedBefore: false }]
    })
  })
}

const putDown = (unit: Unit, { plates, eventId }: Subject): Unit => ({
  ...unit,
  plates,
  eventIds: [...unit.eventIds, eventId],
})

/** As what they are seen again: a look that erred once says nothing new by erring again. */
const looksOf = (units: readonly Unit[]) => units.map(({ sku, seenAs }) => ({ sku: seenAs ?? sku }))

function sameThing(units: Unit[], subject: Subject): number {
  const massG = units.reduce((total, unit) => total + unit.massG, 0)
  return sameMass(massG, Math.hypot(...units.map(({ massSigmaG }) => massSigmaG)), subject)
}

/** How well a change fits what was weighed before (natural logarithm of a density per gram). */
export function sameMass(massG: number, massSigmaG: number, { readings, sigmaG }: Subject): number {
  const variance = massSigmaG ** 2 + sigmaG ** 2 + standingSigmaG ** 2
  const { density } = overReadings(readings, (deltaG) => {
    const differenceG = Math.abs(deltaG) - massG
    const usual = normalDensity(differenceG, variance)
    const odd = normalDensity(differenceG, variance * oddSigma ** 2)
    const shared = 1 / (Math.PI * sharedG * (1 + (differenceG / sharedG) ** 2))
    return (1 - oddReading - sharedReading) * usual + oddReading * odd + sharedReading * shared
  })
  return Math.log(density)
}

/** Against the best that can be said of the event by itself, which for a put-back is that nothing of the store moved. */
function isHopeless(parts: Parts, { explanations }: Subject): boolean {
  return sum(parts) < (explanations[0]?.logWeight ?? 0) - hopeless
}
