/**
 * Logs in at a camera over HTTP or RTSP: Digest (RFC 7616, and RFC 2069 and 2617 as older cameras speak it) and
 * Basic (RFC 7617). The password goes into a hash or a header of a request and nowhere else.
 */
import { createHash, randomBytes } from 'node:crypto'
import { AisleError } from '../../contract/errors.ts'
import type { Camera } from '../../devices/definition-schema.ts'
import { type Challenge, parseChallenges } from './login-challenge.ts'

export type Authentication = Camera['authentication']

export interface LoginOptions {
  /** user:password, from the secret store. */
  login: string | undefined
  authentication: Authentication
  /** Makes the client's nonce; tests hand in a known one. */
  clientNonce?: () => string
}

/** Without a login, with one, and with one more where the camera says that only its nonce grew old. */
const mostTries = 3

/** Strongest first. */
const hashes = [
  { algorithm: 'SHA-256', hash: 'sha256' },
  { algorithm: 'MD5', hash: 'md5' },
] as const

interface Digest extends Challenge {
  hash: (typeof hashes)[number]['hash']
  session: boolean
  /** How often its nonce was used: cameras refuse a count that does not rise. */
  count: number
}

export class CameraLogin {
  readonly #user: string
  readonly #password: string
  readonly #known: boolean
  readonly #authentication: Authentication
  readonly #clientNonce: () => string
  #digest: Digest | undefined
  #basic = false

  constructor({ login, authentication, clientNonce }: LoginOptions) {
    const colon = login?.indexOf(':') ?? -1
    this.#user = colon < 0 ? (login ?? '') : (login ?? '').slice(0, colon)
    this.#password = colon < 0 ? '' : (login ?? '').slice(colon + 1)
    this.#known = login !== undefined
    this.#authentication = this.#known ? authentication : 'none'
    this.#clientNonce = clientNonce ?? (() => randomBytes(12).toString('base64url'))
    this.#basic = this.#authentication === 'basic'
  }

  /**
   * Sends a request, logging in where the camera asks for it. A second try within it is not hammering: a nonce may
   * have grown old, and the first request of all carries no login.
   * @param send gives the answer's status and its www-authenticate headers, joined by commas
   * @throws AisleError `camera-login-missing`, `camera-login-refused`
   */
  async request<A extends { status: number; challenges: string }>(
    method: string,
    uri: string,
    send: (authorization: string | undefined) => Promise<A>,
  ): Promise<A> {
    for (let tries = 1; ; tries++) {
      const authorization = this.#authorization(method, uri)
      const answer = await send(authorization)
      if (answer.status !== 401) return answer
      const sent = authorization !== undefined
      const stale = this.#learn(answer.challenges) && this.#digest?.fields.stale?.toLowerCase() === 'true'
      const again = sent ? this.#digest && (tries === 1 || stale) : this.#digest || this.#basic
      if (!again || tries === mostTries) throw this.#refusal(sent)
    }
  }

  #learn(challenges: string): boolean {
    const asked = parseChallenges(challenges)
    const allowed = this.#authentication
    this.#digest = allowed === 'digest' || allowed === 'digest-or-basic' ? strongest(asked) : undefined
    const basic = allowed === 'basic' || (allowed === 'digest-or-basic' && !this.#digest)
    this.#basic = basic && asked.some(({ scheme }) => scheme === 'basic')
    return this.#digest !== undefined || this.#basic
  }

  #authorization(method: string, uri: string): string | undefined {
    if (this.#digest) return this.#digestAnswer(this.#digest, method, uri)
    if (!this.#basic) return undefined
    return `Basic ${Buffer.from(`${this.#user}:${this.#password}`).toString('base64')}`
  }

  /** RFC 7616, 3.4. */
  #digestAnswer(digest: Digest, method: string, uri: string): string {
    const { realm = '', nonce = '', opaque, qop, algorithm } = digest.fields
    const of = (text: string) => createHash(digest.hash).update(text).digest('hex')
    const clientNonce = this.#clientNonce()
    const count = (++digest.count).toString(16).padStart(8, '0')
    const user = of(`${this.#user}:${realm}:${this.#password}`)
    const secret = digest.session ? of(`${user}:${nonce}:${clientNonce}`) : user
    const asked = of(`${method}:${uri}`)
    const protection = offersAuth(qop) ? `${count}:${clientNonce}:auth:` : ''
    const quoted = { username: this.#user, realm, nonce, uri, response: of(`${secret}:${nonce}:${protection}${asked}`) }
    return `Digest ${[
      ...Object.entries(quoted).map(([name, value]) => `${name}="${escaped(value)}"`),
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(opaque === undefined ? [] : [`opaque="${escaped(opaque)}"`]),
      ...(protection ? ['qop=auth', `nc=${count}`] : []),
      ...(protection || digest.session ? [`cnonce="${clientNonce}"`] : []),
    ].join(', ')}`
  }

  #refusal(sent: boolean): AisleError {
    // What was learnt here is old at the next try, which then begins without a login and sends it only once.
    this.#digest = undefined
    if (sent) {
      return new AisleError('camera-login-refused', 'it refuses user name or password.', {
        action:
          'Set its secret anew (aisle secret set NAME, as user:password) and start the store again. Until then it is tried seldom, because cameras lock accounts.',
      })
    }
    if (!this.#known) {
      return new AisleError('camera-login-missing', 'it asks for a login and the profile names none.', {
        action: 'Name a secret as login in the profile, and set it to user:password: aisle secret set NAME.',
      })
    }
    return new AisleError('camera-login-missing', `it asks for another login than ${this.#authentication}.`, {
      action: "Allow digest authentication in the camera's own settings, or choose another definition.",
    })
  }
}

const escaped = (value: string) => value.replaceAll(/["\\]/g, '\\$&')

/** Absent in RFC 2069, where the answer has neither count nor client nonce. */
const offersAuth = (qop: string | undefined) => qop?.split(',').some((word) => word.trim().toLowerCase() === 'auth')

function strongest(challenges: readonly Challenge[]): Digest | undefined {
  for (const { algorithm, hash } of hashes) {
    for (const challenge of challenges) {
      const { algorithm: asked = 'MD5', nonce, qop } = challenge.fields
      const session = asked.toUpperCase() === `${algorithm}-SESS`
      if (challenge.scheme !== 'digest' || nonce === undefined) continue
      if (qop !== undefined && !offersAuth(qop)) continue
      if (session || asked.toUpperCase() === algorithm) return { ...challenge, hash, session, count: 0 }
    }
  }
  return undefined
}
