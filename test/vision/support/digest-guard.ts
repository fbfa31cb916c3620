/** A camera's side of a digest login (RFC 7616), written from the standard without a look at the client. */
import { createHash, randomBytes } from 'node:crypto'

export interface GuardOptions {
  user: string
  password: string
  algorithm?: 'MD5' | 'SHA-256'
  /** Absent: the older form of RFC 2069, as many RTSP servers have it. */
  qop?: 'auth'
  /** A nonce is good for so many requests. */
  usesOfANonce?: number
}

export class DigestGuard {
  readonly #options: GuardOptions
  readonly #uses = new Map<string, number>()
  /** Answers that were wrong: what would lock an account. */
  refused = 0

  constructor(options: GuardOptions) {
    this.#options = options
  }

  /** Undefined: let in. Otherwise the challenge of a 401. */
  challenge(method: string, authorization: string | undefined): string | undefined {
    if (!authorization) return this.#challenge(false)
    const fields = Object.fromEntries(
      [...authorization.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(([, name, quoted, bare]) => [
        name,
        quoted ?? bare,
      ]),
    )
    const { user, password, algorithm = 'MD5', qop, usesOfANonce = 1000 } = this.#options
    const hash = (text: string) =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex')
    const protection = qop ? `${fields.nc}:${fields.cnonce}:${fields.qop}:` : ''
    const expected = hash(
      `${hash(`${user}:camera:${password}`)}:${fields.nonce}:${protection}${hash(`${method}:${fields.uri}`)}`,
    )
    if (fields.username !== user || fields.response !== expected) {
      this.refused++
      return this.#challenge(false)
    }
    const uses = (this.#uses.get(fields.nonce ?? '') ?? Number.POSITIVE_INFINITY) + 1
    this.#uses.set(fields.nonce ?? '', uses)
    // The count of a nonce has to rise, or somebody repeats what he heard.
    const repeated = qop !== undefined && Number.parseInt(fields.nc ?? '', 16) !== uses
    return uses > usesOfANonce || repeated ? this.#challenge(true) : undefined
  }

  #challenge(stale: boolean): string {
    const { algorithm, qop } = this.#options
    const nonce = randomBytes(8).toString('hex')
    this.#uses.set(nonce, 0)
    return [
      `Digest realm="camera", nonce="${nonce}"`,
      ...(algorithm ? [`algorithm=${algorithm}`] : []),
      ...(qop ? [`qop="${qop},auth-int"`, 'opaque="a, b"'] : []),
      ...(stale ? ['stale=TRUE'] : []),
    ].join(', ')
  }
}
