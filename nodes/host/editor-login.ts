/**
 * Hands the store's login on to Node-RED. The guard has let a request in by its session cookie; Node-RED asks for
 * itself, through a header that only this writes: a browser cannot, because what it sends under that name is removed.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { sessionOf } from '../../runtime/security/http-guard.ts'
import type { Session } from '../../runtime/security/session.ts'
import type { EditorUser } from '../../settings.ts'

export const userHeader = 'x-open-aisle-user'

const permissionsOf: Record<Session['role'], EditorUser['permissions']> = { owner: '*' }

export class EditorLogin {
  // Node-RED takes the header's value from a websocket's first message as well, so it must be one that nobody knows.
  readonly #seal = randomBytes(32).toString('hex')

  /** Behind the guard, before Node-RED. */
  readonly handOn: RequestHandler = (request, response, next) => {
    this.mark(request, sessionOf(response))
    next()
  }

  /** For routes that flows offer, to which Node-RED's own login does not apply; a second door behind the guard. */
  readonly required: RequestHandler = (request, response, next) => {
    if (this.userOf(String(request.headers[userHeader]))) return next()
    response
      .status(401)
      .json({ code: 'login-needed', message: 'You are not logged in.', action: 'Log in and try again.' })
  }

  mark(request: IncomingMessage, session: Session): void {
    // Node-RED would take a bearer token first.
    delete request.headers.authorization
    request.headers[userHeader] = `${this.#seal}/${session.role}/${encodeURIComponent(session.user)}`
  }

  /** For Node-RED: whom {@link mark} named. */
  userOf(value: string): EditorUser | null {
    const [seal, role, user] = value.split('/')
    if (seal !== this.#seal || !role || !user) return null
    return { username: decodeURIComponent(user), permissions: permissionsOf[role as Session['role']] }
  }
}
