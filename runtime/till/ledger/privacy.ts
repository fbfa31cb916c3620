/** What a person may ask of the till: all that it knows of them, and to be forgotten. */

import type { CommandOf } from '../../till-api/commands.ts'
import type { AccountExport, AccountOverview, Dispute, Refund } from '../../till-api/events.ts'
import { endedStates } from '../visits/visit-state.ts'
import { accountOf } from './account-rows.ts'
import { emailOf } from './email-addresses.ts'
import { unsettled } from './outbox.ts'
import { refusal, type Step } from './step.ts'
import { stored } from './stored.ts'
import type { AccountRow, Connection } from './tables.ts'
import { snapshotOf } from './visits.ts'

/**
 * Everything kept of an account, in a form that its owner can read.
 * @throws AisleError `account-unknown`
 */
export async function exportAccount(db: Connection, accountId: string): Promise<AccountExport> {
  const account = await accountOf(db, accountId)
  const consents = await db
    .selectFrom('consents')
    .innerJoin('subjects', 'subjects.subject_id', 'consents.subject_id')
    .select(['version', 'at_ms'])
    .where('account_id', '=', accountId)
    .orderBy('at_ms')
    .execute()
  const scans = await db
    .selectFrom('scans')
    .select(['gate', 'at_ms', 'answer'])
    .where('account_id', '=', accountId)
    .orderBy('number')
    .execute()
  return {
    ...(await overviewOf(db, account, allVisits)),
    consents: consents.map(({ version, at_ms }) => ({ version, atMs: at_ms })),
    scans: scans.map(({ gate, at_ms, answer }) => ({ gate, atMs: at_ms, answer })),
  }
}

/**
 * How an account stands, with its latest visits: what its owner's phone shows.
 * @throws AisleError `account-unknown`
 */
export async function readAccount(db: Connection, accountId: string): Promise<AccountOverview> {
  return overviewOf(db, await accountOf(db, accountId), latestVisits)
}

const latestVisits = 20
/** SQLite's way to say that there is no limit, and more than there can be. */
const allVisits = Number.MAX_SAFE_INTEGER

async function overviewOf(db: Connection, account: AccountRow, limit: number): Promise<AccountOverview> {
  const { account_id: accountId, role, party, billing_key } = account
  const device = await db
    .selectFrom('devices')
    .select('device_id')
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  const rows = await db
    .selectFrom('visits')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('opened_at_ms', 'desc')
    .limit(limit)
    .execute()
  const visits = []
  for (const row of rows.reverse()) visits.push(await snapshotOf(db, row))
  const email = await emailOf(db, accountId)
  return {
    ...{ accountId, role, party, canPay: billing_key !== null, deviceId: device?.device_id ?? null },
    ...{ email: email?.address ?? null, visits },
  }
}

/**
 * Destroys what links an account to anything, its key first of all. What was bought and paid stays, of nobody.
 * @throws AisleError `account-unknown`, `account-in-use` while a visit, a payment or a debt is open
 */
export async function forgetAccount(
  step: Step,
  { accountId }: Pick<CommandOf<'forget-account'>, 'accountId'>,
): Promise<void> {
  await accountOf(step.trx, accountId)
  if (await isInUse(step.trx, accountId)) {
    throw refusal(
      'account-in-use',
      `Account ${accountId} has a visit, a payment or a debt that has not ended.`,
      'Let it end, or settle the debt, and ask again.',
    )
  }
  const subject = await step.trx
    .selectFrom('subjects')
    .select('subject_id')
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  if (subject) await forgetSubject(step, subject.subject_id)
  await step.trx.deleteFrom('devices').where('account_id', '=', accountId).execute()
  await step.trx.deleteFrom('accounts').where('account_id', '=', accountId).execute()
}

/** Also for one who was forgotten before an older copy of the database was put back. */
export async function forgetSubject(step: Pick<Step, 'trx' | 'journal'>, subjectId: string): Promise<void> {
  const { trx } = step
  const subject = await trx.selectFrom('subjects').selectAll().where('subject_id', '=', subjectId).executeTakeFirst()
  if (!subject) return
  const { account_id: accountId } = subject
  const told = await trx
    .selectFrom('visits')
    .select(['visit_id', 'refunds', 'disputes'])
    .where('account_id', '=', accountId)
    .execute()
  for (const { visit_id, refunds, disputes } of told) {
    const fields = { account_id: null, refunds: withoutReasons(refunds), disputes: withoutReasons(disputes) }
    await trx.updateTable('visits').set(fields).where('visit_id', '=', visit_id).execute()
  }
  await trx.updateTable('scans').set({ account_id: null }).where('account_id', '=', accountId).execute()
  await trx.deleteFrom('consents').where('subject_id', '=', subjectId).execute()
  await trx.deleteFrom('email_addresses').where('subject_id', '=', subjectId).execute()
  await trx.deleteFrom('devices').where('account_id', '=', accountId).execute()
  await trx.deleteFrom('subjects').where('subject_id', '=', subjectId).execute()
  await trx.deleteFrom('accounts').where('account_id', '=', accountId).execute()
  await step.journal.append('forgotten', null, { subjectId })
}

function withoutReasons(column: string | null): string | null {
  if (column === null) return null
  return stored((JSON.parse(column) as (Refund | Dispute)[]).map((entry) => ({ ...entry, reason: '' })))
}

async function isInUse(db: Connection, accountId: string): Promise<boolean> {
  const visit = await db
    .selectFrom('visits')
    .leftJoin('payments', (join) =>
      join.onRef('payments.visit_id', '=', 'visits.visit_id').on('payments.state', 'in', unsettled),
    )
    .select('visits.visit_id')
    .where('visits.account_id', '=', accountId)
    .where((is) =>
      is.or([
        is('visits.state', 'not in', endedStates),
        is('payments.visit_id', 'is not', null),
        is.and([is('visits.state', '=', 'debt'), is('visits.debt_settled', 'is', null)]),
      ]),
    )
    .executeTakeFirst()
  return visit !== undefined
}

/**
 * Forgets accounts that nobody has used for so long, and commands that no client will send again. Says how many
 * accounts those were.
 */
export async function forgetOld(step: Step, limit: number): Promise<number> {
  const { accountMs, commandMs } = step.shop.retention
  const unused = await step.trx
    .selectFrom('subjects')
    .leftJoin('scans', (join) =>
      join.onRef('scans.account_id', '=', 'subjects.account_id').on('scans.at_ms', '>', step.nowMs - accountMs),
    )
    .innerJoin('accounts', 'accounts.account_id', 'subjects.account_id')
    .select('subjects.account_id')
    .where('subjects.since_ms', '<=', step.nowMs - accountMs)
    .where('scans.scan_id', 'is', null)
    .where('accounts.role', '=', 'shopper')
    .limit(limit)
    .execute()
  let forgotten = 0
  for (const { account_id: accountId } of unused) {
    if (await isInUse(step.trx, accountId)) continue
    await forgetAccount(step, { accountId })
    forgotten++
  }
  // The heads signed day by day say which entries are how old, without a look through the journal.
  const last = await step.trx
    .selectFrom('signed_heads')
    .select('sequence')
    .where('at_ms', '<=', step.nowMs - commandMs)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (last) await step.trx.deleteFrom('commands').where('sequence', '<=', last.sequence).execute()
  return forgotten
}
