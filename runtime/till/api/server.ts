/** The till's HTTP API. Every route needs the token of a role that may use it. */
import { createServer } from 'node:http'
import express, { type NextFunction, type Request, type Response } from 'express'
import type { Logger } from 'pino'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import { endServer, listen } from '../../program/listen.ts'
import type { TillRole } from '../../till-api/commands.ts'
import type { TillService } from '../till-service.ts'
import { roleByToken, type TillTokens } from './authentication.ts'
import { maxBodyBytes, streamed, type TillRoute, tillRoutes } from './routes.ts'

export interface TillServer {
  port: number
  close(): Promise<void>
}

export interface TillServerOptions {
  host: string
  port: number
  tokens: TillTokens
  log: Logger
}

/** @throws AisleError `port-taken` */
export async function serveTill(till: TillService, options: TillServerOptions): Promise<TillServer> {
  const roleOf = roleByToken(options.tokens)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use((request, response, next) => {
    response.locals.role = roleOf(request.headers.authorization)
    next(response.locals.role ? undefined : notAuthorised(request))
  })
  app.use(express.text({ type: 'application/json', limit: maxBodyBytes }))
  for (const route of tillRoutes) app[route.method](route.path, handler(till, route))
  app.use((request: Request, _response: Response, next: NextFunction) => next(noRoute(request)))
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const told = toldError(error)
    if (told.status >= 500) options.log.error({ path: request.path, error: errorSentence(error) }, 'request failed')
    if (response.headersSent) return void response.destroy()
    response.status(told.status).json(told.body)
  })
  const server = createServer(app)
  const port = await listen(server, { host: options.host, port: options.port, what: 'the till' })
  return { port, close: () => endServer(server) }
}

function handler(till: TillService, route: TillRoute) {
  return (request: Request, response: Response, next: NextFunction) => {
    const role = response.locals.role as TillRole
    if (!route.roles.includes(role)) return next(notAllowed(request, role))
    const { params, query } = request
    const body = typeof request.body === 'string' ? request.body : ''
    route
      .handle(till, { role, params, query: { ...query }, body, response })
      .then((answer) => answer !== streamed && response.json(answer))
      .catch(next)
  }
}

const notAuthorised = (request: Request) =>
  new AisleError('not-authorised', 'This needs the token of a client of the till.', {
    where: request.path,
    action: 'Send it as "Authorization: Bearer TOKEN"; the supervisor hands it to the programs.',
  })

const notAllowed = (request: Request, role: TillRole) =>
  new AisleError('not-allowed', `The role ${role} may not use this route.`, {
    where: request.path,
    action: 'See runtime/till/api/routes.ts for who may.',
  })

const noRoute = (request: Request) =>
  new AisleError('route-unknown', `There is no ${request.method} ${request.path}.`, {
    where: request.path,
    action: 'See runtime/till/api/routes.ts for what there is.',
  })

const statuses: Record<string, number> = {
  'not-authorised': 401,
  'not-allowed': 403,
  'command-not-allowed': 403,
  'route-unknown': 404,
  'visit-unknown': 404,
  'scan-unknown': 404,
  'account-unknown': 404,
  'gate-unknown': 404,
  'kiosk-unknown': 404,
  'request-invalid': 400,
  'command-invalid': 400,
  'json-invalid': 400,
  'json-too-deep': 400,
  'json-too-large': 413,
}

/** What the till refuses is an AisleError and final; anything else is ours or the disk's, and worth another try. */
function toldError(error: unknown): { status: number; body: object } {
  if (error instanceof AisleError) return { status: statuses[error.code] ?? 409, body: error.toJSON() }
  const status = (error as { status?: unknown } | null)?.status
  if (status === 413) {
    const tooLarge = new AisleError('json-too-large', `It is larger than ${maxBodyBytes} bytes.`, {
      action: 'Split it into several commands.',
    })
    return { status: 413, body: tooLarge.toJSON() }
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    const unreadable = new AisleError('request-invalid', 'The request cannot be read.', {
      action: 'Send JSON in UTF-8 with its length.',
    })
    return { status, body: unreadable.toJSON() }
  }
  const failed = new AisleError('till-failed', 'The till could not carry this out now.', {
    action: 'Try again; look at the log of the till if it stays.',
  })
  return { status: 503, body: failed.toJSON() }
}
