import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import type { ProgramName } from '../../runtime/program/run-settings.ts'

/**
 * The programs that read what differs, and so have to take it up: sensing line by line where only load cells changed,
 * the others by starting anew. Never the till: it reads neither plates nor cameras nor weights,
 * so doors and payments go on. Nor the twin: its plates and cameras stay as they were, as real ones would.
 */
export function programsThatRead(before: LoadedStore, after: LoadedStore): ProgramName[] {
  const differ = (part: (store: LoadedStore) => unknown) => JSON.stringify(part(before)) !== JSON.stringify(part(after))
  const placesDiffer = differ(({ layout: { plates, fixtures, zones, cameras } }) => [plates, fixtures, zones, cameras])
  const camerasDiffer = differ(({ profile }) => profile.cameras)
  return [
    ...(differ(({ profile: { plates, devices } }) => [plates, devices]) ? (['sensing'] as const) : []),
    ...(placesDiffer || differ(({ layout }) => layout.products) ? (['flows'] as const) : []),
    // The floor plan shows where cameras look, too.
    ...(placesDiffer || camerasDiffer ? (['console'] as const) : []),
    ...(camerasDiffer || differ(whatVisionReads) ? (['vision'] as const) : []),
  ]
}

/** Besides its cameras: how they are reached, and what of the store is in their way. */
function whatVisionReads({
  profile: { cameras, devices, vision, groups },
  layout: { fixtures, gates, floorM },
}: LoadedStore) {
  const used = new Set(cameras.map(({ device }) => device))
  return [devices.filter(({ id }) => used.has(id)), vision, groups, fixtures, gates, floorM]
}
