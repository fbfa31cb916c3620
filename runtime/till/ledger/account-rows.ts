/** The row of an account that has to be there. */
import { refusal } from './step.ts'
import type { Connection } from './tables.ts'

/** @throws AisleError `account-unknown` */
export async function accountOf(db: Connection, accountId: string) {
  const account = await db.selectFrom('accounts').selectAll().where('account_id', '=', accountId).executeTakeFirst()
  if (account) return account
  throw refusal(
    'account-unknown',
    `There is no account ${accountId}.`,
    'Register it first; it may have been forgotten.',
  )
}
