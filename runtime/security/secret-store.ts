/**
 * The one place where secrets live: `secrets.json` in the store's data folder, for its owner's eyes only. Profiles
 * and flows hold names of secrets; the supervisor hands each program the values it needs at its start.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Type } from 'typebox'
import { AisleError } from '../contract/errors.ts'
import { compileGate, parseJson, strictObject } from '../contract/schema.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { generatedSecrets } from './secret-names.ts'

const namePattern = /^[a-z0-9][a-z0-9-]{0,63}$/
const maxValueLength = 16_384

const checkFile = compileGate(
  strictObject({
    format: Type.Literal('open-aisle-secrets'),
    version: Type.Literal(1),
    secrets: Type.Array(
      strictObject({ name: Type.String({ pattern: namePattern.source }), value: Type.String({ minLength: 1 }) }),
    ),
  }),
  { code: 'secrets-invalid', what: 'The secret store', action: 'Restore it from a copy, or set its secrets anew.' },
)

export interface SecretStore {
  read(name: string): string | undefined
  /** @throws AisleError `secret-invalid` for a name or value that cannot be kept */
  set(name: string, value: string): void
  /** Names only, sorted. */
  list(): string[]
  /** Makes those of {@link generatedSecrets} that are missing: 256 random bits each. */
  ensureGenerated(): void
}

/**
 * Every call reads the file anew: a command may have changed it while a program runs.
 * @throws AisleError `file-not-private`, `secrets-invalid`
 */
export function openSecretStore(dataDirectory: string): SecretStore {
  const path = join(dataDirectory, 'secrets.json')
  readAll(path)
  return {
    read: (name) => readAll(path).get(name),
    list: () => [...readAll(path).keys()].sort(),
    set(name, value) {
      checkSecret(name, value)
      writeAll(path, readAll(path).set(name, value))
    },
    ensureGenerated() {
      const secrets = readAll(path)
      const missing = Object.values(generatedSecrets).filter((name) => !secrets.has(name))
      if (missing.length === 0) return
      for (const name of missing) secrets.set(name, randomBytes(32).toString('base64url'))
      writeAll(path, secrets)
    },
  }
}

/** @throws AisleError `secret-missing` */
export function readSecret(dataDirectory: string, name: string): string {
  const value = openSecretStore(dataDirectory).read(name)
  if (value !== undefined) return value
  throw new AisleError('secret-missing', `The secret ${name} is not set.`, {
    where: join(dataDirectory, 'secrets.json'),
    action: `Set it: aisle secret set ${name}`,
  })
}

function readAll(path: string): Map<string, string> {
  const text = readPrivateFile(path)
  if (text === undefined) return new Map()
  const file = checkFile(parseJson(text, path), path)
  return new Map(file.secrets.map(({ name, value }) => [name, value]))
}

function writeAll(path: string, all: Map<string, string>): void {
  const secrets = [...all].map(([name, value]) => ({ name, value }))
  const file = { format: 'open-aisle-secrets', version: 1, secrets }
  writePrivateFile(path, `${JSON.stringify(file, undefined, 2)}\n`)
}

function checkSecret(name: string, value: string): void {
  if (!namePattern.test(name)) {
    throw new AisleError('secret-invalid', `"${name.slice(0, 64)}" cannot be the name of a secret.`, {
      action: 'Use up to 64 small letters, digits and hyphens, starting with a letter or digit.',
    })
  }
  if (value.length === 0 || value.length > maxValueLength) {
    throw new AisleError('secret-invalid', `The value of ${name} is ${value.length === 0 ? 'empty' : 'too long'}.`, {
      action: `Give 1 to ${maxValueLength} characters on standard input.`,
    })
  }
}
