/** Reads a store's folder: profile, catalogue and planogram, migrated, validated and joined. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import canonicalize from 'canonicalize'
import { AisleError } from '../contract/errors.ts'
import { compileCheck, type Problem, parseJson } from '../contract/schema.ts'
import { checkGoods, checkProfile } from './check-profile.ts'
import type { StoreLayout } from './layout.ts'
import { migrateProfile } from './migrations.ts'
import { layoutOf } from './profile-layout.ts'
import type { ProfileNames } from './profile-names.ts'
import { namesOf } from './profile-names.ts'
import { Catalogue, Planogram, Profile } from './profile-schema.ts'

export interface LoadedStore {
  profile: Profile
  catalogue: Catalogue
  planogram: Planogram
  layout: StoreLayout
  names: ProfileNames
  /** SHA-256 of profile, catalogue and planogram as loaded; decisions are journalled with it. */
  hash: string
  /** What migrations changed on the way in; empty for a profile of today. */
  notes: string[]
}

/** What lies beside the stores in `hardware-profiles` and is none. */
export const definitionFolders: readonly string[] = ['devices', 'models']

const fits = { profile: compileCheck(Profile), catalogue: compileCheck(Catalogue), planogram: compileCheck(Planogram) }

/** What stands in the three files, whatever it is. */
export interface StoreFiles {
  profile: unknown
  catalogue: unknown
  planogram: unknown
}

/**
 * @param directory folder with profile.json, catalogue.json and planogram.json
 * @throws AisleError `profile-missing`, `profile-invalid` (every problem with file and place), `profile-version`
 */
export async function loadStore(directory: string): Promise<LoadedStore> {
  const [profile, catalogue, planogram] = await Promise.all([
    readJson(directory, 'profile.json'),
    readJson(directory, 'catalogue.json'),
    readJson(directory, 'planogram.json'),
  ])
  return joinStore({ profile, catalogue, planogram }, directory)
}

/**
 * Migrates, checks and joins what stands, or is to stand, in the files of `directory`.
 * @throws AisleError `profile-invalid`, `profile-version`
 */
export function joinStore(files: StoreFiles, directory: string): LoadedStore {
  const migrated = migrateProfile(files.profile, join(directory, 'profile.json'))
  const problems = new ProblemList(directory)
  problems.add('profile.json', fits.profile(migrated.profile))
  problems.add('catalogue.json', fits.catalogue(files.catalogue))
  problems.add('planogram.json', fits.planogram(files.planogram))
  problems.throwIfAny()

  const [profile, catalogue, planogram] = [
    migrated.profile as Profile,
    files.catalogue as Catalogue,
    files.planogram as Planogram,
  ]
  problems.add('profile.json', checkProfile(profile))
  const goods = checkGoods(profile, catalogue, planogram)
  problems.add('catalogue.json', goods.catalogue)
  problems.add('planogram.json', goods.planogram)
  problems.throwIfAny()

  const hash = createHash('sha256')
    .update(canonicalize({ profile, catalogue, planogram }) ?? '')
    .digest('hex')
  const layout = layoutOf(profile, catalogue, planogram)
  return { profile, catalogue, planogram, layout, names: namesOf(profile), hash, notes: migrated.notes }
}

async function readJson(directory: string, file: string): Promise<unknown> {
  const path = join(directory, file)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AisleError('profile-missing', `There is no readable ${file} for the store ${basename(directory)}.`, {
      where: path,
      action:
        'Check the name given with --profile; a store is a folder with profile.json, catalogue.json and planogram.json.',
      cause,
    })
  })
  return parseJson(text, path)
}

class ProblemList {
  readonly #directory: string
  readonly #lines: string[] = []

  constructor(directory: string) {
    this.#directory = directory
  }

  add(file: string, problems: Problem[]): void {
    for (const { pointer, message } of problems) this.#lines.push(`${file} ${pointer || '/'} ${message}`)
  }

  throwIfAny(): void {
    if (this.#lines.length === 0) return
    const shown = this.#lines.slice(0, 20)
    const more = this.#lines.length - shown.length
    throw new AisleError('profile-invalid', `${[...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n  ')}\n`, {
      where: this.#directory,
      action: 'Correct these places; the schema is runtime/profile/profile-schema.ts.',
    })
  }
}
