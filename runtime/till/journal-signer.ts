import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Clock } from '../contract/clock.ts'
import { errorSentence } from '../contract/errors.ts'
import { regularly } from '../program/regularly.ts'
import { headsFile } from './data-files.ts'
import type { LedgerMethods } from './ledger/ledger-thread.ts'
import { journalKey, signHead } from './ledger/signed-heads.ts'

export interface SignerOptions {
  ledger: Pick<LedgerMethods, 'head' | 'signedHeads' | 'keepSignedHead'>
  clock: Clock
  log: Logger
  storeId: string
  /** The secret that the key is made of. */
  secret: string
  dataDirectory: string
}

const dayMs = 86_400_000
const lookEveryMs = 3_600_000

/**
 * Signs the journal's head once a day, keeps it in the database and appends it to a file beside it, which is there
 * to be copied to somewhere that this machine cannot write to.
 */
export function signDaily(options: SignerOptions): { stop(): Promise<void> } {
  const { ledger, clock, log, storeId, dataDirectory } = options
  const key = journalKey(options.secret)
  return regularly(clock, lookEveryMs, async () => {
    try {
      const last = (await ledger.signedHeads()).at(-1)
      const { sequence, hash } = await ledger.head()
      const atMs = clock.nowMs()
      if (sequence !== (last?.sequence ?? 0) && atMs - (last?.atMs ?? Number.NEGATIVE_INFINITY) >= dayMs) {
        const signed = signHead(key, { storeId, sequence, hash, atMs })
        await ledger.keepSignedHead(signed, atMs)
        appendFileSync(join(dataDirectory, headsFile), `${JSON.stringify(signed)}\n`, { mode: 0o600 })
      }
    } catch (error) {
      log.error({ error: errorSentence(error) }, "the journal's head could not be signed")
    }
  })
}
