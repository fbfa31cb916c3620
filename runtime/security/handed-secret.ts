import { AisleError } from '../contract/errors.ts'
import type { ProgramSecrets } from '../program/run-settings.ts'

/**
 * A secret that the supervisor handed to this program.
 * @throws AisleError `secret-missing`; an empty secret would be one that everybody knows
 */
export function handedSecret(secrets: ProgramSecrets, name: string): string {
  const value = secrets[name]
  if (value) return value
  throw new AisleError('secret-missing', `This program was not handed the secret ${name}.`, {
    action: 'Start the store with npm start, which makes the missing ones.',
  })
}
