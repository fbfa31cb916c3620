import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** SHA-256 (hex) of a policy's canonical JSON (RFC 8785): says later which rules decided. */
export function policyHash(policy: object): string {
  return createHash('sha256')
    .update(canonicalize(policy) ?? '')
    .digest('hex')
}
