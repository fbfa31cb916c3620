/** Changes of a store's files, as functions of what they hold; whether the outcome is sound, its check says. */
import { AisleError } from '../contract/errors.ts'
import type { Profile } from './profile-schema.ts'
import type { StoreParts } from './store-folder.ts'

export type StoreChange = (parts: StoreParts) => StoreParts
type Plate = Profile['plates'][number]
type Camera = Profile['cameras'][number]

/** The product weighs this. `weightSdG` null: its spread was not measured and stays as it is. */
export function weighed(sku: string, { weightG, weightSdG }: { weightG: number; weightSdG: number | null }) {
  return (parts: StoreParts): StoreParts => {
    const { products } = parts.catalogue
    if (!products.some((product) => product.sku === sku)) throw unknown('product', sku)
    const spread = weightSdG === null ? {} : { weightSdG }
    const corrected = products.map((product) => (product.sku === sku ? withWeight(product, weightG, spread) : product))
    return { ...parts, catalogue: { ...parts.catalogue, products: corrected } }
  }
}

/** `plate` stands in the place of the plate `id`, or after the others when it is a new one (undefined). */
export function platePut(id: string | undefined, plate: Plate): StoreChange {
  return (parts) => {
    const { plates } = parts.profile
    if (id !== undefined && !plates.some((one) => one.id === id)) throw unknown('plate', id)
    const changed = id === undefined ? [...plates, plate] : plates.map((one) => (one.id === id ? plate : one))
    return { ...parts, profile: { ...parts.profile, plates: changed } }
  }
}

/** The camera hangs so, and has this lens; what reads it stays. */
export function cameraHangs(id: string, pose: Omit<Camera, 'id' | 'device'>): StoreChange {
  return (parts) => {
    const { cameras } = parts.profile
    if (!cameras.some((camera) => camera.id === id)) throw unknown('camera', id)
    const changed = cameras.map((camera) => (camera.id === id ? { id, device: camera.device, ...pose } : camera))
    return { ...parts, profile: { ...parts.profile, cameras: changed } }
  }
}

type Product = StoreParts['catalogue']['products'][number]

/** With the spread beside the weight, where people look for it. */
function withWeight({ sku, name, ...rest }: Product, weightG: number, spread: { weightSdG?: number }): Product {
  const { weightG: _, weightSdG, ...others } = rest
  return { sku, name, weightG, ...(weightSdG === undefined ? {} : { weightSdG }), ...spread, ...others }
}

const unknown = (what: 'product' | 'plate' | 'camera', name: string) =>
  new AisleError(`${what}-unknown`, `There is no ${what} ${name}.`, {
    action: `Take the name from the ${what === 'product' ? 'catalogue' : 'profile'} as it is now.`,
  })
