/** The load cells of the world under the plates of a profile, as their transmitters feel them. */
import type { Clock } from '../contract/clock.ts'
import type { Profile } from '../profile/profile-schema.ts'
import { breakableCell } from './devices/cell-faults.ts'
import type { Faults } from './devices/faults.ts'
import type { LoadCellPhysics } from './devices/load-cells/load-cell.ts'
import type { World } from './world/world.ts'

export interface PlateSources {
  profile: Profile
  world: World
  clock: Clock
  faults: Faults
}

/** A transmitter's own motion detector (chosen): this much within this time is motion. */
const motionG = 3
const motionWindowMs = 400

/** The cells of a device by unit and channel; each can break under the name of its plate. */
export function cellsOf(device: string, sources: PlateSources): Map<number, Map<number, LoadCellPhysics>> {
  const units = new Map<number, Map<number, LoadCellPhysics>>()
  for (const { id, ratingG, source } of sources.profile.plates) {
    if (source.device !== device) continue
    sources.faults.declare(id, 'plate')
    const channels = units.get(source.unit) ?? new Map<number, LoadCellPhysics>()
    channels.set(source.channel, breakableCell(id, worldCell(id, ratingG, sources), sources))
    units.set(source.unit, channels)
  }
  return units
}

function worldCell(plate: string, ratingG: number, { world, clock }: PlateSources): LoadCellPhysics {
  const grams = (atMs: number) => world.shelves.gramsAt(plate, atMs)
  return {
    ratingG,
    connected: () => true,
    grams: () => grams(clock.nowMs()),
    moving() {
      const nowMs = clock.nowMs()
      const readings = [0, 0.25, 0.5, 0.75, 1].map((share) => grams(nowMs - share * motionWindowMs))
      return Math.max(...readings) - Math.min(...readings) > motionG
    },
  }
}
