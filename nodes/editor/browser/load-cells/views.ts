/** What the flows program tells the load cells' dialog, as plain types that both sides read. Grams, Unix milliseconds. */

/** `GET open-aisle/load-cells`: what the profile and the catalogue say now. */
export interface StoreFacts {
  /** A change is made on top of this one. */
  revision: string
  plates: PlateFacts[]
  groups: { id: string; plates: string[] }[]
  fixtures: string[]
  /** Devices that read plates. */
  devices: string[]
  products: ProductFacts[]
  /** Programs that have not read the newest change yet. */
  waiting: string[]
}

export interface PlateFacts {
  id: string
  fixture: string
  /** Counts from 1 at the bottom. */
  shelf: number
  index: number
  positionM: [number, number, number]
  sizeM: [number, number]
  ratingG: number
  source: { device: string; unit: number; channel: number }
  /** Names of what is meant to lie there. */
  products: string[]
}

export interface ProductFacts {
  sku: string
  name: string
  weightG: number | null
  weightSdG: number | null
  soldBy: 'each' | 'weight'
  /** What fusion goes by instead of the catalogue's weight; missing where that is right. */
  learnedG?: number
}

/** `GET open-aisle/plates`: of each plate, or null where sensing does not answer. */
export interface Reading {
  plate: string
  weightG: number | null
  stable: boolean
  atMs: number
  health: string
}

/** `GET open-aisle/plates/:id` */
export interface Detail extends Reading {
  /** Standard deviation of the newest readings. */
  sigmaG: number | null
  device: string
  unit: number
  channel: number
  model: string
  commands: OrderName[]
  flash?: { used: number; budget: number }
}

export type OrderName = 'zero' | 'tare' | 'clearTare' | 'calibrateZero' | 'calibrateSpan'

/** `POST open-aisle/plates/:id/commands` */
export type Order =
  | { command: Exclude<OrderName, 'calibrateSpan'> }
  | { command: 'calibrateSpan' /** What lies on the plate. */; knownG: number }

export interface OrderAnswer {
  grossG: number | null
  netG: number | null
  stable: boolean
}

/** `GET open-aisle/plates/:id/registers` */
export interface Registers {
  address: number
  words: number[]
}

/** `POST open-aisle/products/:sku/weight` */
export interface WeightChange {
  revision: string
  weightG: number
  /** null: the spread stays as it is. */
  weightSdG: number | null
}

/** `POST open-aisle/plates` for a new one, `POST open-aisle/plates/:id` for another place or source. */
export interface PlateChange {
  revision: string
  plate: Omit<PlateFacts, 'products'>
}
