import { createHash, timingSafeEqual } from 'node:crypto'
import type { TillRole } from '../../till-api/commands.ts'

/** A store without kiosks has no token for them. */
export type TillTokens = Record<Exclude<TillRole, 'kiosk'>, string> & { kiosk?: string }

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Finds the role of a request by its bearer token, in a time that tells nothing about the tokens. */
export function roleByToken(tokens: TillTokens): (authorization: string | undefined) => TillRole | null {
  const known = Object.entries(tokens).map(([role, token]) => ({ role: role as TillRole, hash: digest(token) }))
  return (authorization) => {
    const shown = digest(authorization?.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : '')
    let found: TillRole | null = null
    for (const { role, hash } of known) if (timingSafeEqual(hash, shown)) found = role
    return found
  }
}
