/** The till's routes as data: who may ask what. Anything else is refused. */
import type { ServerResponse } from 'node:http'
import { type Static, type TSchema, Type } from 'typebox'
import { compileGate, Identifier, parseJson, strictObject } from '../../contract/schema.ts'
import { TillCommand, type TillRole } from '../../till-api/commands.ts'
import { KioskConfirmation, KioskPresence } from '../../till-api/kiosks.ts'
import type { TillService } from '../till-service.ts'

export interface RouteRequest {
  role: TillRole
  params: Record<string, string>
  query: Record<string, unknown>
  /** The body as text; empty without one. */
  body: string
  response: ServerResponse
}

export interface TillRoute {
  method: 'get' | 'post'
  path: string
  roles: readonly TillRole[]
  /** Returns what to answer as JSON; `streamed` when it has answered by itself. */
  handle(till: TillService, request: RouteRequest): Promise<object | typeof streamed>
}

export const streamed = Symbol('streamed')

/** A basket of 300 lines with all their evidence is far below. */
export const maxBodyBytes = 4_000_000
const jsonLimits = { maxBytes: maxBodyBytes, maxDepth: 16 }

const readers: readonly TillRole[] = ['flows', 'console']

/** Query parameters arrive as text. */
const whole = { pattern: '^[0-9]{1,15}$' }
const timeMs = { pattern: '^[0-9]{1,15}(\\.[0-9]{1,9})?$' }
const gate = <S extends TSchema>(schema: S): ((value: unknown) => Static<S>) =>
  compileGate(schema, {
    code: 'request-invalid',
    what: 'This request',
    action: 'See runtime/till/api/routes.ts for what it takes.',
  })
const readCommand = compileGate(TillCommand, {
  code: 'command-invalid',
  what: 'This command',
  action: 'See runtime/till-api/commands.ts for what it takes.',
})
const eventsQuery = gate(strictObject({ after: Type.Optional(Type.String(whole)) }))
const historyQuery = gate(
  strictObject({ before: Type.Optional(Type.String(timeMs)), limit: Type.Optional(Type.String(whole)) }),
)
const readPresence = gate(KioskPresence)
const readConfirmation = gate(KioskConfirmation)
const done = {}
const idParams = gate(strictObject({ id: Identifier() }))

export const tillRoutes: readonly TillRoute[] = [
  {
    method: 'post',
    path: '/v1/commands',
    roles: ['flows', 'console', 'accounts'],
    handle: (till, { role, body }) => till.execute(readCommand(parseJson(body, '/v1/commands', jsonLimits)), role),
  },
  {
    method: 'get',
    path: '/v1/events',
    roles: readers,
    async handle(till, { query, response }) {
      await till.stream(response, Number(eventsQuery(query).after ?? 0))
      return streamed
    },
  },
  { method: 'get', path: '/v1/state', roles: readers, handle: (till) => till.state() },
  {
    method: 'get',
    path: '/v1/visits',
    roles: readers,
    async handle(till, { query }) {
      const { before, limit } = historyQuery(query)
      return till.history(before === undefined ? undefined : Number(before), Number(limit ?? 20))
    },
  },
  {
    method: 'get',
    path: '/v1/visits/:id',
    roles: readers,
    handle: (till, { params }) => till.visit(idParams(params).id),
  },
  {
    method: 'get',
    path: '/v1/visits/:id/evidence',
    roles: ['console'],
    handle: (till, { params }) => till.evidence(idParams(params).id),
  },
  {
    method: 'get',
    path: '/v1/visits/:id/past-purchases',
    roles: ['flows'],
    handle: (till, { params }) => till.pastPurchases(idParams(params).id),
  },
  {
    // Relayed by whoever faces the provider. A forged one makes the till ask once more, and believe nothing.
    method: 'post',
    path: '/v1/payment-hints',
    roles: ['accounts'],
    handle: (till, { body }) => till.hint(parseJson(body, '/v1/payment-hints', jsonLimits)),
  },
  {
    method: 'get',
    path: '/v1/accounts/:id',
    roles: ['accounts'],
    handle: (till, { params }) => till.exportAccount(idParams(params).id),
  },
  {
    method: 'get',
    path: '/v1/accounts/:id/overview',
    roles: ['accounts'],
    handle: (till, { params }) => till.account(idParams(params).id),
  },
  {
    method: 'post',
    path: '/v1/kiosks/:id/present',
    roles: ['flows'],
    async handle({ kiosks }, { params, body }) {
      kiosks.present(idParams(params).id, readPresence(parseJson(body, '/v1/kiosks', jsonLimits)))
      return done
    },
  },
  {
    method: 'get',
    path: '/v1/kiosks/:id',
    roles: ['kiosk'],
    handle: ({ kiosks }, { params }) => kiosks.state(idParams(params).id),
  },
  {
    method: 'post',
    path: '/v1/kiosks/:id/confirm',
    roles: ['kiosk'],
    async handle({ kiosks }, { params, body }) {
      await kiosks.confirm(idParams(params).id, readConfirmation(parseJson(body, '/v1/kiosks', jsonLimits)))
      return done
    },
  },
  {
    method: 'post',
    path: '/v1/kiosks/:id/cancel',
    roles: ['kiosk'],
    async handle({ kiosks }, { params }) {
      kiosks.cancel(idParams(params).id)
      return done
    },
  },
  {
    method: 'post',
    path: '/v1/kiosks/:id/call',
    roles: ['kiosk'],
    async handle({ kiosks }, { params }) {
      await kiosks.call(idParams(params).id)
      return done
    },
  },
  { method: 'get', path: '/v1/stock', roles: readers, handle: (till) => till.stock() },
  { method: 'get', path: '/v1/journal/verify', roles: ['console'], handle: (till) => till.verifyJournal() },
  { method: 'get', path: '/v1/health', roles: ['flows', 'console', 'accounts'], handle: (till) => till.health() },
]
