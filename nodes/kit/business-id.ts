import { createHash } from 'node:crypto'
import { identifierPattern } from '../../runtime/contract/schema.ts'

const identifier = new RegExp(identifierPattern)

/**
 * The id of a command by what it is about, so that a redeploy or a crash repeats it without further effect.
 * Parts that are too long for an identifier, or hold other characters, are hashed.
 */
export function businessId(what: string, ...about: (string | number)[]): string {
  const plain = [what, ...about].join('-')
  if (identifier.test(plain)) return plain
  return `${what}-${createHash('sha256').update(JSON.stringify(about)).digest('hex')}`
}
