/**
 * What stands before every route of the console and the editor: security headers, the Host and Origin checks that
 * stop rebound names and other sites' requests, and the login. Whatever is not listed as public needs a session.
 */
import type { IncomingMessage } from 'node:http'
import type { Request, RequestHandler, Response } from 'express'
import type { Session } from './session.ts'

/** The names under which a program of ours may be called; everything listens on the loopback only. */
const ownHosts = ['127.0.0.1', 'localhost', '[::1]']
const readingMethods = ['GET', 'HEAD', 'OPTIONS']

export interface GuardOptions<S = Session> {
  /** The program's own port. A page of another port is another origin, and may not act here. */
  port: number
  /** Where a proxy serves this program besides, such as `https://phone.shop.example`. */
  publicOrigin?: string
  /** Reads the session of a request's Cookie header; null: nobody is logged in. */
  readSession: (cookieHeader: string | undefined) => S | null
  /** Without frame-ancestors, which is always 'none'. */
  contentSecurityPolicy: string | ((request: Request) => string)
  /** The few routes that need no login. */
  isPublic: (request: Request) => boolean
  /** Where a page goes that needs a login. Everything else gets 401. */
  loginUrl: (request: Request) => string
}

/** Install it before every route. A request that passes has its session in {@link sessionOf}, unless it is public. */
export function createHttpGuard<S = Session>(options: GuardOptions<S>): RequestHandler {
  // Named, so that a listing of the routes shows it.
  return function httpGuard(request, response, next) {
    const { contentSecurityPolicy: policy } = options
    setSecurityHeaders(response, typeof policy === 'string' ? policy : policy(request))
    const refusal = isAtPublicOrigin(request, options.publicOrigin) ? null : whyForeign(request, options.port)
    if (refusal) return refuse(response, 403, refusal)
    const session = options.readSession(request.headers.cookie)
    response.locals.session = session
    if (session || options.isPublic(request)) return next()
    if (isPageRequest(request)) return response.redirect(302, options.loginUrl(request))
    refuse(response, 401, { code: 'login-needed', message: 'You are not logged in.', action: 'Log in and try again.' })
  }
}

/** The session that the guard let through. Only for routes that are not public. */
export const sessionOf = (response: Response): Session => response.locals.session as Session

/** The session of a websocket upgrade, or null: answer 401 and close. Browsers send no CORS check for these. */
export function sessionOfUpgrade(
  request: IncomingMessage,
  { port, readSession }: Pick<GuardOptions, 'port' | 'readSession'>,
): Session | null {
  const { host, origin } = request.headers
  return isOwnHost(host, port) && isOwnOrigin(origin, port) ? readSession(request.headers.cookie) : null
}

interface Refusal {
  code: string
  message: string
  action: string
}

function whyForeign(request: IncomingMessage, port: number): Refusal | null {
  const { host, origin } = request.headers
  if (!isOwnHost(host, port)) {
    const action = `Open http://127.0.0.1:${port}/ instead.`
    return { code: 'host-refused', message: 'This program is not served under that name.', action }
  }
  // Browsers name the origin of whatever may change something; what comes without one is refused as well.
  const changes = !readingMethods.includes(request.method ?? '')
  if ((changes || origin !== undefined) && !isOwnOrigin(origin, port)) {
    const action = "Use this program's own pages, or send its own Origin."
    return { code: 'origin-refused', message: 'This request comes from another site.', action }
  }
  return null
}

/** Through the proxy: by its name, and from its own pages where something may be changed. */
function isAtPublicOrigin({ method, headers }: IncomingMessage, publicOrigin: string | undefined): boolean {
  if (publicOrigin === undefined || headers.host !== new URL(publicOrigin).host) return false
  const isReading = readingMethods.includes(method ?? '')
  return headers.origin === publicOrigin || (isReading && headers.origin === undefined)
}

function isOwnHost(host: string | undefined, port: number): boolean {
  return ownHosts.some((own) => host === `${own}:${port}`)
}

function isOwnOrigin(origin: string | undefined, port: number): boolean {
  return ownHosts.some((own) => origin === `http://${own}:${port}`)
}

const isPageRequest = (request: Request) =>
  request.method === 'GET' && !request.path.startsWith('/api/') && request.accepts(['json', 'html']) === 'html'

function refuse(response: Response, status: number, refusal: Refusal): void {
  response.status(status).json(refusal)
}

function setSecurityHeaders(response: Response, contentSecurityPolicy: string): void {
  response.set({
    'Content-Security-Policy': `${contentSecurityPolicy}; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // Not no-referrer: with it, browsers send "Origin: null" on a form's POST.
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  })
}
