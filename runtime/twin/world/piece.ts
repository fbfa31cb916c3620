/** A single item: what it is, and what this one really weighs. */
export interface Piece {
  sku: string
  weightG: number
}
