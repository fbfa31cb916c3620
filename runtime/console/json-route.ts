/** Routes that take and give JSON: checked at the door, and every error of ours answered as one. */
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express'
import type { Logger } from 'pino'
import type { Static, TSchema } from 'typebox'
import { AisleError } from '../contract/errors.ts'
import { compileGate, parseJson } from '../contract/schema.ts'

const limits = { maxBytes: 16_384, maxDepth: 8 }

/** Reads bodies of JSON as text; install it before {@link jsonRoute}s that take one. */
export const jsonText = express.text({ type: 'application/json', limit: limits.maxBytes })

/** Answers with what `handle` resolves with. */
export function jsonRoute<S extends TSchema>(
  schema: S,
  handle: (body: Static<S>, request: Request, response: Response) => Promise<object> | object,
): RequestHandler {
  const check = compileGate(schema, {
    code: 'request-invalid',
    what: 'The request',
    action: 'Reload the page and try again.',
  })
  return (request, response, next) => {
    const answer = async () => {
      const body = typeof request.body === 'string' ? parseJson(request.body, request.path, limits) : {}
      response.json(await handle(check(body, request.path), request, response))
    }
    answer().catch(next)
  }
}

/** Install it last. An AisleError is answered whole; of anything else only the log learns more than "failed". */
export function errorAnswers(log: Pick<Logger, 'error'>): ErrorRequestHandler {
  return function errorAnswers(error, request, response, next) {
    if (response.headersSent) return next(error)
    if (error instanceof AisleError) return response.status(statusOf[error.code] ?? 400).json(error)
    const status = isClientError(error) ? error.status : 500
    if (status === 500) log.error({ route: `${request.method} ${request.path}`, error: String(error?.stack) }, 'failed')
    const told = { code: 'request-failed', message: 'The request failed.', action: 'Reload the page and try again.' }
    response.status(status).json(told)
  }
}

/** What Express's own parsers throw: a body too large, a path that cannot be decoded. */
const isClientError = (error: unknown): error is { status: number } =>
  typeof (error as { status?: unknown })?.status === 'number' && (error as { status: number }).status < 500

const statusOf: Record<string, number> = {
  'login-wrong': 401,
  'phone-unknown': 401,
  'kiosk-unpaired': 401,
  'invitation-invalid': 403,
  'setup-code-wrong': 403,
  'command-not-allowed': 403,
  'visit-unknown': 404,
  'owner-exists': 409,
  'command-conflict': 409,
  'line-not-in-review': 409,
  'dispute-not-open': 409,
  'no-debt': 409,
  'debt-in-work': 409,
  'account-in-use': 409,
  'provider-away': 503,
  'try-later': 429,
  'till-unreachable': 503,
  'twin-unreachable': 503,
}
