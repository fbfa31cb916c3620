/** What takings that are over tell of those to come; a store knows it as long as it is not restarted. */
import type { PlaceMemory } from './place-trust.ts'
import type { PlanogramMemory } from './planogram-trust.ts'
import type { WeightMemory } from './weight-trust.ts'

export class FusionMemory {
  readonly planograms: PlanogramMemory = new Map()
  readonly places: PlaceMemory = new Map()
  readonly weights: WeightMemory = new Map()
}
