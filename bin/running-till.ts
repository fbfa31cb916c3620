/** The till of the store that runs on a data folder, as a command of its owner speaks to it. */
import { SystemClock } from '../runtime/contract/clock.ts'
import { AisleError } from '../runtime/contract/errors.ts'
import { readSecret } from '../runtime/security/secret-store.ts'
import { readRunFile } from '../runtime/supervisor/run-file.ts'
import type { EvidenceClient, TillClient } from '../runtime/till-api/till-client.ts'
import { createTillClient } from '../runtime/till-api/till-http-client.ts'
import { type StoreOptions, storeDirectories } from './store-options.ts'

export interface RunningTill {
  client: TillClient & EvidenceClient
  /** @throws AisleError what the till says instead of an answer */
  get(path: string): Promise<unknown>
}

/**
 * @param tokenName the secret that holds the token of the role which the command needs
 * @throws AisleError `store-not-running`, `secret-missing`
 */
export async function runningTill(options: StoreOptions, tokenName: string): Promise<RunningTill> {
  const { dataDirectory } = storeDirectories(options)
  const { settings } = await readRunFile(dataDirectory)
  const token = readSecret(dataDirectory, tokenName)
  const url = `http://${settings.host}:${settings.ports.till}`
  return {
    client: createTillClient({ url, token, clock: new SystemClock() }),
    async get(path) {
      const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${token}` } })
      const answer = await response.json()
      if (response.ok) return answer
      const { code, message, where, action } = answer as Record<'code' | 'message' | 'where' | 'action', string>
      throw new AisleError(code, message, { where, action })
    },
  }
}
