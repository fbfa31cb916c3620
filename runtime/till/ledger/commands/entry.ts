/** Commands about who comes in: answers to a scan, and the accounts behind it. */
import { envelope, type Scan } from '../../../contract/messages.ts'
import type { CommandOf } from '../../../till-api/commands.ts'
import { hasCardNumber } from '../../card-number.ts'
import { type ShownToken, type TokenHolder, takeToken } from '../../tokens/devices.ts'
import { beginHold } from '../holds.ts'
import { isOverCaps } from '../outbox.ts'
import { refusal, type Step } from '../step.ts'
import { sealer } from '../subjects.ts'
import type { ScanRow } from '../tables.ts'
import { openVisit } from '../visits.ts'

/** A visit's id follows from its scan's, so that an admission that is sent again finds the same visit. */
export const visitIdOf = (scanId: string) => scanId.replace('-scan-', '-visit-')

/** What somebody showed at a door: a code of our own, or the hash of anything else. */
export type Shown = { gate: string; method: Scan['method']; seenAtMs: number; adult?: boolean | null } & (
  | { credentialHash: string }
  | { token: ShownToken }
)

/** Takes down that somebody showed something at a door, with what is known of them; what it was is not kept. */
export async function takeScan(step: Step, shown: Shown): Promise<Scan> {
  const { account, party, usable } = await ('token' in shown ? takeToken(step, shown.token) : holderOf(step, shown))
  const [openVisitRow, debtRow] = account
    ? await Promise.all([visitOf(step, account.account_id, ['admitted', 'open']), debtOf(step, account.account_id)])
    : []
  const { scanId: newId, number } = await newScanId(step)
  const scan: Scan = {
    type: 'scan',
    ...envelope(step.shop.storeId, step.journal.next, step.nowMs, shown.seenAtMs),
    scanId: newId,
    gate: shown.gate,
    method: shown.method,
    account: {
      known: account !== undefined,
      accountId: account?.account_id ?? null,
      role: account?.role ?? 'unknown',
      party,
      openVisit: openVisitRow !== undefined,
      debt: debtRow !== undefined,
      blocked: account?.blocked === 1,
      adult: shown.adult ?? null,
      usable,
    },
  }
  const sealed = await sealer(step, scan.account.accountId)
  await step.journal.append('scan', null, {
    ...scan,
    account: { ...scan.account, accountId: scan.account.accountId && sealed(scan.account.accountId) },
  })
  const { scanId, gate, account: facts } = scan
  await step.trx
    .insertInto('scans')
    .values({
      scan_id: scanId,
      number,
      gate,
      account_id: facts.accountId,
      role: facts.role,
      answer: null,
      at_ms: step.nowMs,
    })
    .execute()
  return scan
}

/** A card that nobody registered is a card all the same: its terminal made sure of it. */
async function holderOf(
  step: Step,
  { credentialHash, method }: { credentialHash: string; method: Scan['method'] },
): Promise<TokenHolder> {
  const account = await step.trx
    .selectFrom('accounts')
    .selectAll()
    .where('credential_hash', '=', credentialHash)
    .executeTakeFirst()
  return { account, party: account?.party ?? 1, usable: account !== undefined || method === 'card' }
}

export async function newScanId(step: Step): Promise<{ scanId: string; number: number }> {
  const last = await step.trx
    .selectFrom('scans')
    .select((build) => build.fn.max('number').as('number'))
    .executeTakeFirst()
  const number = (last?.number ?? 0) + 1
  return { scanId: `${step.ledgerId}-scan-${number}`, number }
}

const debtOf = (step: Step, accountId: string) =>
  step.trx
    .selectFrom('visits')
    .select('visit_id')
    .where('account_id', '=', accountId)
    .where('state', '=', 'debt')
    .where('debt_settled', 'is', null)
    .limit(1)
    .executeTakeFirst()

const visitOf = (step: Step, accountId: string, states: ('admitted' | 'open')[]) =>
  step.trx
    .selectFrom('visits')
    .select('visit_id')
    .where('account_id', '=', accountId)
    .where('state', 'in', states)
    .limit(1)
    .executeTakeFirst()

/** Opens the scan's visit; when the same scan was admitted before there is nothing left to do. */
export async function admit(step: Step, command: CommandOf<'admit'>): Promise<void> {
  const scan = await unansweredScan(step, command.scanId, 'admitted')
  if (scan.answer === 'admitted') return
  if (step.doors.closedGates.includes(scan.gate)) {
    throw refusal(
      'gate-closed',
      `Gate ${scan.gate} admits nobody now: its fire alarm is on, or its contacts do not answer.`,
      'Look at the gate; the exit opens by itself.',
    )
  }
  if (scan.role !== 'staff' && step.doors.askingGates.includes(scan.gate)) {
    throw refusal(
      'gate-asks-staff',
      `Somebody walked in at ${scan.gate} whom nobody had admitted; staff have not looked yet.`,
      'Look who came in, and reset the gate on the store page; the exit opens as always.',
    )
  }
  if (scan.role === 'shopper' && (await isOverCaps(step, 0))) {
    throw refusal(
      'cannot-charge',
      'The payment provider does not answer, and as much as may wait for it does.',
      'Admit staff only until it answers; whoever is inside leaves as always.',
    )
  }
  await refuseSecondVisit(step, scan)
  const visitId = visitIdOf(scan.scan_id)
  await answer(step, scan, 'admitted')
  const { type: _type, commandId: _commandId, ...admission } = command
  await step.journal.append('admitted', visitId, admission)
  await openVisit(step, {
    visit_id: visitId,
    scan_id: scan.scan_id,
    account_id: scan.account_id,
    role: scan.role,
    party: command.party,
    state: 'admitted',
    gate: scan.gate,
    opened_at_ms: step.nowMs,
    person_ids: '[]',
    due_at_ms: step.nowMs + step.shop.deadlines.admissionMs,
  })
  const account = await step.trx
    .selectFrom('accounts')
    .selectAll()
    .where('account_id', '=', scan.account_id ?? '')
    .executeTakeFirst()
  if (account) await beginHold(step, visitId, account)
}

/**
 * One visit at a time: whoever shows two codes at two doors at once is let in at one. Whether somebody who was
 * inside already when they scanned may come in is for the entry rules, which were told so.
 * @throws AisleError `already-inside`
 */
async function refuseSecondVisit(step: Step, scan: ScanRow): Promise<void> {
  if (scan.account_id === null || scan.role !== 'shopper') return
  const since = await step.trx
    .selectFrom('visits')
    .select('visit_id')
    .where('account_id', '=', scan.account_id)
    .where('state', 'in', ['admitted', 'open'])
    .where('opened_at_ms', '>=', scan.at_ms)
    .executeTakeFirst()
  if (!since) return
  throw refusal('already-inside', 'This account was let in since it scanned here.', 'Let it in once.')
}

export async function refuse(step: Step, command: CommandOf<'refuse'>): Promise<void> {
  const scan = await unansweredScan(step, command.scanId, 'refused')
  if (scan.answer === 'refused') return
  await answer(step, scan, 'refused')
  const { scanId, reason, rule, policyHash } = command
  await step.journal.append('refused', null, { scanId, gate: scan.gate, reason, rule, policyHash })
}

/** @throws AisleError `scan-unknown`, `scan-answered` when it had the opposite answer */
async function unansweredScan(step: Step, scanId: string, wanted: ScanRow['answer']): Promise<ScanRow> {
  const scan = await step.trx.selectFrom('scans').selectAll().where('scan_id', '=', scanId).executeTakeFirst()
  if (!scan) throw refusal('scan-unknown', `There was no scan ${scanId}.`, 'Use an id that the till has given.')
  if (scan.answer !== null && scan.answer !== wanted) {
    throw refusal('scan-answered', `Scan ${scanId} has been ${scan.answer}.`, 'Answer each scan once.')
  }
  return scan
}

const answer = (step: Step, scan: ScanRow, answered: ScanRow['answer']) =>
  step.trx.updateTable('scans').set({ answer: answered }).where('scan_id', '=', scan.scan_id).execute()

/** @param command with the credential's hash in the credential's place */
export async function registerAccount(step: Step, command: CommandOf<'register-account'>): Promise<void> {
  const { accountId, role, credential, party, payment, consent } = command
  if (payment) refuseCardNumber(payment)
  const holder =
    credential === null
      ? undefined
      : await step.trx
          .selectFrom('accounts')
          .select('account_id')
          .where('credential_hash', '=', credential)
          .executeTakeFirst()
  if (holder && holder.account_id !== accountId) {
    throw refusal('credential-taken', 'This credential belongs to another account.', 'Register another one.')
  }
  const values = {
    role,
    credential_hash: credential,
    party,
    customer_key: payment?.customerKey ?? null,
    billing_key: payment?.billingKey ?? null,
  }
  await step.trx
    .insertInto('accounts')
    .values({ account_id: accountId, blocked: 0, ...values })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(values))
    .execute()
  // Neither the credential nor the provider's references: the journal is for ever, these may be forgotten.
  const sealed = await sealer(step, accountId)
  const facts = { accountId: sealed(accountId), role, party, canPay: payment !== null }
  await step.journal.append('account-registered', null, { ...facts, ...(consent ? { consent } : {}) })
  if (consent) await keepConsent(step, accountId, consent)
}

/** @throws AisleError `card-number` */
function refuseCardNumber({ customerKey, billingKey }: { customerKey: string; billingKey: string }): void {
  if (![customerKey, billingKey].some(hasCardNumber)) return
  throw refusal(
    'card-number',
    "This looks like a card's number, which no part of this platform may know.",
    "Send the payment provider's reference to the registered card.",
  )
}

/**
 * Replaces what an account pays with.
 * @param command with the provider's billing key in the place of its permission to issue one
 * @throws AisleError `account-unknown`, `card-number`
 */
export async function registerCard(step: Step, command: CommandOf<'register-card'>): Promise<void> {
  const { accountId, customerKey, authKey: billingKey } = command
  refuseCardNumber({ customerKey, billingKey })
  const { numUpdatedRows } = await step.trx
    .updateTable('accounts')
    .set({ customer_key: customerKey, billing_key: billingKey })
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) {
    throw refusal('account-unknown', `There is no account ${accountId}.`, 'It may have been forgotten already.')
  }
  const sealed = await sealer(step, accountId)
  await step.journal.append('card-registered', null, { accountId: sealed(accountId) })
}

/** The first time that somebody agreed to a version counts. */
async function keepConsent(step: Step, accountId: string, { version, atMs }: { version: string; atMs: number }) {
  await step.trx
    .insertInto('consents')
    .columns(['subject_id', 'version', 'at_ms'])
    .expression((build) =>
      build
        .selectFrom('subjects')
        .select((each) => ['subject_id', each.val(version).as('version'), each.val(atMs).as('at_ms')])
        .where('account_id', '=', accountId),
    )
    .onConflict((conflict) => conflict.columns(['subject_id', 'version']).doNothing())
    .execute()
}
