/**
 * Spoils a catalogue and a planogram the way real ones are spoiled, and says what is true. For training, and for
 * stores that the platform is tested in: master data that nobody mistyped prove nothing.
 */
import { pick, type Random, seededRandom } from '../contract/random.ts'
import type { Catalogue, Planogram } from '../profile/profile-schema.ts'
import type { Mistakes } from './answers.ts'

export interface SpoiledGoods {
  catalogue: Catalogue
  planogram: Planogram
  truth: {
    weights: { sku: string; weightG: number }[]
    places: { sku: string; plates: string[]; facingQuantity: number }[]
  }
}

type Product = Catalogue['products'][number]
type Entry = Planogram['entries'][number]

/** A pack weighs about this share of what is in it; a can less, a glass bottle more. */
const packShare = 0.1
const overfullPieces = 900

/** Each product has one mistake at most, so that a reader of the report sees each by itself. */
export function spoilGoods(catalogue: Catalogue, planogram: Planogram, mistakes: Mistakes): SpoiledGoods {
  const draw = new Draw(seededRandom(mistakes.seed), catalogue.products)
  const products = new Map(catalogue.products.map((product) => [product.sku, product]))
  const entries = new Map(planogram.entries.map((entry) => [entry.sku, entry]))
  const truth: SpoiledGoods['truth'] = { weights: [], places: [] }

  const misweigh = (count: number, wrong: (weightG: number) => number | null) => {
    for (const { sku, weightG } of draw.some(count)) {
      truth.weights.push({ sku, weightG })
      products.set(sku, { ...(products.get(sku) as Product), weightG: wrong(weightG) })
    }
  }
  misweigh(mistakes.missingWeights, () => null)
  misweigh(mistakes.absurdWeights, (g) => (g < 1000 && draw.coin() ? g / 1000 : g * 10))
  misweigh(mistakes.netWeights, (g) => Math.round(g / (1 + packShare)))

  const lies = ({ sku, plates, facingQuantity = 0 }: Entry) => truth.places.push({ sku, plates, facingQuantity })
  for (const { sku } of draw.some(mistakes.swappedPlaces)) {
    // Whoever filled the shelf mixed up two neighbours.
    const at = planogram.entries.findIndex((entry) => entry.sku === sku)
    const [one, other] = [planogram.entries[at], planogram.entries[at + 1]]
    if (!one || !other || !draw.takes(other.sku)) continue
    lies({ ...other, sku: one.sku })
    lies({ ...one, sku: other.sku })
  }
  for (const { sku } of draw.some(mistakes.emptyPlaces)) lies({ sku, plates: [], facingQuantity: 0 })
  for (const { sku } of draw.some(mistakes.overfullPlaces)) {
    const entry = entries.get(sku) as Entry
    lies(entry)
    entries.set(sku, { ...entry, facingQuantity: overfullPieces })
  }
  return {
    catalogue: { ...catalogue, products: [...products.values()] },
    planogram: { ...planogram, entries: [...entries.values()] },
    truth,
  }
}

/** Draws products that have a weight, none twice. */
class Draw {
  readonly #random: Random
  readonly #left: { sku: string; weightG: number }[]

  constructor(random: Random, products: readonly Product[]) {
    this.#random = random
    this.#left = products.flatMap(({ sku, weightG }) => (weightG === null ? [] : [{ sku, weightG }]))
  }

  coin(): boolean {
    return this.#random.next() < 0.5
  }

  /** Draws this one, if nobody has yet. */
  takes(sku: string): boolean {
    const index = this.#left.findIndex((product) => product.sku === sku)
    if (index >= 0) this.#left.splice(index, 1)
    return index >= 0
  }

  some(count: number): { sku: string; weightG: number }[] {
    return Array.from({ length: Math.min(count, this.#left.length) }, () => {
      const drawn = pick(this.#random, this.#left)
      this.#left.splice(this.#left.indexOf(drawn), 1)
      return drawn
    })
  }
}
