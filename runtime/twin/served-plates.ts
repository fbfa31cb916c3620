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
/** The detector looks back at moments this far apart, so that each is weighed once, however often it is polled. */
const motionStepMs = 100

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
  const gramsAt = (atMs: number) => world.shelves.gramsAt(plate, atMs)
  let latest = { atMs: Number.NaN, grams: 0 }
  let looks: { step: number; grams: number }[] = []

  function grams(): number {
    const atMs = clock.nowMs()
    if (atMs !== latest.atMs) latest = { atMs, grams: gramsAt(atMs) }
    return latest.grams
  }

  function moving(): boolean {
    const now = grams()
    const lastStep = Math.floor(clock.nowMs() / motionStepMs)
    const firstStep = lastStep - motionWindowMs / motionStepMs + 1
    looks = looks.filter(({ step }) => step >= firstStep)
    const nextStep = Math.max(firstStep, (looks.at(-1)?.step ?? 0) + 1)
    for (let step = nextStep; step <= lastStep; step++) looks.push({ step, grams: gramsAt(step * motionStepMs) })
    let [least, most] = [now, now]
    for (const look of looks) {
      least = Math.min(least, look.grams)
      most = Math.max(most, look.grams)
    }
    return most - least > motionG
  }

  return { ratingG, connected: () => true, grams, moving }
}
