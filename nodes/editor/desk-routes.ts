/** Routes on which the dialogs ask the program's desks; each needs a login, and a permission beside it. */
import type { Request, RequestHandler, Response } from 'express'
import { type Static, type TSchema, Type } from 'typebox'
import { AisleError } from '../../runtime/contract/errors.ts'
import { compileGate } from '../../runtime/contract/schema.ts'

export interface RouteMaker {
  httpAdmin: Record<'get' | 'post', (path: string, ...handlers: RequestHandler[]) => void>
  auth: { needsPermission(permission: string): RequestHandler }
}

/** Of the store's files, on top of which a change is made. */
export const Revision = Type.String({ pattern: '^[0-9a-f]{64}$' })

export interface Asked<B> {
  user: string
  id: string
  body: B
}

/** Makes routes below `open-aisle/`; those that get something need `store.read`, the others `store.write`. */
export function deskRoutes({ httpAdmin, auth }: RouteMaker) {
  const get = (path: string, answer: (id: string) => Promise<object | null>) =>
    httpAdmin.get(
      `/open-aisle/${path}`,
      auth.needsPermission('store.read'),
      answering(({ params }) => answer(params.id ?? '')),
    )
  const post = <S extends TSchema>(path: string, schema: S, act: (asked: Asked<Static<S>>) => Promise<object>) => {
    const gate = compileGate(schema, {
      code: 'request-invalid',
      what: 'The request',
      action: 'Reload the page and try again.',
    })
    httpAdmin.post(
      `/open-aisle/${path}`,
      auth.needsPermission('store.write'),
      answering((request) => act({ user: userOf(request), id: request.params.id ?? '', body: gate(request.body) })),
    )
  }
  return { get, post }
}

/** Whom Node-RED's own login let in. */
const userOf = (request: Request) => (request as { user?: { username?: string } }).user?.username ?? ''

/** Express 4 does not wait for a promise. */
function answering(work: (request: Request) => Promise<object | null>): RequestHandler {
  return (request, response, next) => {
    Promise.resolve()
      .then(() => work(request))
      .then((answer) => response.json(answer))
      .catch((error: unknown) => (error instanceof AisleError ? refuse(response, error) : next(error)))
  }
}

const inTheWay = ['store-changed', 'command-busy', 'flash-worn', 'flash-too-often', 'flash-count-damaged']

function refuse(response: Response, error: AisleError): void {
  const { code } = error
  const status = code.endsWith('-unknown')
    ? 404
    : inTheWay.includes(code)
      ? 409
      : code === 'sensing-unreachable'
        ? 503
        : 400
  response.status(status).json(error)
}
