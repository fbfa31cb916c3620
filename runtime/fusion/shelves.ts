/** The store's goods as fusion asks for them: what lies where, and how well a weight fits a product. */
import { handToPlateM, headToPlateM } from '../people/geometry.ts'
import type { LearnedGoods, Plate, Point3DM, Product, StoreLayout } from '../profile/layout.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import { LearnedPriors } from './learned-priors.ts'

type PlateChange = { plate: string; deltaG: number }

/** Densities per gram, and how likely it is that the catalogue is wrong. */
export interface MassByCatalogue {
  right: number
  wrong: number
  /** What of that is not for a digit too many or too few, but for any weight. */
  anyhow: number
  wrongShare: number
  /** Whether it is right or not. */
  all: number
}

/** A catalogue weight below this is most likely in kilograms: no packaged good is that light. */
const lightestGoodG = 2
/** What packaged goods weigh (median, and spread of the natural logarithm) where no catalogue says it. */
const usualGoodG = 200
const usualGoodSpread = 1
/** So many known weights tell what goods weigh in this store. */
const enoughWeights = 20
/** A wrong catalogue weight is often another size of the same product, */
const wrongWeightSpread = 0.35
/** or a digit too many or too few: a third of the wrong ones each, and a third is anything (assumption). */
export const slips = [0.1, 10]
/** Some pieces differ more than the spread says (another batch, a wet bottle). */
const oddPieces = 0.15
const oddSpread = 3
/** Products that a plate's neighbours hold, usually. */
const neighbours = 4
/** Products of one kind weigh the same within this share; at least so many are of one kind. */
const sameKindShare = 0.05
const leastOfKind = 3
/** Products whose weights differ by less than this share may look alike (assumption). */
const alikeShare = 0.15
/** The spread of a light product is at least its packaging's. */
const leastSpreadG = 0.3

/** How likely a product is at some place, by the planogram alone. */
export interface PlacePrior {
  prior: number
  /** The planogram has none of it here or beside. */
  isOff: boolean
}

export class Shelves {
  readonly #policy: FusionPolicy
  readonly #plates: Map<string, Plate>
  readonly #products: Map<string, Product>
  readonly #skus: ReadonlySet<string>
  readonly #homes = new Map<string, Set<string>>()
  readonly #skusOfPlate = new Map<string, Set<string>>()
  readonly #skusOfFixture = new Map<string, Set<string>>()
  readonly #ofKind = new Map<string, string[]>()
  readonly #skuOfCode = new Map<string, string>()
  /** Mean and standard deviation of the natural logarithm of what this store's goods weigh, by the catalogue. */
  readonly #logWeights: { mean: number; spread: number }
  #learned: LearnedGoods['weights'] = new Map()
  #priors: LearnedPriors
  readonly #lookAlikes = new Map<string, ReadonlyMap<string, number>>()

  constructor(layout: StoreLayout, policy: FusionPolicy) {
    this.#policy = policy
    this.#plates = new Map(layout.plates.map((plate) => [plate.id, plate]))
    this.#products = new Map(layout.products.map((product) => [product.sku, product]))
    for (const { sku, aliases } of layout.products) for (const alias of aliases) this.#skuOfCode.set(alias, sku)
    for (const { sku, plates } of layout.planogram) {
      for (const plate of plates) this.#place(this.canonical(sku), plate)
    }
    this.#skus = new Set([...this.#homes.keys(), ...this.#products.keys()])
    this.#logWeights = logWeightsOf(layout.products.flatMap(({ sku }) => this.pieceG(sku) ?? []))
    this.#priors = new LearnedPriors(layout.learned, policy.popularity)
    this.takeUp(layout.learned)
  }

  /** From here on goods are judged by what was learned on top of the catalogue. */
  takeUp(learned: LearnedGoods | undefined): void {
    this.#learned = learned?.weights ?? new Map()
    this.#priors = new LearnedPriors(learned, this.#policy.popularity)
    this.#ofKind.clear()
    this.#lookAlikes.clear()
  }

  /** Whether its weight is not the catalogue's. */
  isLearned(sku: string): boolean {
    return this.#learned.has(sku)
  }

  /** The SKU that a code stands for. */
  canonical(code: string): string {
    return this.#products.has(code) ? code : (this.#skuOfCode.get(code) ?? code)
  }

  product(sku: string): Product | undefined {
    return this.#products.get(sku)
  }

  name(sku: string): string {
    return this.#products.get(sku)?.name ?? sku
  }

  /** How many products the planogram has. */
  get kinds(): number {
    return this.#homes.size
  }

  /** Whether one may be taken for the other by its looks: as far as is known, what differs in weight differs in size. */
  areAlike(a: string, b: string): boolean {
    const [aG, bG] = [this.pieceG(a), this.pieceG(b)]
    return aG === null || bG === null || Math.abs(Math.log(aG / bG)) <= alikeShare
  }

  /** Everything that the planogram or the catalogue knows. */
  get skus(): Iterable<string> {
    return this.#skus
  }

  /** Products whose own plates are among these. */
  localSkus(changes: readonly PlateChange[]): string[] {
    return [...new Set(changes.flatMap(({ plate }) => [...(this.#skusOfPlate.get(plate) ?? [])]))].sort()
  }

  isHome(sku: string, changes: readonly { plate: string }[]): boolean {
    const homes = this.#homes.get(sku)
    return homes !== undefined && changes.some(({ plate }) => homes.has(plate))
  }

  /** How likely it is, before anything is weighed or seen, that what is taken from these plates is a product. */
  placePriors(changes: readonly PlateChange[]): (sku: string) => PlacePrior {
    const { besidePlanogram, offPlanogram, kindsMistaken } = this.#policy
    const homes = new Set(this.localSkus(changes))
    const rivals = this.rivals(changes)
    const off: PlacePrior = { prior: offPlanogram / Math.max(1, this.#products.size), isOff: true }
    return (sku) => {
      const home = homes.has(sku) ? this.#homeShare(sku, changes) : 0
      if (home > 0) {
        const mistaken = Math.max(kindsMistaken, sumOf(this.#lookAlikesOf(sku).values()))
        return { prior: (1 - besidePlanogram - offPlanogram - mistaken) * home, isOff: false }
      }
      const beside = this.#isBeside(sku, changes) ? besidePlanogram / neighbours : 0
      const prior = beside + (rivals.get(sku) ?? 0)
      return prior > 0 ? { prior, isOff: false } : off
    }
  }

  /**
   * Of several pieces, those that did not come from their own plates stood beside them: as much of the change says so.
   * Natural logarithm; one piece may rest on two plates.
   */
  strayLogOdds(sku: string, changes: readonly PlateChange[], pieces: number): number {
    const home = pieces > 1 ? this.#shareOnHome(sku, changes) : 0
    return home === 0 ? 0 : Math.round((1 - home) * pieces) * Math.log(this.#policy.besidePlanogram / neighbours)
  }

  /** Products that may lie here for good because they were taken for what belongs here, and how likely each is. */
  rivals(changes: readonly PlateChange[]): Map<string, number> {
    const rivals = new Map<string, number>()
    const homes = this.localSkus(changes)
    for (const home of homes) {
      const homeShare = this.#homeShare(home, changes)
      for (const [sku, share] of this.#lookAlikesOf(home)) {
        if (!homes.includes(sku)) rivals.set(sku, (rivals.get(sku) ?? 0) + share * homeShare)
      }
    }
    return rivals
  }

  /** What belongs to these plates and may have been mistaken for this rival. */
  takenFor(rival: string, changes: readonly PlateChange[]): string[] {
    return this.localSkus(changes).filter((home) => this.#lookAlikesOf(home).has(rival))
  }

  /** What is taken for this product where it belongs, and how likely each is there. */
  #lookAlikesOf(home: string): ReadonlyMap<string, number> {
    const known = this.#lookAlikes.get(home)
    if (known) return known
    const ofKind = this.#sameKind(home)
    const share = this.#policy.kindsMistaken / Math.max(leastOfKind, ofKind.length)
    const lookAlikes = this.#priors.lookAlikes(home, new Map(ofKind.map((sku) => [sku, share])))
    this.#lookAlikes.set(home, lookAlikes)
    return lookAlikes
  }

  #homeShare(sku: string, changes: readonly PlateChange[]): number {
    const totalG = changes.reduce((sum, { deltaG }) => sum + Math.abs(deltaG), 0)
    let share = 0
    for (const { plate, deltaG } of changes) {
      const skus = this.#skusOfPlate.get(plate)
      const popularity = skus?.has(sku) ? this.#priors.popularity(sku, skus) : 0
      share += (totalG === 0 ? 1 / changes.length : Math.abs(deltaG) / totalG) * popularity
    }
    return share
  }

  #shareOnHome(sku: string, changes: readonly PlateChange[]): number {
    const total = changes.reduce((sum, { deltaG }) => sum + Math.abs(deltaG), 0)
    const own = changes.filter((change) => this.isHome(sku, [change]))
    return total === 0 ? 0 : own.reduce((sum, { deltaG }) => sum + Math.abs(deltaG), 0) / total
  }

  /** Other products of the same fixture that weigh as much. */
  #sameKind(sku: string): string[] {
    const known = this.#ofKind.get(sku)
    if (known) return known
    const pieceG = this.pieceG(sku)
    const fixtures = new Set([...(this.#homes.get(sku) ?? [])].map((plate) => this.#plates.get(plate)?.fixture))
    const others = [...fixtures].flatMap((fixture) => [...(this.#skusOfFixture.get(fixture ?? '') ?? [])])
    const ofKind = [...new Set(others)].filter((other) => {
      const otherG = this.pieceG(other)
      return other !== sku && pieceG !== null && otherG !== null && Math.abs(otherG / pieceG - 1) <= sameKindShare
    })
    this.#ofKind.set(sku, ofKind)
    return ofKind
  }

  /** Metres between the nearest of these plates, as seen from above. */
  apartM(a: readonly { plate: string }[], b: readonly { plate: string }[]): number {
    let apartM = Number.POSITIVE_INFINITY
    for (const one of a) {
      const centreM = this.#plates.get(one.plate)?.positionM
      if (centreM) apartM = Math.min(apartM, this.headDistanceM(centreM, b))
    }
    return apartM
  }

  /** Whether two places touch or are neighbours on one shelf. */
  areNear(a: readonly { plate: string }[], b: readonly { plate: string }[]): boolean {
    return a.some((one) => b.some((other) => this.#areNeighbours(one.plate, other.plate)))
  }

  /** Density (per gram) of `massG` when `pieces` of this product moved; `sigmaG` is the scale's. */
  massDensity(sku: string, massG: number, pieces: number, sigmaG: number): number {
    return this.massByCatalogue(sku, massG, pieces, sigmaG).all
  }

  /** The same, where the catalogue is right and where it is wrong, as one is that says nothing. */
  massByCatalogue(sku: string, massG: number, pieces: number, sigmaG: number): MassByCatalogue {
    const pieceG = this.pieceG(sku)
    const anyGoods = this.anyGoodsDensity(massG / pieces) / pieces
    if (pieceG === null) return { right: 0, wrong: anyGoods, anyhow: anyGoods, wrongShare: 1, all: anyGoods }
    const spreadG = this.spreadG(sku, pieceG)
    const usual = normalDensity(massG - pieces * pieceG, sigmaG ** 2 + pieces * spreadG ** 2)
    const odd = normalDensity(massG - pieces * pieceG, sigmaG ** 2 + pieces * (oddSpread * spreadG) ** 2)
    const slipped = slips.map((slip) =>
      normalDensity(massG - pieces * pieceG * slip, sigmaG ** 2 + pieces * (oddSpread * slip * spreadG) ** 2),
    )
    const anyhow = (otherSizeDensity(massG / pieces, pieceG) / pieces + anyGoods) / 3
    const right = (1 - oddPieces) * usual + oddPieces * odd
    const wrong = anyhow + mean(slipped) / 3
    const wrongShare = isInKilograms(this.#weightOf(sku)?.weightG ?? 0) ? 0.3 : this.#policy.catalogueWrong
    return { right, wrong, anyhow, wrongShare, all: (1 - wrongShare) * right + wrongShare * wrong }
  }

  /** Density (per gram) of the weight of a thing that nobody knows, among such goods as this store has. */
  anyGoodsDensity(massG: number): number {
    const { mean, spread } = this.#logWeights
    return normalDensity(Math.log(massG) - mean, spread ** 2) / massG
  }

  /** The weight of one piece in grams, as it was learned or as the catalogue has it; null while unknown. */
  pieceG(sku: string): number | null {
    return catalogueGrams(this.#weightOf(sku)?.weightG ?? null)
  }

  /** What its pieces of about this weight differ by. */
  spreadG(sku: string, pieceG: number): number {
    return this.#weightOf(sku)?.weightSdG ?? usualSpreadG(pieceG, this.#policy)
  }

  #weightOf(sku: string): Pick<Product, 'weightG' | 'weightSdG'> | undefined {
    return this.#learned.get(sku) ?? this.#products.get(sku)
  }

  handDistanceM(handM: Point3DM, changes: readonly { plate: string }[]): number {
    return this.#nearest(changes, (plate) => handToPlateM(handM, plate))
  }

  headDistanceM(headM: Point3DM, changes: readonly { plate: string }[]): number {
    return this.#nearest(changes, (plate) => headToPlateM(headM, plate))
  }

  #nearest(changes: readonly { plate: string }[], distanceM: (plate: Plate) => number): number {
    let nearestM = Number.POSITIVE_INFINITY
    for (const { plate: id } of changes) {
      const plate = this.#plates.get(id)
      if (plate) nearestM = Math.min(nearestM, distanceM(plate))
    }
    return nearestM
  }

  #isBeside(sku: string, changes: readonly { plate: string }[]): boolean {
    const homes = this.#homes.get(sku)
    return (
      homes !== undefined && changes.some(({ plate }) => [...homes].some((home) => this.#areNeighbours(plate, home)))
    )
  }

  #areNeighbours(a: string, b: string): boolean {
    if (a === b) return true
    const one = this.#plates.get(a)
    const other = this.#plates.get(b)
    if (!one || !other) return false
    return one.fixture === other.fixture && one.shelf === other.shelf && Math.abs(one.index - other.index) === 1
  }

  #place(sku: string, plate: string): void {
    this.#homes.set(sku, (this.#homes.get(sku) ?? new Set()).add(plate))
    this.#skusOfPlate.set(plate, (this.#skusOfPlate.get(plate) ?? new Set()).add(sku))
    const fixture = this.#plates.get(plate)?.fixture
    if (fixture !== undefined) {
      this.#skusOfFixture.set(fixture, (this.#skusOfFixture.get(fixture) ?? new Set()).add(sku))
    }
  }
}

/** A catalogue's weight in grams, null while unknown. */
export function catalogueGrams(weightG: number | null): number | null {
  if (weightG === null || weightG <= 0) return null
  return isInKilograms(weightG) ? weightG * 1000 : weightG
}

const isInKilograms = (weightG: number) => weightG < lightestGoodG

/** What the pieces of a product differ by where its catalogue does not say. */
export const usualSpreadG = (pieceG: number, { weightSpread }: Pick<FusionPolicy, 'weightSpread'>): number =>
  Math.max(leastSpreadG, weightSpread * pieceG)

export const sumOf = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => sumOf(values) / values.length

export function normalDensity(difference: number, variance: number): number {
  return Math.exp((-difference * difference) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance)
}

function logWeightsOf(weightsG: number[]): { mean: number; spread: number } {
  if (weightsG.length < enoughWeights) return { mean: Math.log(usualGoodG), spread: usualGoodSpread }
  const logs = weightsG.map(Math.log)
  const mean = logs.reduce((total, log) => total + log, 0) / logs.length
  return { mean, spread: Math.sqrt(logs.reduce((total, log) => total + (log - mean) ** 2, 0) / logs.length) }
}

function otherSizeDensity(massG: number, catalogueG: number): number {
  if (massG <= 0) return 0
  return normalDensity(Math.log(massG / catalogueG), wrongWeightSpread ** 2) / massG
}
