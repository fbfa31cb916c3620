/**
 * Who may log in: `accounts.json` in the data folder. An account is an operator's; shoppers' are the till's.
 * There is no account and no password at first; the one-time setup code (`setup-code.ts`) admits the owner.
 * Whoever forgot the password removes the file on the store's own machine and starts again: a new code is shown,
 * and a new owner ends the old one's sessions.
 */
import { join } from 'node:path'
import { type Static, Type } from 'typebox'
import { AisleError } from '../contract/errors.ts'
import { compileGate, oneOf, parseJson, strictObject } from '../contract/schema.ts'
import { checkNewPassword, hashPassword, verifyPassword } from './password.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import type { Operator } from './session.ts'

const AccountsFile = strictObject({
  format: Type.Literal('open-aisle-accounts'),
  version: Type.Literal(1),
  accounts: Type.Array(
    strictObject({
      user: Type.String({ minLength: 1, maxLength: 64 }),
      role: oneOf(['owner']),
      passwordHash: Type.String(),
      createdAtMs: Type.Number(),
    }),
  ),
})
type Account = Static<typeof AccountsFile>['accounts'][number]

const checkFile = compileGate(AccountsFile, {
  code: 'accounts-invalid',
  what: 'The list of accounts',
  action: 'Restore it from a copy, or remove it and set up the owner again.',
})

export class Accounts {
  readonly #path: string

  constructor(dataDirectory: string) {
    this.#path = join(dataDirectory, 'accounts.json')
  }

  hasOwner(): boolean {
    return this.#read().some(({ role }) => role === 'owner')
  }

  /**
   * Of several that are tried at once, exactly one succeeds: the file is made only where there is none.
   * @throws AisleError `user-invalid`, `password-weak`, `owner-exists`
   */
  async createOwner(name: string, password: string, nowMs: number): Promise<Operator> {
    const user = userName(name)
    checkNewPassword(password, user)
    if (this.hasOwner()) throw ownerExists()
    const owner: Account = {
      user,
      role: 'owner',
      passwordHash: await hashPassword(password),
      createdAtMs: nowMs,
    }
    const file = { format: 'open-aisle-accounts', version: 1, accounts: [owner] }
    try {
      writePrivateFile(this.#path, `${JSON.stringify(file, undefined, 2)}\n`, { onlyNew: true })
    } catch (error) {
      throw error instanceof AisleError && error.code === 'file-exists' ? ownerExists() : error
    }
    return { user, role: owner.role }
  }

  /** The operator, or null when name or password is wrong; both take equally long. */
  async logIn(name: string, password: string): Promise<Operator | null> {
    const account = this.#read().find(({ user }) => user === name.trim().normalize('NFC'))
    if (!account) {
      await hashPassword(password)
      return null
    }
    const right = await verifyPassword(password, account.passwordHash)
    return right ? { user: account.user, role: account.role } : null
  }

  #read(): Account[] {
    const text = readPrivateFile(this.#path)
    return text === undefined ? [] : checkFile(parseJson(text, this.#path), this.#path).accounts
  }
}

function userName(name: string): string {
  const user = name.trim().normalize('NFC')
  if (user.length >= 1 && user.length <= 64 && !/\p{Control}/u.test(user)) return user
  throw new AisleError('user-invalid', 'This cannot be the name of an account.', {
    action: 'Use 1 to 64 characters.',
  })
}

const ownerExists = () =>
  new AisleError('owner-exists', 'This store has an owner already.', { action: 'Log in with the chosen password.' })
