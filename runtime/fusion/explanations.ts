/** What one weight event may have been when it is looked at alone; put-backs depend on who holds what and come later. */
import type { Evidence } from '../till-api/commands.ts'
import { type Actor, Cues } from './cues.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import { normalDensity, type Shelves, unknownWeightDensity } from './shelves.ts'

/** One product that one person moved. */
export interface Taking {
  personId: string | null
  sku: string
  pieces: number
  /** What a piece counts on a receipt: 1, or its grams when it is sold by weight. */
  quantityEach: number
  /** What one piece weighs by this event. */
  pieceG: number
  pieceSigmaG: number
}

/** How each kind of evidence bears on an explanation, natural logarithms. */
export interface Parts {
  weight: number
  hand: number
  sighting: number
  planogram: number
  prior: number
}

export interface Explanation {
  /** Nothing: no goods of the store moved. */
  takings: Taking[]
  logWeight: number
  parts: Parts
}

/** An event with everything that can be said of it before other events are considered. */
export interface Subject {
  evidence: Evidence
  eventId: string
  atMs: number
  plates: { plate: string; deltaG: number }[]
  /** What the shelf gained. */
  deltaG: number
  sigmaG: number
  cues: Cues
  isHome(sku: string): boolean
  /** Likeliest first. */
  explanations: Explanation[]
}

/** Products of the whole store are tried, but only the likeliest are followed. */
const mostProducts = 24
const mostPieces = 6
const hopeless = 12
/** Scales and catalogues are never better than this. */
const leastSigmaG = 1

export function subjectOf(evidence: Evidence, shelves: Shelves, policy: FusionPolicy): Subject {
  const { event } = evidence
  const subject: Subject = {
    evidence,
    eventId: event.eventId,
    atMs: event.settledAtMs,
    plates: event.plates,
    deltaG: event.deltaG,
    sigmaG: Math.max(leastSigmaG, event.sigmaG),
    cues: new Cues(evidence, policy),
    isHome: (sku) => shelves.isHome(sku, event.plates),
    explanations: [],
  }
  const explanations = [spurious(subject, policy)]
  if (event.deltaG < 0) explanations.push(...takings(subject, shelves, policy))
  subject.explanations = likeliest(explanations)
  return subject
}

/** No goods moved: something else pressed on the shelf, or what was put down is not ours. */
function spurious({ deltaG }: Subject, policy: FusionPolicy): Explanation {
  return weigh([], {
    weight: Math.log(unknownWeightDensity(Math.abs(deltaG))),
    hand: 0,
    sighting: 0,
    planogram: 0,
    prior: Math.log(policy.spurious),
  })
}

interface Goods {
  items: Omit<Taking, 'personId'>[]
  weight: number
  planogram: number
  prior: number
}

function takings(subject: Subject, shelves: Shelves, policy: FusionPolicy): Explanation[] {
  const goods = [...ofOneProduct(subject, shelves, policy), ...ofTwoProducts(subject, shelves, policy)]
  const rank = ({ items, weight, planogram, prior }: Goods) =>
    weight + planogram + prior + Math.max(...subject.cues.actors.map((actor) => lookLogOdds(subject, actor, items)))
  const ranked = goods.map((one) => ({ one, rank: rank(one) })).sort((a, b) => b.rank - a.rank)
  return ranked.slice(0, mostProducts).flatMap(({ one }) => withActors(subject, one, policy))
}

/** N pieces of any product of the store. */
function ofOneProduct(subject: Subject, shelves: Shelves, policy: FusionPolicy): Goods[] {
  const massG = -subject.deltaG
  const goods: Goods[] = []
  for (const sku of shelves.skus()) {
    const planogram = Math.log(shelves.locationPrior(sku, subject.plates))
    if (shelves.product(sku)?.soldBy === 'weight') {
      const quantityEach = Math.max(1, Math.round(massG))
      const item = { sku, pieces: 1, quantityEach, pieceG: massG, pieceSigmaG: subject.sigmaG }
      goods.push({ items: [item], weight: Math.log(unknownWeightDensity(massG)), planogram, prior: 0 })
      continue
    }
    for (const pieces of likelyPieces(massG, shelves.pieceG(sku))) {
      const item = { sku, pieces, quantityEach: 1, pieceG: massG / pieces, pieceSigmaG: subject.sigmaG / pieces }
      const weight = Math.log(shelves.massDensity(sku, massG, pieces, subject.sigmaG))
      const prior = (pieces - 1) * Math.log(policy.severalPieces) + Math.log(1 - policy.severalPieces)
      goods.push({ items: [item], weight, planogram, prior })
    }
  }
  return goods
}

function likelyPieces(massG: number, pieceG: number | null): number[] {
  if (pieceG === null) return [1, 2, 3]
  const nearest = Math.round(massG / pieceG)
  return [...new Set([1, 2, nearest, nearest + 1])].filter((pieces) => pieces >= 1 && pieces <= mostPieces)
}

/** One piece each of two products whose places are here, lifted within one window. */
function ofTwoProducts(subject: Subject, shelves: Shelves, policy: FusionPolicy): Goods[] {
  const massG = -subject.deltaG
  const local = shelves.localSkus(subject.plates).filter((sku) => shelves.pieceG(sku) !== null)
  const piece = (sku: string, pieceG: number) => {
    const pieceSigmaG = Math.hypot(policy.weightSpread * pieceG, subject.sigmaG)
    return { sku, pieces: 1, quantityEach: 1, pieceG, pieceSigmaG }
  }
  return local.flatMap((a, i) =>
    local.slice(i + 1).map((b): Goods => {
      const aG = shelves.pieceG(a) as number
      const bG = shelves.pieceG(b) as number
      const spreadG = policy.weightSpread * Math.hypot(aG, bG)
      return {
        items: [piece(a, aG), piece(b, bG)],
        weight: Math.log(normalDensity(massG - aG - bG, subject.sigmaG ** 2 + spreadG ** 2) + 1e-12),
        planogram: Math.log(shelves.locationPrior(a, subject.plates) * shelves.locationPrior(b, subject.plates) * 2),
        prior: Math.log(policy.together),
      }
    }),
  )
}

/** By one person, or shared by two who reached in together. */
function withActors(subject: Subject, goods: Goods, policy: FusionPolicy): Explanation[] {
  const { items, weight, planogram, prior } = goods
  const alone = subject.cues.actors.map((actor) =>
    weigh(
      items.map((item) => ({ personId: actor.personId, ...item })),
      { weight, planogram, prior, hand: actor.handLogOdds, sighting: lookLogOdds(subject, actor, items) },
    ),
  )
  const shares = sharedItems(items)
  if (!shares) return alone
  const seen = subject.cues.actors.filter(({ personId }) => personId !== null)
  const shared = seen.flatMap((one) =>
    seen
      .filter((other) => other !== one && (shares.differ || (one.personId as string) < (other.personId as string)))
      .map((other) =>
        weigh(
          [
            { personId: one.personId, ...shares.first },
            { personId: other.personId, ...shares.second },
          ],
          {
            weight,
            planogram,
            prior: shares.differ ? prior : prior - Math.log(policy.severalPieces) + Math.log(policy.together),
            hand: one.handLogOdds + other.handLogOdds,
            sighting: lookLogOdds(subject, one, [shares.first]) + lookLogOdds(subject, other, [shares.second]),
          },
        ),
      ),
  )
  return [...alone, ...shared]
}

type Item = Goods['items'][number]

/** How two people would share: a piece each of two products, or half of an even number of pieces. */
function sharedItems(items: Item[]): { first: Item; second: Item; differ: boolean } | undefined {
  const [first, second] = items
  if (first && second) return { first, second, differ: true }
  if (first?.pieces !== 2) return undefined
  const half = { ...first, pieces: 1 }
  return { first: half, second: half, differ: false }
}

/** The look is at one of the things in hand, whichever fits it best. */
function lookLogOdds({ cues }: Subject, { personId }: Actor, items: { sku: string }[]): number {
  return Math.max(...items.map(({ sku }) => cues.sightingLogOdds(personId, sku)))
}

export function weigh(takings: Taking[], parts: Parts): Explanation {
  const logWeight = parts.weight + parts.hand + parts.sighting + parts.planogram + parts.prior
  return { takings, logWeight, parts }
}

function likeliest(explanations: Explanation[]): Explanation[] {
  const sorted = explanations.sort((a, b) => b.logWeight - a.logWeight)
  const bestLogWeight = sorted[0]?.logWeight ?? 0
  return sorted.filter(({ logWeight }) => logWeight >= bestLogWeight - hopeless)
}
