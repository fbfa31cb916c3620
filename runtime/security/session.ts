/**
 * The login that console and editor share: a signed cookie, bound to this host and to the store's session key.
 * Cookies know no ports, so both programs see it; SameSite=Strict keeps it from every other site's requests.
 *
 * Times are those of the wall clock, also in an accelerated demonstration. A session ends 12 hours after its
 * login. What ends it earlier is in `session-register.ts`; use `createSessionReader` there to ask both.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

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
  const body = Buffer.from(JSON.stringify(session)).toString('base64url')
  return `${sessionCookie}=${body}.${sign(body, sessionKey)}; Max-Age=${sessionLifeMs / 1000}; ${attributes}`
}

/** The Set-Cookie header's value that makes the browser forget the session. */
export const forgetSession = `${sessionCookie}=; Max-Age=0; ${attributes}`

/**
 * The session in a request's Cookie header, or null when there is none, it was forged, or its time is over.
 * @param nowMs wall clock
 */
export function verifySession(cookieHeader: string | undefined, sessionKey: string, nowMs: number): Session | null {
  const [body, signature, ...rest] = (readCookie(cookieHeader, sessionCookie) ?? '').split('.')
  if (!body || !signature || rest.length > 0) return null
  if (!sameText(signature, sign(body, sessionKey))) return null
  // The signature says that this program or its twin at the other port wrote it, so its form is trusted.
  const session = JSON.parse(Buffer.from(body, 'base64url').toString()) as Session
  return session.issuedAtMs <= nowMs && nowMs < session.expiresAtMs ? session : null
}

function sign(body: string, sessionKey: string): string {
  if (sessionKey.length < 32) throw new RangeError('The session key is missing or too short to keep anybody out.')
  // The name inside keeps a signature made for another purpose under the same key from passing as a session.
  return createHmac('sha256', sessionKey).update(`${sessionCookie}:${body}`).digest('base64url')
}

/** Compares the text, not the bytes it encodes: base64 has several spellings of the same bytes. */
function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const cut = part.indexOf('=')
    if (cut > 0 && part.slice(0, cut).trim() === name) return part.slice(cut + 1).trim()
  }
  return undefined
}
