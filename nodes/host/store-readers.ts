import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import type { ProgramName } from '../../runtime/program/run-settings.ts'

/**
 * The programs that read what differs, and so have to take it up: sensing line by line where only load cells changed,
 * the others by starting anew. Never the till: it reads neither plates nor weights,
 * so doors and payments go on. Nor the twin: its plates stay plugged in as they were, as real ones would.
 */
export function programsThatRead(before: LoadedStore, after: LoadedStore): ProgramName[] {
  const differ = (part: (store: LoadedStore) => unknown) => JSON.stringify(part(before)) !== JSON.stringify(part(after))
  const placesDiffer = differ(({ layout }) => layout.plates)
  return [
    ...(differ(({ profile: { plates, devices } }) => [plates, devices]) ? (['sensing'] as const) : []),
    ...(placesDiffer || differ(({ layout }) => layout.products) ? (['flows'] as const) : []),
    ...(placesDiffer ? (['console'] as const) : []),
  ]
}
