/** Phones that make codes for the door: each belongs to one account, and an account has one at a time. */

import type { CommandOf } from '../../till-api/commands.ts'
import { readToken } from '../../till-api/entry-token.ts'
import { accountOf } from '../ledger/account-rows.ts'
import { refusal, type Step } from '../ledger/step.ts'
import { sealer } from '../ledger/subjects.ts'
import type { AccountRow } from '../ledger/tables.ts'
import { isPublicKey, tokenFault } from './token-fault.ts'

/**
 * Binds an account to a device's key. The device before it makes no valid code from now on.
 * @throws AisleError `account-unknown`, `key-invalid`, `device-taken`
 */
export async function registerDevice(step: Step, command: CommandOf<'register-device'>): Promise<void> {
  const { accountId, deviceId, publicKey } = command
  if (!isPublicKey(publicKey)) {
    throw refusal('key-invalid', 'This is no public key of the curve P-256.', 'Send its SPKI in base64url.')
  }
  await accountOf(step.trx, accountId)
  const holder = await step.trx.selectFrom('devices').selectAll().where('device_id', '=', deviceId).executeTakeFirst()
  if (holder) throw refusal('device-taken', `The device ${deviceId} is registered.`, 'Let the phone make a new key.')
  await step.trx.deleteFrom('devices').where('account_id', '=', accountId).execute()
  await step.trx
    .insertInto('devices')
    .values({ device_id: deviceId, account_id: accountId, public_key: publicKey, used_up_to_ms: null })
    .execute()
  const sealed = await sealer(step, accountId)
  await step.journal.append('device-registered', null, { accountId: sealed(accountId), deviceId: sealed(deviceId) })
}

export interface ShownToken {
  /** As the reader read it. */
  code: string
  /** When, by the wall clock. */
  shownAtMs: number
}

export interface TokenHolder {
  /** Of whom it is; undefined where nobody knows that for sure. */
  account: AccountRow | undefined
  party: number
  /** It may be used, and by being shown has been: the next time it is not. */
  usable: boolean
}

const nobody: TokenHolder = { account: undefined, party: 1, usable: false }

/** Whose code this is. The database is what remembers that it was used, so a restart forgets none. */
export async function takeToken(step: Step, { code, shownAtMs }: ShownToken): Promise<TokenHolder> {
  const read = readToken(code)
  if (!read) return nobody
  const { token, signature } = read
  const device = await step.trx
    .selectFrom('devices')
    .innerJoin('accounts', 'accounts.account_id', 'devices.account_id')
    .selectAll()
    .where('device_id', '=', token.deviceId)
    .executeTakeFirst()
  if (!device) return nobody
  const fault = tokenFault({
    ...{ token, signature, storeId: step.shop.storeId, accountId: device.account_id, publicKey: device.public_key },
    ...{ usedUpToMs: device.used_up_to_ms, nowMs: shownAtMs },
  })
  if (fault === 'forged') return nobody
  if (fault === null) {
    await step.trx
      .updateTable('devices')
      .set({ used_up_to_ms: token.madeAtMs })
      .where('device_id', '=', token.deviceId)
      .execute()
  }
  return { account: device, party: token.party, usable: fault === null }
}
