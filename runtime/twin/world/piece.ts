import type { PlateShare } from './surfaces.ts'

/** A single item: what it is, and what this one really weighs. */
export interface Piece {
  sku: string
  weightG: number
}

/** Something that lies on plates and is not for sale: a shopper's phone, a basket, a cleaner's cloth. */
export interface ForeignWeight {
  weightG: number
  /** Where it lies. */
  on: readonly PlateShare[]
}
