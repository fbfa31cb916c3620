/**
 * A store as the deciding code sees it: where things stand, what lies on them, what it weighs and costs.
 * It knows no device and no address. A live store gets it from its hardware profile, a replay from its
 * recording; weighing, fusion, visits and the pages cannot tell the difference.
 */

export type PointM = [number, number]
export type Point3DM = [number, number, number]

export interface Fixture {
  id: string
  /** Front left corner of its foot, as the shopper sees it. */
  positionM: Point3DM
  /** Turn about z; the fixture's own x axis runs along its plates, its y axis into the shelf. */
  yawRad: number
  /** Width along x, depth along y, height; for drawing and for walking around it. */
  sizeM?: Point3DM
}

export interface Plate {
  id: string
  fixture: string
  /** Counts from 1 at the bottom. */
  shelf: number
  /** Counts from 1 along the fixture's x axis. */
  index: number
  /** Centre of the plate's top. */
  positionM: Point3DM
  /** Width along and depth into the shelf. */
  sizeM: PointM
  yawRad: number
  ratingG: number
}

export interface Gate {
  id: string
  kind: 'entry' | 'exit' | 'both'
  /** Whoever passes the gate stands in here. */
  zoneM: PointM[]
  /** Nobody is asked here: whoever is seen to walk in has a visit. */
  open?: true
}

export interface Kiosk {
  id: string
  /** Whoever pays here stands in here. */
  zoneM: PointM[]
}

export interface Zone {
  id: string
  name: string
  polygonM: PointM[]
}

export interface CameraPlace {
  id: string
  positionM: Point3DM
}

export interface Product {
  sku: string
  name: string
  /** null: nobody weighed it. May be wrong, as in real catalogues. */
  weightG: number | null
  weightSdG: number | null
  priceMinor: number
  soldBy: 'each' | 'weight'
  ageRestricted: boolean
  /** Its price contains no tax. */
  taxFree?: boolean
  /** Other codes of the same product. */
  aliases: string[]
}

/** Where a product is meant to lie; it may lie elsewhere. */
export interface PlanogramEntry {
  sku: string
  plates: string[]
}

/** What outcomes have taught of the goods, beyond what the catalogue says ([docs/learning.md]). */
export interface LearnedGoods {
  /** What a piece of a product weighs, and its standard deviation. */
  weights: ReadonlyMap<string, { weightG: number; weightSdG: number }>
  /** In how many visits each product was charged. */
  sold: ReadonlyMap<string, number>
  /** How often something was taken for another product. */
  mistaken: readonly { sku: string; takenFor: string; times: number }[]
}

export interface StoreLayout {
  storeId: string
  currency: string
  /** Width (x) and depth (y), for drawing; a recording has none. */
  floorM?: PointM
  /** Polylines to draw and to walk around. */
  wallsM?: PointM[][]
  fixtures: Fixture[]
  plates: Plate[]
  gates: Gate[]
  /** Where shoppers pay before they leave; missing where there is none. */
  kiosks?: Kiosk[]
  zones: Zone[]
  cameras: CameraPlace[]
  products: Product[]
  planogram: PlanogramEntry[]
  /** Missing where nothing was learned. */
  learned?: LearnedGoods
}
