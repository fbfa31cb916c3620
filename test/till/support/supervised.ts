import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { generatedSecrets } from '../../../runtime/security/secret-names.ts'
import { openSecretStore } from '../../../runtime/security/secret-store.ts'
import { writeRunFile } from '../../../runtime/supervisor/run-file.ts'
import { settingsOf, type TestStore, type TestTill, tokens } from './test-till.ts'

/**
 * Leaves beside a till what the supervisor leaves beside a running store, and commands look for.
 * @returns the store's folder of data
 */
export async function asSupervised(store: TestStore, till: TestTill): Promise<string> {
  const dataDirectory = join(store.dataDirectory, 'corner-shop')
  await mkdir(dataDirectory, { mode: 0o700 })
  openSecretStore(dataDirectory).set(generatedSecrets.tillTokenConsole, tokens.console)
  writeRunFile({ ...settingsOf(store, till.port), dataDirectory })
  return dataDirectory
}

/** Options by which a command finds that store. */
export const whereIs = (store: TestStore): string[] => [
  ...['--profile', store.profileDirectory],
  ...['--data', store.dataDirectory],
]
