/** A change of one plate's level; the same object is changed as more is known. */
export interface PlateStep {
  readonly plate: number
  /** Unseen: it happened while no samples came. */
  readonly unseen: boolean
  /** The level before, and its standard deviation. */
  readonly beforeG: number
  readonly beforeSigmaG: number
  readonly startedAtMs: number
  settledAtMs: number
  deltaG: number
  sigmaG: number
  readonly noiseG: number
  samples: number
  /** none: the plate moves, or went back to its old level. */
  state: 'none' | 'settled' | 'confirmed' | 'closed'
}
