/** Where an account's receipts go by e-mail: sealed under its subject's key here too, and gone with it. */

import type { CommandOf } from '../../till-api/commands.ts'
import { accountOf } from './account-rows.ts'
import type { Step } from './step.ts'
import { readSealed, sealer } from './subjects.ts'
import type { Connection } from './tables.ts'

export interface EmailAddress {
  address: string
  language: 'en' | 'ko'
}

/** @throws AisleError `account-unknown` */
export async function setEmail(step: Step, command: CommandOf<'set-email'>): Promise<void> {
  const { accountId, address, language } = command
  await accountOf(step.trx, accountId)
  const sealed = await sealer(step, accountId)
  const { subject_id } = await step.trx
    .selectFrom('subjects')
    .select('subject_id')
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow()
  await step.trx.deleteFrom('email_addresses').where('subject_id', '=', subject_id).execute()
  if (address !== null) {
    await step.trx
      .insertInto('email_addresses')
      .values({ subject_id, address: sealed(address), language })
      .execute()
  }
  await step.journal.append('email-set', null, { accountId: sealed(accountId), given: address !== null })
}

export async function emailOf(db: Connection, accountId: string | null): Promise<EmailAddress | null> {
  const row = await db
    .selectFrom('email_addresses')
    .innerJoin('subjects', 'subjects.subject_id', 'email_addresses.subject_id')
    .select(['address', 'language'])
    .where('account_id', '=', accountId ?? '')
    .executeTakeFirst()
  if (!row) return null
  const { address } = (await readSealed(db, JSON.stringify({ address: row.address }))) as { address: string }
  return { address, language: row.language }
}
