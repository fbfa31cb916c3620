/** `aisle account export|forget`: what a person may ask of the shop. */
import { randomUUID } from 'node:crypto'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import type { AddCommand } from '../command.ts'
import { runningTill } from '../running-till.ts'
import { dataOption, profileOption, type StoreOptions } from '../store-options.ts'

const addAccount: AddCommand = (program) => {
  const account = program
    .command('account')
    .description("show or forget all that the running store's till keeps of a person")
    .addOption(profileOption)
    .addOption(dataOption)
  const open = () => runningTill(account.opts<StoreOptions>(), generatedSecrets.tillTokenAccounts)

  account
    .command('export <id>')
    .description('everything, as JSON')
    .action(async (id: string) => {
      const till = await open()
      console.log(JSON.stringify(await till.get(`/v1/accounts/${encodeURIComponent(id)}`), undefined, 2))
    })

  account
    .command('forget <id>')
    .description('destroy what says who it was; what was bought and paid stays, of nobody')
    .action(async (id: string) => {
      const till = await open()
      await till.client.send({ type: 'forget-account', commandId: `forget-${randomUUID()}`, accountId: id })
      console.log(`${id} is forgotten here. Delete the backups from before, or restore them only over this database:`)
      console.log('a restore forgets again whoever the database in its place had forgotten.')
    })
}
export default addAccount
