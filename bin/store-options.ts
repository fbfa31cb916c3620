/** The options by which every command says which store it means. */
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Option } from 'commander'

export const root = fileURLToPath(new URL('..', import.meta.url))

export const profileOption = new Option(
  '--profile <name>',
  'the store: a folder in hardware-profiles, or a path to one',
).default('corner-shop')
export const dataOption = new Option('--data <folder>', "where the stores' state is kept").default('data')

export interface StoreOptions {
  profile: string
  data: string
}

/** Folders of the store that the options mean. */
export function storeDirectories({ profile, data }: StoreOptions): { profileDirectory: string; dataDirectory: string } {
  const shipped = join(root, 'hardware-profiles', profile)
  const profileDirectory = !profile.includes('/') && existsSync(shipped) ? shipped : resolve(profile)
  return { profileDirectory, dataDirectory: resolve(data, basename(profileDirectory)) }
}
