/**
 * What looks wrong in a catalogue and a planogram that load well: real master data are full of it, and it is cheaper
 * to find at commissioning than on a receipt. Doubts, not errors: the store runs with them.
 */
import type { Problem } from '../contract/schema.ts'
import type { Catalogue, Planogram, Profile } from './profile-schema.ts'

export interface Doubts {
  catalogue: Problem[]
  planogram: Problem[]
}

type Product = Catalogue['products'][number]

/** Lighter pieces than this are below what plates resolve; heavier ones nobody carries about a shop. */
const lightestG = 3
const heaviestG = 30_000
/** Packs weigh something; contents in millilitres may be lighter than water (oil, ice cream). */
const leastShareOfContent = { g: 1, ml: 0.9 }
/** Thick glass weighs as much again as what is in it, a small thing in a box some dozen grams more. */
const mostTimesContent = 2.5
const packAllowanceG = 60
/** So many times more or less than what is named alike: kilograms for grams, a slipped digit. */
const outlierTimes = 4
const leastNamesakes = 4

export function checkPlausibility(profile: Profile, catalogue: Catalogue, planogram: Planogram): Doubts {
  const namesakes = weightsByKind(catalogue.products)
  return {
    catalogue: catalogue.products.flatMap((product, i) => {
      const doubt = weightDoubt(product, namesakes) ?? (product.priceMinor === 0 ? 'costs nothing' : undefined)
      return doubt === undefined ? [] : [{ pointer: `/products/${i}`, message: `${product.name} ${doubt}` }]
    }),
    planogram: [...overfullPlates(profile, catalogue, planogram), ...unplaced(profile, catalogue, planogram)],
  }
}

function weightDoubt({ name, weightG, soldBy }: Product, namesakes: ReadonlyMap<string, number[]>): string | undefined {
  if (soldBy === 'weight') return undefined
  if (weightG === null) return 'has no weight; weigh ten pieces of it'
  if (weightG < lightestG) return `weighs ${weightG} g; was it typed in kilograms?`
  if (weightG > heaviestG) return `weighs ${weightG} g; was a digit too much typed?`
  const content = contentOf(name)
  if (content && weightG < content.amount * leastShareOfContent[content.unit]) {
    return `weighs ${weightG} g, less than the ${content.amount} ${content.unit} in it; is it the weight without its pack?`
  }
  if (content && weightG > content.amount * mostTimesContent + packAllowanceG) {
    return `weighs ${weightG} g, far more than the ${content.amount} ${content.unit} in it`
  }
  const alike = namesakes.get(kindOf(name)) ?? []
  const usualG = alike.length >= leastNamesakes ? median(alike) : weightG
  const times = Math.max(weightG / usualG, usualG / weightG)
  return times > outlierTimes ? `weighs ${weightG} g, but what is named alike weighs about ${usualG} g` : undefined
}

/** What the name says is in it, in grams or millilitres: "Cola 6 x 355 ml" is 2130 ml. */
function contentOf(name: string): { amount: number; unit: 'g' | 'ml' } | undefined {
  const found = /(?:(\d+)\s*[x×]\s*)?(\d+(?:[.,]\d+)?)\s*(kg|g|ml|l)(?![a-z])/i.exec(name)
  if (!found) return undefined
  const [, pieces = '1', number = '', unit = ''] = found
  const large = /^(kg|l)$/i.test(unit)
  const amount = Number(pieces) * Number(number.replace(',', '.')) * (large ? 1000 : 1)
  return { amount, unit: /g/i.test(unit) ? 'g' : 'ml' }
}

/** The last two words of a name say what it is: "Tuna mayo rice triangle", "Bulgogi rice triangle". */
const kindOf = (name: string) => name.toLowerCase().split(/\s+/).slice(-2).join(' ')

function weightsByKind(products: readonly Product[]): Map<string, number[]> {
  const kinds = Map.groupBy(products, ({ name }) => kindOf(name))
  return new Map([...kinds].map(([kind, alike]) => [kind, alike.flatMap(({ weightG }) => weightG ?? [])]))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function overfullPlates(profile: Profile, catalogue: Catalogue, planogram: Planogram): Problem[] {
  const ratingOf = new Map(profile.plates.map(({ id, ratingG }) => [id, ratingG]))
  const products = new Map(catalogue.products.map((product) => [product.sku, product]))
  return planogram.entries.flatMap(({ sku, plates, facingQuantity }, i) => {
    const { weightG, name } = products.get(sku) ?? {}
    if (!weightG || facingQuantity === undefined) return []
    const carriesG = plates.reduce((sum, plate) => sum + (ratingOf.get(plate) ?? 0), 0)
    const fullG = weightG * facingQuantity
    if (fullG <= carriesG) return []
    const message = `${name}: ${facingQuantity} pieces weigh ${kg(fullG)} kg, but its plates carry ${kg(carriesG)} kg; the number or its weight is wrong`
    return [{ pointer: `/entries/${i}/facingQuantity`, message }]
  })
}

function unplaced(profile: Profile, catalogue: Catalogue, planogram: Planogram): Problem[] {
  const placed = new Set(planogram.entries.map(({ sku }) => sku))
  const used = new Set(planogram.entries.flatMap(({ plates }) => plates))
  const homeless = catalogue.products.filter(({ sku }) => !placed.has(sku)).map(({ name }) => `${name} has no place`)
  const bare = profile.plates.filter(({ id }) => !used.has(id)).map(({ id }) => `nothing is meant to lie on ${id}`)
  return [...homeless, ...bare].map((message) => ({ pointer: '/entries', message }))
}

const kg = (grams: number) => Math.round(grams / 100) / 10
