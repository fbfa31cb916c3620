import { AisleError } from '../../runtime/contract/errors.ts'
import type { ProgramSecrets } from '../../runtime/program/run-settings.ts'

/** @throws AisleError `secret-missing`; an empty secret would be one that everybody knows */
export function handedSecret(secrets: ProgramSecrets, name: string): string {
  const value = secrets[name]
  if (value) return value
  throw new AisleError('secret-missing', `The flows program was not handed the secret ${name}.`, {
    action: 'Start the store with npm start.',
  })
}
