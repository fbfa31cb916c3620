/** Everything about a store that loads well and yet looks wrong. */
import type { Problem } from '../contract/schema.ts'
import type { DeviceCatalogue } from '../devices/catalogue.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { checkPlausibility } from '../profile/plausibility.ts'
import { checkBuses } from './bus-check.ts'

export interface Doubt extends Problem {
  /** In the store's folder. */
  file: string
}

export function doubtsAbout({ profile, catalogue, planogram }: LoadedStore, definitions: DeviceCatalogue): Doubt[] {
  const goods = checkPlausibility(profile, catalogue, planogram)
  const found = {
    'profile.json': checkBuses(profile, definitions),
    'catalogue.json': goods.catalogue,
    'planogram.json': goods.planogram,
  }
  return Object.entries(found).flatMap(([file, problems]) => problems.map((problem) => ({ file, ...problem })))
}
