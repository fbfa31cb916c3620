/** A recording's files as the layout that the deciding code knows. */
import { identifierPattern } from '../contract/schema.ts'
import type { StoreLayout } from '../profile/layout.ts'
import type { RecordedLayout, RecordedPlanogram, RecordedProduct, RecordingHeader } from './format.ts'

export function recordingLayout(
  header: RecordingHeader,
  files: { layout: RecordedLayout; products: RecordedProduct[]; planogram: RecordedPlanogram },
): StoreLayout {
  const { layout, products, planogram } = files
  return {
    storeId: storeIdOf(header.name),
    currency: header.currency,
    fixtures: layout.fixtures.map(({ id, position, yaw }) => ({ id, positionM: position, yawRad: yaw })),
    plates: layout.plates.map(({ id, fixture, shelf, index, position, size, yaw, rating_g }) => ({
      id,
      fixture,
      shelf,
      index,
      positionM: position,
      sizeM: size,
      yawRad: yaw,
      ratingG: rating_g,
    })),
    gates: layout.gates.map(({ id, kind, zone }) => ({ id, kind, zoneM: zone })),
    zones: [],
    cameras: layout.cameras.map(({ id, position }) => ({ id, positionM: position })),
    products: products.map((product) => ({
      sku: product.sku,
      name: product.name,
      weightG: product.weight_g,
      weightSdG: product.weight_sd_g ?? null,
      priceMinor: product.price,
      soldBy: product.sold_by,
      ageRestricted: product.age_restricted ?? false,
      aliases: product.aliases ?? [],
    })),
    planogram: planogram.map(({ sku, plates }) => ({ sku, plates })),
  }
}

/** A recording has no store id; its name, made fit for one, stands in. */
function storeIdOf(name: string): string {
  const fit = name
    .replace(/[^A-Za-z0-9._:-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 128)
  return new RegExp(identifierPattern).test(fit) ? fit : 'recording'
}

export function recordedLayout({ fixtures, plates, gates, cameras }: StoreLayout): RecordedLayout {
  return {
    fixtures: fixtures.map(({ id, positionM, yawRad }) => ({ id, position: positionM, yaw: yawRad })),
    plates: plates.map(({ id, fixture, shelf, index, positionM, sizeM, yawRad, ratingG }) => ({
      ...{ id, fixture, shelf, index, position: positionM, size: sizeM, yaw: yawRad, rating_g: ratingG },
    })),
    gates: gates.map(({ id, kind, zoneM }) => ({ id, kind, zone: zoneM })),
    cameras: cameras.map(({ id, positionM }) => ({ id, position: positionM })),
  }
}

export function recordedProducts({ products }: StoreLayout): RecordedProduct[] {
  return products.map(({ sku, name, weightG, weightSdG, priceMinor, soldBy, ageRestricted, aliases }) => ({
    ...{ sku, name, weight_g: weightG, weight_sd_g: weightSdG, price: priceMinor, sold_by: soldBy },
    ...{ age_restricted: ageRestricted, aliases },
  }))
}

export const recordedPlanogram = ({ planogram }: StoreLayout): RecordedPlanogram =>
  planogram.map(({ sku, plates }) => ({ sku, plates }))
