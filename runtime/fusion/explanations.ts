/** What one weight event may have been when it is looked at alone; put-backs depend on who holds what and come later. */
import type { Evidence } from '../till-api/commands.ts'
import { type Actor, Cues } from './cues.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import { overReadings, type Reading, readingsOf } from './readings.ts'
import { normalDensity, type Shelves, slips } from './shelves.ts'

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

/** What speaks for one person's part in an act, natural logarithms. */
export interface Acted {
  personId: string | null
  hand: number
  sighting: number
}

export interface Explanation {
  /** Nothing: no goods of the store moved. */
  takings: Taking[]
  /** Who acted; their cues are summed in the parts. */
  acted: Acted[]
  /** The planogram has none of it here or beside. */
  isOff: boolean
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
  /** What of that the goods themselves changed. */
  readings: Reading[]
  cues: Cues
  isHome(sku: string): boolean
  /** Likeliest first. */
  explanations: Explanation[]
  /** How well goods of this place explain it, and goods of elsewhere; before either is known to be right (natural logarithms). */
  fit: { home: number; off: number }
}

/** For each product that may lie there, how much likelier it is than before anything was seen (natural logarithm). */
export type PlaceShift = ReadonlyMap<string, number>

/** By pieces and product, how much likelier their weight is than by the catalogue alone (natural logarithm). */
export type WeightShift = ReadonlyMap<string, number>

/** For each person who may have acted, how much likelier each product is (natural logarithm); only where it differs. */
export type HabitShift = ReadonlyMap<string, ReadonlyMap<string, number>>

/** An event as its group sees it. */
export interface JointSubject extends Subject {
  /** What the whole fixture says of how likely goods from elsewhere are here (natural logarithm, added). */
  offLogOdds: number
  /** What others say of single products lying here (natural logarithm, added). */
  here: PlaceShift
  /** What others say of how much single products weigh (natural logarithm, added). */
  weighs: WeightShift
  /** What people usually take (natural logarithm, added). */
  habits: HabitShift
  /** About how many takings were out in the store then: what comes back from other hands may be any of them. */
  inHands: number
}

/** Products of the whole store are tried, but only the likeliest are followed. */
const mostProducts = 24
const mostPieces = 6
const hopeless = 12
/** Scales and catalogues are never better than this. */
const leastSigmaG = 1

/** The plate that most of the weight went to or came from. */
export const mostChanged = ({ plates }: Pick<Subject, 'plates'>): string | undefined =>
  plates.toSorted((a, b) => Math.abs(b.deltaG) - Math.abs(a.deltaG))[0]?.plate

export function subjectOf(evidence: Evidence, shelves: Shelves, policy: FusionPolicy): Subject {
  const { event } = evidence
  const subject: Subject = {
    evidence,
    eventId: event.eventId,
    atMs: event.settledAtMs,
    plates: event.plates,
    deltaG: event.deltaG,
    sigmaG: Math.max(leastSigmaG, event.sigmaG),
    readings: readingsOf(event),
    cues: new Cues(evidence, shelves, policy),
    isHome: (sku) => shelves.isHome(sku, event.plates),
    explanations: [],
    fit: { home: 0, off: 0 },
  }
  const explanations = [spurious(subject, shelves, policy)]
  if (event.deltaG < 0) explanations.push(...takings(subject, shelves, policy))
  const fitting = (isOff: boolean) => explanations.filter((one) => one.takings.length > 0 && one.isOff === isOff)
  subject.fit = {
    home: logSum(fitting(false)) - Math.log(1 - policy.offPlanogram),
    off: logSum(fitting(true)) - Math.log(policy.offPlanogram),
  }
  subject.explanations = likeliest(explanations)
  return subject
}

/** No goods moved: a plate kept an offset after a shove, something else pressed on it, or what was put down is not ours. */
function spurious(subject: Subject, shelves: Shelves, policy: FusionPolicy): Explanation {
  const { cues } = subject
  const { offset, other } = foreignDensities(subject, shelves, policy)
  const parts: Parts = {
    weight: Math.log((offset + other) / (policy.offsets + policy.spurious)),
    hand: anyHand({ cues }),
    sighting: cues.astrayLogOdds,
    planogram: 0,
    prior: Math.log(policy.offsets + policy.spurious),
  }
  return { takings: [], acted: [], isOff: false, parts, logWeight: sum(parts) }
}

/** Per gram, times its share of events: of an offset of so much that a plate keeps, and of another thing that weighs it. */
export function foreignDensities(
  { deltaG, sigmaG }: Pick<Subject, 'deltaG' | 'sigmaG'>,
  shelves: Shelves,
  { offsets, offsetG, spurious }: FusionPolicy,
): { offset: number; other: number } {
  const massG = Math.max(1, Math.abs(deltaG))
  const meanG = offsetG + sigmaG
  const offset = (offsets * Math.exp(-massG / meanG)) / meanG
  return { offset, other: spurious * shelves.anyGoodsDensity(massG) }
}

/** Whoever shoves a shelf, leans on it or fetches a bag has a hand there, but plates settle and drift by themselves, too. */
export const anyHand = ({ cues }: Pick<Subject, 'cues'>): number =>
  Math.log((1 + Math.exp(Math.max(0, ...cues.actors.map(({ handLogOdds }) => handLogOdds)))) / 2)

interface Goods {
  items: Omit<Taking, 'personId'>[]
  isOff: boolean
  weight: number
  planogram: number
  prior: number
}

function takings(subject: Subject, shelves: Shelves, policy: FusionPolicy): Explanation[] {
  const goods = [...ofOneProduct(subject, shelves, policy), ...ofTwoProducts(subject, shelves, policy)]
  const rank = ({ items, weight, planogram, prior }: Goods) =>
    weight +
    planogram +
    prior +
    Math.max(...subject.cues.actors.map((actor) => actedBy(subject, actor, items).sighting))
  const ranked = goods.map((one) => ({ one, rank: rank(one) })).sort((a, b) => b.rank - a.rank)
  return ranked.slice(0, mostProducts).flatMap(({ one }) => withActors(subject, one, policy))
}

/** N pieces of any product of the store. */
function ofOneProduct(subject: Subject, shelves: Shelves, policy: FusionPolicy): Goods[] {
  const goods: Goods[] = []
  const placePrior = shelves.placePriors(subject.plates)
  for (const sku of shelves.skus) {
    const { prior: place, isOff } = placePrior(sku)
    if (shelves.product(sku)?.soldBy === 'weight') {
      const massG = -subject.deltaG
      const quantityEach = Math.max(1, Math.round(massG))
      const item = { sku, pieces: 1, quantityEach, pieceG: massG, pieceSigmaG: subject.sigmaG }
      const weight = Math.log(shelves.anyGoodsDensity(massG))
      goods.push({ items: [item], isOff, weight, planogram: Math.log(place), prior: 0 })
      continue
    }
    for (const pieces of likelyPieces(-subject.deltaG, shelves.pieceG(sku))) {
      const { density, best } = overReadings(subject.readings, (deltaG) =>
        shelves.massDensity(sku, -deltaG, pieces, subject.sigmaG),
      )
      const pieceG = -best.deltaG / pieces
      const item = { sku, pieces, quantityEach: 1, pieceG, pieceSigmaG: subject.sigmaG / pieces }
      const weight = Math.log(density)
      const planogram = Math.log(place) + shelves.strayLogOdds(sku, subject.plates, pieces)
      const prior = (pieces - 1) * Math.log(policy.severalPieces) + Math.log(1 - policy.severalPieces)
      goods.push({ items: [item], isOff, weight, planogram, prior })
    }
  }
  return goods
}

/** As many as weigh about as much, also where the catalogue has a digit too many or too few. */
function likelyPieces(massG: number, pieceG: number | null): number[] {
  if (pieceG === null) return [1, 2, 3]
  const nearest = Math.round(massG / pieceG)
  const slipped = slips.map((slip) => Math.round(massG / (slip * pieceG)))
  return [...new Set([1, 2, nearest, nearest + 1, ...slipped])].filter((pieces) => pieces >= 1 && pieces <= mostPieces)
}

/** One piece each of two products whose places are here, lifted within one window. */
function ofTwoProducts(subject: Subject, shelves: Shelves, policy: FusionPolicy): Goods[] {
  const local = shelves.localSkus(subject.plates).filter((sku) => shelves.pieceG(sku) !== null)
  const piece = (sku: string, pieceG: number) => {
    const pieceSigmaG = Math.hypot(policy.weightSpread * pieceG, subject.sigmaG)
    return { sku, pieces: 1, quantityEach: 1, pieceG, pieceSigmaG }
  }
  const placePrior = shelves.placePriors(subject.plates)
  return local.flatMap((a, i) =>
    local.slice(i + 1).map((b): Goods => {
      const aG = shelves.pieceG(a) as number
      const bG = shelves.pieceG(b) as number
      const variance = subject.sigmaG ** 2 + (policy.weightSpread * Math.hypot(aG, bG)) ** 2
      const { density } = overReadings(subject.readings, (deltaG) => normalDensity(deltaG + aG + bG, variance))
      return {
        items: [piece(a, aG), piece(b, bG)],
        isOff: false,
        weight: Math.log((density + apartDensity(subject, [a, aG], [b, bG], shelves, policy)) / 2 + 1e-12),
        planogram: Math.log(placePrior(a).prior * placePrior(b).prior * 2),
        prior: Math.log(policy.together),
      }
    }),
  )
}

/** When each stood on its own plates, each plate tells its product; against a lifting spread anyhow over the same plates. */
function apartDensity(
  { plates, deltaG, sigmaG }: Subject,
  [a, aG]: [string, number],
  [b, bG]: [string, number],
  shelves: Shelves,
  policy: FusionPolicy,
): number {
  const changeAtHome = (sku: string, other: string) =>
    plates
      .filter((change) => shelves.isHome(sku, [change]) && !shelves.isHome(other, [change]))
      .reduce((total, change) => total + change.deltaG, 0)
  const density = (changeG: number, pieceG: number) =>
    normalDensity(changeG + pieceG, sigmaG ** 2 + (policy.weightSpread * pieceG) ** 2)
  return density(changeAtHome(a, b), aG) * density(changeAtHome(b, a), bG) * Math.abs(deltaG)
}

/** By one person, or shared by two who reached in together. */
function withActors(subject: Subject, goods: Goods, policy: FusionPolicy): Explanation[] {
  const act = (shares: [Actor, Item[]][], prior: number): Explanation => {
    const acted = shares.map(([actor, items]) => actedBy(subject, actor, items))
    const takings = shares.flatMap(([{ personId }, items]) => items.map((item) => ({ personId, ...item })))
    const parts = { weight: goods.weight, planogram: goods.planogram, prior, ...cuesOf(acted) }
    return { takings, acted, isOff: goods.isOff, parts, logWeight: sum(parts) }
  }
  const { actors } = subject.cues
  const alone = actors.map((actor) => act([[actor, goods.items]], goods.prior))
  const shares = sharedItems(goods.items)
  if (!shares) return alone
  const { first, second, differ } = shares
  const prior = differ ? goods.prior : goods.prior - Math.log(policy.severalPieces) + Math.log(policy.together)
  const seen = actors.filter(({ personId }) => personId !== null)
  const shared = seen.flatMap((one, i) =>
    (differ ? seen : seen.slice(i + 1))
      .filter((other) => other !== one)
      .map((other) =>
        act(
          [
            [one, [first]],
            [other, [second]],
          ],
          prior,
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

/** A look is at one of the things in hand, each as likely as the others. */
export function actedBy({ cues }: Subject, actor: Actor, items: readonly { sku: string }[]): Acted {
  const ofEach = items.map(({ sku }) => ({ logWeight: cues.sightingLogOdds(actor.personId, sku) }))
  const sighting = logSum(ofEach) - Math.log(items.length)
  return { personId: actor.personId, hand: actor.handLogOdds, sighting }
}

/** The cues of everybody who acted together. */
export function cuesOf(acted: readonly Acted[]): Pick<Parts, 'hand' | 'sighting'> {
  return {
    hand: acted.reduce((total, { hand }) => total + hand, 0),
    sighting: acted.reduce((total, { sighting }) => total + sighting, 0),
  }
}

export const sum = ({ weight, hand, sighting, planogram, prior }: Parts) => weight + hand + sighting + planogram + prior

export function logSum(weighted: readonly { logWeight: number }[]): number {
  const best = Math.max(...weighted.map(({ logWeight }) => logWeight))
  if (best === Number.NEGATIVE_INFINITY) return best
  return best + Math.log(weighted.reduce((total, { logWeight }) => total + Math.exp(logWeight - best), 0))
}

function likeliest(explanations: Explanation[]): Explanation[] {
  const sorted = explanations.sort((a, b) => b.logWeight - a.logWeight)
  const bestLogWeight = sorted[0]?.logWeight ?? 0
  return sorted.filter(({ logWeight }) => logWeight >= bestLogWeight - hopeless)
}
