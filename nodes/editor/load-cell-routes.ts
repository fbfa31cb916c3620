/** What the load cells' dialog asks of the program; each route needs a login, and a permission beside it. */
import type { Request, RequestHandler, Response } from 'express'
import { type Static, type TSchema, Type } from 'typebox'
import { AisleError } from '../../runtime/contract/errors.ts'
import { compileGate, strictObject } from '../../runtime/contract/schema.ts'
import { Profile } from '../../runtime/profile/profile-schema.ts'
import { LoadCellOrder } from '../../runtime/sensing-api/load-cell-client.ts'
import type { LoadCellDesk } from '../host/load-cell-desk.ts'

export interface RouteMaker {
  httpAdmin: Record<'get' | 'post', (path: string, ...handlers: RequestHandler[]) => void>
  auth: { needsPermission(permission: string): RequestHandler }
}

const Revision = Type.String({ pattern: '^[0-9a-f]{64}$' })
const WeightChange = strictObject({
  revision: Revision,
  weightG: Type.Number({ exclusiveMinimum: 0, maximum: 100_000 }),
  weightSdG: Type.Union([Type.Number({ minimum: 0, maximum: 10_000 }), Type.Null()]),
})
/** What the plate is, the check of the whole profile says better. */
const PlateChange = strictObject({ revision: Revision, plate: Profile.properties.plates.items })
const Nothing = strictObject({})

export function addLoadCellRoutes({ httpAdmin, auth }: RouteMaker, desk: LoadCellDesk): void {
  const reads = auth.needsPermission('store.read')
  const writes = auth.needsPermission('store.write')
  const get = (path: string, answer: (id: string) => Promise<object | null>) =>
    httpAdmin.get(
      `/open-aisle/${path}`,
      reads,
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
      writes,
      answering((request) => act({ user: userOf(request), id: request.params.id ?? '', body: gate(request.body) })),
    )
  }

  get('load-cells', () => desk.facts())
  get('plates', () => desk.plates())
  get('plates/:id', (id) => desk.plate(id))
  get('plates/:id/registers', (id) => desk.registers(id))
  post('plates/:id/commands', LoadCellOrder, ({ user, id, body }) => desk.order(user, id, body))
  post('plates/:id', PlateChange, ({ user, id, body }) => desk.putPlate(user, id, body))
  post('plates', PlateChange, ({ user, body }) => desk.putPlate(user, undefined, body))
  post('products/:id/weight', WeightChange, ({ user, id, body }) => desk.correctWeight(user, id, body))
  post('restart', Nothing, async ({ user }) => desk.restart(user))
}

interface Asked<B> {
  user: string
  id: string
  body: B
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
