/**
 * Profiles written for an older version are brought up step by step before they are validated. Each step is
 * pure and says what it did, so that whoever opens an old profile can read what changed.
 */
import { AisleError } from '../contract/errors.ts'
import { currentProfileVersion } from './profile-schema.ts'

export interface ProfileMigration {
  /** The version that this step makes. */
  version: number
  note: string
  up(profile: Record<string, unknown>): Record<string, unknown>
}

export const profileMigrations: readonly ProfileMigration[] = [
  {
    version: 1,
    note: 'Profiles drafted before the first release had no version, and named the floor size `floorM`.',
    up({ floorM, ...profile }) {
      const floor = profile.floor ?? { sizeM: floorM, wallsM: [] }
      return { ...profile, floor }
    },
  },
]

/** The profile in today's version, with a note for each step that was needed. */
export function migrateProfile(profile: unknown, where: string): { profile: unknown; notes: string[] } {
  if (typeof profile !== 'object' || profile === null || Array.isArray(profile)) return { profile, notes: [] }
  let migrated = profile as Record<string, unknown>
  const from = migrated.version ?? 0
  if (typeof from !== 'number' || !Number.isInteger(from) || from < 0 || from > currentProfileVersion) {
    throw new AisleError(
      'profile-version',
      `Its version is ${JSON.stringify(from)}; this release knows 0 to ${currentProfileVersion}.`,
      {
        where: `${where} /version`,
        action: 'Install the release that wrote it, or correct the version.',
      },
    )
  }
  const notes: string[] = []
  for (const step of profileMigrations.filter((candidate) => candidate.version > from)) {
    migrated = { ...step.up(migrated), version: step.version }
    notes.push(`version ${step.version}: ${step.note}`)
  }
  return { profile: migrated, notes }
}
