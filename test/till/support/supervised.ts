import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { openSecretStore } from '../../../runtime/security/secret-store.ts'
import { writeRunFile } from '../../../runtime/supervisor/run-file.ts'
import { settingsOf, type TestStore, type TestTill } from './test-till.ts'

/**
 * Leaves beside a till what the supervisor leaves beside a running store, and commands look for.
 * @returns the store's folder of data
 */
export async function asSupervised(store: TestStore, till: TestTill): Promise<string> {
  const dataDirectory = join(store.dataDirectory, 'corner-shop')
  // The data of a store lie in a folder of its name; those of a test's till are all that there is.
  await symlink('.', dataDirectory)
  const secrets = openSecretStore(dataDirectory)
  for (const [name, value] of Object.entries(store.secrets)) secrets.set(name, value)
  writeRunFile({ ...settingsOf(store, till.port), dataDirectory })
  return dataDirectory
}

/** Options by which a command finds that store. */
export const whereIs = (store: TestStore): string[] => [
  ...['--profile', store.profileDirectory],
  ...['--data', store.dataDirectory],
]
