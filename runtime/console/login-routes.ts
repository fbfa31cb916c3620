/** How one gets in and out: the owner's set-up by the one-time code, login, logout. */
import { type Request, type Response, Router } from 'express'
import { Type } from 'typebox'
import type { Clock } from '../contract/clock.ts'
import { AisleError } from '../contract/errors.ts'
import { strictObject } from '../contract/schema.ts'
import type { Accounts } from '../security/accounts.ts'
import { sessionOf } from '../security/http-guard.ts'
import type { LoginDelay } from '../security/login-delay.ts'
import { forgetSession, issueSession, type Operator } from '../security/session.ts'
import type { SessionRegister } from '../security/session-register.ts'
import type { SetupCode } from '../security/setup-code.ts'
import { jsonRoute } from './json-route.ts'
import { pageShell } from './page-shell.ts'

export interface LoginParts {
  accounts: Accounts
  sessions: SessionRegister
  setupCode: SetupCode
  loginDelay: LoginDelay
  sessionKey: string
  wallClock: Clock
  editorPort: number
  /** One line for the log: who did what from where. */
  audit(event: string, facts: Record<string, string>): void
}

const text = (maxLength: number) => Type.String({ maxLength })
const Setup = strictObject({ code: text(200), user: text(200), password: text(1000) })
const Login = strictObject({ user: text(200), password: text(1000), next: text(500) })
const LogOut = strictObject({ everywhere: Type.Boolean() })

/** Method and path of what needs no login. */
export const publicLoginRoutes = ['GET /setup', 'GET /login', 'GET /api/owner', 'POST /api/setup', 'POST /api/login']

export function loginRoutes(parts: LoginParts): Router {
  const { accounts, sessions, setupCode, loginDelay, wallClock } = parts
  const router = Router()

  const begin = (response: Response, operator: Operator) =>
    response.append('Set-Cookie', issueSession(operator, parts.sessionKey, wallClock.nowMs()))

  router.get('/setup', (_request, response) => {
    if (accounts.hasOwner()) return response.redirect(302, '/login')
    response.type('html').send(pageShell('setup-page'))
  })

  router.get('/login', (_request, response) => {
    response.type('html').send(pageShell('login-page'))
  })

  router.get(
    '/api/owner',
    jsonRoute(strictObject({}), () => ({ exists: accounts.hasOwner() })),
  )

  router.post(
    '/api/setup',
    jsonRoute(Setup, async ({ code, user, password }, request, response) => {
      const address = addressOf(request)
      takeTurn(loginDelay, address, 'setup')
      if (!setupCode.matches(code)) {
        parts.audit('setup code refused', { address })
        throw new AisleError('setup-code-wrong', 'This setup code is not, or no longer, valid.', {
          action: 'Open the newest address that the console shows.',
        })
      }
      loginDelay.succeeded(address, 'setup')
      const owner = await accounts.createOwner(user, password, wallClock.nowMs())
      setupCode.end()
      // Of an earlier owner, whose accounts.json was removed to get in again.
      sessions.endAllBefore(wallClock.nowMs())
      parts.audit('owner created', { address, user: owner.user })
      begin(response, owner)
      return { next: '/' }
    }),
  )

  router.post(
    '/api/login',
    jsonRoute(Login, async ({ user, password, next }, request, response) => {
      const address = addressOf(request)
      takeTurn(loginDelay, address, user)
      const operator = await accounts.logIn(user, password)
      if (!operator) {
        parts.audit('login refused', { address })
        throw new AisleError('login-wrong', 'Name or password is wrong.', { action: 'Try again.' })
      }
      loginDelay.succeeded(address, user)
      parts.audit('logged in', { address, user: operator.user })
      begin(response, operator)
      return { next: isOwnEditor(next, request, parts.editorPort) ? next : '/' }
    }),
  )

  router.post(
    '/api/logout',
    jsonRoute(LogOut, ({ everywhere }, request, response) => {
      const session = sessionOf(response)
      if (everywhere) sessions.endAllBefore(wallClock.nowMs() + 1)
      else sessions.end(session, wallClock.nowMs())
      parts.audit(everywhere ? 'logged out everywhere' : 'logged out', {
        address: addressOf(request),
        user: session.user,
      })
      response.append('Set-Cookie', forgetSession)
      return { next: '/login' }
    }),
  )

  return router
}

const addressOf = (request: Request) => request.socket.remoteAddress ?? 'unknown'

function takeTurn(delay: LoginDelay, address: string, account: string): void {
  const waitMs = delay.begin(address, account)
  if (waitMs === 0) return
  throw new AisleError('try-later', `After several wrong tries the next one has to wait.`, {
    action: `Try again in ${Math.ceil(waitMs / 1000)} s.`,
  })
}

/** Only the editor of this host may be gone to after the login; any other address could be a trap. */
function isOwnEditor(next: string, request: Request, editorPort: number): boolean {
  return URL.parse(next)?.origin === `http://${request.hostname}:${editorPort}`
}
