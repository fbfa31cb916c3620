/** Which product lies on which plate: each section's products in the order of the list, shelf by shelf. */
import { AisleError } from '../contract/errors.ts'
import type { Planogram } from '../profile/profile-schema.ts'
import type { Section } from './answers.ts'
import type { ListedProduct } from './product-list.ts'
import type { PlannedPlate } from './shelving.ts'

type Entry = Planogram['entries'][number]

/** Unweighed products are placed as if they weighed this. */
const usualG = 200
/** A full plate carries at most this share of its rating, so that a hand that leans on it does no harm. */
const fullShare = 0.7
const mostPieces = 12
const leastPieces = 2

/**
 * @throws AisleError `section-unknown` when the list names a section that there is none of, `section-empty` when
 * products of no section are left over and no section may take them
 */
export function placeProducts(
  sections: readonly Section[],
  plates: readonly PlannedPlate[],
  products: readonly ListedProduct[],
): Entry[] {
  const bySection = assign(sections, products)
  return sections.flatMap((section) => {
    const goods = bySection.get(section.id) ?? []
    const own = plates.filter(({ fixture }) => fixture.replace(/-\d+$/, '') === section.id)
    return goods.length > own.length ? crowd(goods, own) : spread(goods, own)
  })
}

const shelvesOf = (plates: readonly PlannedPlate[]) => [
  ...Map.groupBy(plates, ({ fixture, shelf }) => `${fixture} ${shelf}`).values(),
]

/** A product has a plate or more; none lies on two shelves, unless there are fewer products than shelves. */
function spread(goods: readonly ListedProduct[], plates: readonly PlannedPlate[]): Entry[] {
  const shelves = shelvesOf(plates)
  const groups = goods.length >= shelves.length ? shelves : split(plates, Math.max(1, goods.length))
  return split(goods, groups.length).flatMap((onShelf, i) => fillShelf(onShelf, groups[i] ?? []))
}

/**
 * Several products share a plate. Fixture by fixture in blocks that stand upright, as shops do it too: so a shelf
 * holds some of every kind, and kinds of unlike weight meet on a plate.
 */
function crowd(goods: readonly ListedProduct[], plates: readonly PlannedPlate[]): Entry[] {
  const fixtures = [...Map.groupBy(plates, ({ fixture }) => fixture).values()]
  return split(goods, fixtures.length).flatMap((inFixture, f) => {
    const shelves = shelvesOf(fixtures[f] ?? [])
    return shelves.flatMap((shelf, s) =>
      fillShelf(
        inFixture.filter((_, i) => i % shelves.length === s),
        shelf,
      ),
    )
  })
}

/** Products that name no section go, in their order, where the most room is for each product. */
function assign(sections: readonly Section[], products: readonly ListedProduct[]): Map<string, ListedProduct[]> {
  const bySection = new Map<string, ListedProduct[]>(sections.map(({ id }) => [id, []]))
  const sectionOf = new Map(sections.flatMap(({ id, name }) => [[id, id] as const, [name, id] as const]))
  const homeless: ListedProduct[] = []
  for (const product of products) {
    const id = product.section === undefined ? undefined : sectionOf.get(product.section)
    if (product.section !== undefined && id === undefined) {
      throw new AisleError('section-unknown', `There is no section ${JSON.stringify(product.section)}.`, {
        where: `product ${product.sku}`,
        action: `Write one of ${sections.map((section) => section.id).join(', ')}, or add the section to the answers.`,
      })
    }
    if (id === undefined) homeless.push(product)
    else bySection.get(id)?.push(product)
  }
  const roomOf = ({ id, fixtures, shelves, platesPerShelf }: Section) =>
    (fixtures * shelves * platesPerShelf) / ((bySection.get(id)?.length ?? 0) + 1)
  for (const product of homeless) {
    const roomiest = sections.reduce((a, b) => (roomOf(b) > roomOf(a) ? b : a))
    bySection.get(roomiest.id)?.push(product)
  }
  return bySection
}

/** In order, in `parts` lists that differ by one at most. */
function split<T>(items: readonly T[], parts: number): T[][] {
  const bound = (i: number) => Math.floor((i * items.length) / parts)
  return Array.from({ length: parts }, (_, i) => items.slice(bound(i), bound(i + 1)))
}

function fillShelf(products: readonly ListedProduct[], plates: readonly PlannedPlate[]): Entry[] {
  if (products.length === 0 || plates.length === 0) return []
  if (products.length <= plates.length) {
    return split(plates, products.length).map((own, i) => entryOf(products[i] as ListedProduct, own, 1))
  }
  // Several products on a plate are told apart by weight, so neighbours in weight are dealt to different plates.
  const byWeight = products.toSorted((a, b) => (a.weightG ?? usualG) - (b.weightG ?? usualG))
  const perPlate = Math.ceil(products.length / plates.length)
  return byWeight
    .map((product, i) => ({ product, plate: plates[i % plates.length] as PlannedPlate }))
    .map(({ product, plate }) => entryOf(product, [plate], perPlate))
}

function entryOf({ sku, weightG, stock }: ListedProduct, plates: readonly PlannedPlate[], sharedBy: number): Entry {
  const carriesG = (fullShare * (plates[0]?.ratingG ?? 0)) / sharedBy
  const fits = Math.floor(carriesG / (weightG ?? usualG))
  const perPlate = Math.max(leastPieces, Math.min(Math.ceil(mostPieces / sharedBy), fits))
  return { sku, plates: plates.map(({ id }) => id), facingQuantity: stock ?? perPlate * plates.length }
}
