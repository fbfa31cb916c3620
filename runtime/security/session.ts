/**
 * The login that console and editor share: a signed cookie, bound to this host and to the store's session key.
 * Cookies know no ports, so both programs see it; SameSite=Strict keeps it from every other site's requests.
 *
 * Times are those of the wall clock, also in an accelerated demonstration. A session ends 12 hours after its
 * login. What ends it earlier is in `session-register.ts`; use `createSessionReader` there to ask both.
 */
import { randomBytes } from 'node:crypto'
import { readCookie, readSigned, signValue } from './signed-value.ts'

export const sessionCookie = 'open-aisle-session'
export const sessionLifeMs = 12 * 3_600_000

/** Whoever is logged in. Later roles join here. */
export interface Operator {
  user: string
  role: 'owner'
}

export interface Session extends Operator {
  id: string
  issuedAtMs: number
  expiresAtMs: number
}

const attributes = 'Path=/; HttpOnly; SameSite=Strict'

/** Begins a session; the answer is the value of a Set-Cookie header. */
export function issueSession({ user, role }: Operator, sessionKey: string, nowMs: number): string {
  const id = randomBytes(16).toString('base64url')
  const session: Session = { user, role, id, issuedAtMs: nowMs, expiresAtMs: nowMs + sessionLifeMs }
  return `${sessionCookie}=${signValue(sessionCookie, session, sessionKey)}; Max-Age=${sessionLifeMs / 1000}; ${attributes}`
}

/** The Set-Cookie header's value that makes the browser forget the session. */
export const forgetSession = `${sessionCookie}=; Max-Age=0; ${attributes}`

/**
 * The session in a request's Cookie header, or null when there is none, it was forged, or its time is over.
 * @param nowMs wall clock
 */
export function verifySession(cookieHeader: string | undefined, sessionKey: string, nowMs: number): Session | null {
  const session = readSigned<Session>(sessionCookie, readCookie(cookieHeader, sessionCookie) ?? '', sessionKey)
  return session && session.issuedAtMs <= nowMs && nowMs < session.expiresAtMs ? session : null
}
