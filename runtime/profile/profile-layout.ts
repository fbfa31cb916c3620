import type { StoreLayout } from './layout.ts'
import type { Catalogue, Planogram, Profile } from './profile-schema.ts'

/** The store without its devices: what decides, draws and replays needs no more. */
export function layoutOf(profile: Profile, catalogue: Catalogue, planogram: Planogram): StoreLayout {
  const yawOf = new Map(profile.fixtures.map(({ id, yawRad }) => [id, yawRad]))
  return {
    storeId: profile.storeId,
    currency: profile.currency,
    floorM: profile.floor.sizeM,
    wallsM: profile.floor.wallsM,
    fixtures: profile.fixtures,
    plates: profile.plates.map(({ source: _, ...plate }) => ({ ...plate, yawRad: yawOf.get(plate.fixture) ?? 0 })),
    gates: profile.gates.map(({ id, kind, zoneM, open }) => ({ id, kind, zoneM, ...(open ? { open } : {}) })),
    ...(profile.kiosks ? { kiosks: profile.kiosks.map(({ id, zoneM }) => ({ id, zoneM })) } : {}),
    zones: profile.zones,
    cameras: profile.cameras.map(({ id, positionM }) => ({ id, positionM })),
    products: catalogue.products.map((product) => ({
      sku: product.sku,
      name: product.name,
      weightG: product.weightG,
      weightSdG: product.weightSdG ?? null,
      priceMinor: product.priceMinor,
      soldBy: product.soldBy,
      ageRestricted: product.ageRestricted ?? false,
      ...(product.taxFree ? { taxFree: true } : {}),
      aliases: product.aliases ?? [],
    })),
    planogram: planogram.entries.map(({ sku, plates }) => ({ sku, plates })),
  }
}
