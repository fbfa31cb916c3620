/** `aisle backup` and `aisle restore`: copies of the till's database, verified on the way out and in. */
import { join } from 'node:path'
import type { Command } from 'commander'
import { AisleError } from '../../runtime/contract/errors.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { readSecret } from '../../runtime/security/secret-store.ts'
import { readRunFile } from '../../runtime/supervisor/run-file.ts'
import { backUp, restore } from '../../runtime/till/backup.ts'
import { publicJournalKey } from '../../runtime/till/ledger/signed-heads.ts'
import { dataOption, profileOption, type StoreOptions, storeDirectories } from '../store-options.ts'

const publicKeyIn = (dataDirectory: string) => publicJournalKey(readSecret(dataDirectory, generatedSecrets.journalKey))

export default function addBackup(program: Command): void {
  program
    .command('backup')
    .description("copy the till's database while the store runs, and verify the copy")
    .option('--to <file>', 'where to; a new file in the backups of the data folder by default')
    .addOption(profileOption)
    .addOption(dataOption)
    .action(async (options: StoreOptions & { to?: string }) => {
      const { dataDirectory } = storeDirectories(options)
      const time = new Date().toISOString().replaceAll(/[:.]/g, '-')
      const file = options.to ?? join(dataDirectory, 'backups', `till-${time}.sqlite`)
      const { entries, signedHeads, headHash } = await backUp(dataDirectory, file, publicKeyIn(dataDirectory))
      console.log(`${file}: ${entries} journal entries and ${signedHeads} signed heads verified, head ${headHash}.`)
      console.log('The secrets are not in it. Keep them, and this file, on another machine.')
    })

  program
    .command('restore <file>')
    .description("put a backup in the place of the till's database; the store must not run")
    .addOption(profileOption)
    .addOption(dataOption)
    .action(async (file: string, options: StoreOptions) => {
      const { dataDirectory } = storeDirectories(options)
      await refuseWhileRunning(dataDirectory)
      const report = await restore(dataDirectory, file, publicKeyIn(dataDirectory), Date.now())
      console.log(`${report.entries} journal entries verified and restored.`)
      if (report.replaced) console.log(`What was there before is ${report.replaced}.`)
      if (report.endsBefore) {
        const { sequence, atMs } = report.endsBefore
        const missing = sequence - report.entries
        console.log(`At least ${missing} entries until ${new Date(atMs).toISOString()} are not in it, charges perhaps`)
        console.log('among them: compare the days since with the account at the payment provider.')
      }
    })
}

/** @throws AisleError `store-running` */
async function refuseWhileRunning(dataDirectory: string): Promise<void> {
  const running = await readRunFile(dataDirectory).catch(() => undefined)
  if (!running) return
  throw new AisleError('store-running', `The store is running (process ${running.pid}).`, {
    where: dataDirectory,
    action: 'End it first: a database is not put under a till that works.',
  })
}
