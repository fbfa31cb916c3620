/** The few numbers that fusion is ruled by. Each is physical; beside each stands how it was estimated. */
export interface FusionPolicy {
  /** Hands count from this long before the weight began to move. */
  handsBeforeMs: number
  /** Hands count until this long after the plates came to rest. */
  handsAfterMs: number
  /** Sightings count until this long after the plates came to rest: the product is in a hand then. */
  sightingsAfterMs: number
}

export const defaultFusionPolicy: FusionPolicy = {
  handsBeforeMs: 300,
  handsAfterMs: 300,
  sightingsAfterMs: 2500,
}
