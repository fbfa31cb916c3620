/** What a person, the store page or a test may ask of the twin: the truth, and to play with it. */
import { type Static, Type } from 'typebox'
import { AisleError } from '../../contract/errors.ts'
import { compileGate, Identifier, oneOf, strictObject } from '../../contract/schema.ts'
import type { Faults } from '../devices/faults.ts'
import type { ProviderLedger } from '../provider/provider-ledger.ts'
import { type Act, type Behaviour, behaviours } from '../shoppers/behaviour.ts'
import { itemsOf } from '../world/truth.ts'
import type { World } from '../world/world.ts'

export interface ControlAnswer {
  status: number
  body: unknown
}

/** All of them need the control's token. */
export const twinRoutes = [
  'GET /twin/truth',
  'GET /twin/state',
  'GET /twin/ledger',
  'POST /twin/pause',
  'POST /twin/resume',
  'POST /twin/shopper',
  'POST /twin/fault',
] as const

/** A shopper who was asked for. */
export interface Wanted {
  behaviour?: Behaviour
  plan?: Act[]
}

export interface ControlOptions {
  world: World
  faults: Faults
  ledger: ProviderLedger
  /** Lets a shopper come as soon as the gate is free. */
  invite(wanted: Wanted): void
  /** Whether no more shoppers will come by themselves and none is under way. */
  finished(): boolean
}

const plate = Identifier()
const item = Type.String({ minLength: 1, maxLength: 40 })
const durationMs = Type.Number({ minimum: 0, maximum: 600_000 })
const ActSchema = Type.Union([
  strictObject({ act: Type.Literal('take'), plate, item, substitute: Type.Optional(Type.Boolean()) }),
  strictObject({ act: Type.Literal('look'), durationMs }),
  strictObject({ act: Type.Literal('stow') }),
  strictObject({ act: Type.Literal('put-back'), item, plate: Type.Optional(plate) }),
  strictObject({
    act: Type.Literal('fill'),
    plate,
    sku: Type.String({ maxLength: 64 }),
    count: Type.Integer({ minimum: 1, maximum: 50 }),
  }),
  strictObject({ act: Type.Literal('wait'), durationMs }),
])
const ShopperRequest = strictObject({
  behaviour: Type.Optional(oneOf(Object.keys(behaviours))),
  plan: Type.Optional(Type.Array(ActSchema, { maxItems: 200 })),
})
const FaultRequest = strictObject({
  device: Type.String({ minLength: 1, maxLength: 128, description: 'A device, plate or gate of the profile.' }),
  fault: Type.String({ minLength: 1, maxLength: 40 }),
  seconds: Type.Number({ minimum: 0, maximum: 86_400 }),
})

const gate = <S extends Parameters<typeof compileGate>[0]>(schema: S) =>
  compileGate(schema, {
    code: 'twin-request-invalid',
    what: 'This request',
    action: 'See runtime/twin/control/control.ts for what the twin understands.',
  })
const readShopper: (body: unknown) => Static<typeof ShopperRequest> = gate(ShopperRequest)
const readFault: (body: unknown) => Static<typeof FaultRequest> = gate(FaultRequest)

export function createControl(options: ControlOptions): (method: string, path: string, body: unknown) => ControlAnswer {
  const { world, faults, ledger } = options
  const done: ControlAnswer = { status: 200, body: { done: true } }

  const routes: Record<(typeof twinRoutes)[number], (body: unknown) => ControlAnswer> = {
    'GET /twin/truth': () => ({ status: 200, body: { visits: truth(world) } }),
    'GET /twin/state': () => ({ status: 200, body: state(world, options.finished()) }),
    'GET /twin/ledger': () => ({ status: 200, body: { charges: ledger.charges } }),
    'POST /twin/pause': () => {
      world.paused = true
      return done
    },
    'POST /twin/resume': () => {
      world.paused = false
      return done
    },
    'POST /twin/shopper': (body) => {
      const { behaviour, plan } = readShopper(body ?? {})
      for (const act of plan ?? []) if ('plate' in act && act.plate) requirePlate(world, act.plate)
      const chosen = behaviour === undefined ? undefined : behaviours[behaviour]
      options.invite({ ...(chosen ? { behaviour: chosen } : {}), ...(plan ? { plan: plan as Act[] } : {}) })
      return done
    },
    'POST /twin/fault': (body) => {
      const { device, fault, seconds } = readFault(body)
      faults.set(device, fault, seconds)
      return done
    },
  }

  return (method, path, body) =>
    (routes as Partial<Record<string, (body: unknown) => ControlAnswer>>)[`${method} ${path}`]?.(body) ?? {
      status: 404,
      body: { code: 'not-found', message: `No ${method} ${path}.` },
    }
}

function requirePlate(world: World, plateId: string): void {
  if (world.layout.plates.some(({ id }) => id === plateId)) return
  throw new AisleError('twin-request-invalid', `There is no plate "${plateId}".`, {
    action: 'Name one of the profile.',
  })
}

/** Every visit without the code that opened the gate for it. */
function truth(world: World) {
  return world.truth.visits.map((visit) => ({
    visit: visit.visit,
    accountId: visit.accountId,
    role: visit.role,
    gate: visit.gate,
    trackIds: visit.trackIds,
    enteredAtMs: visit.enteredAtMs,
    leftAtMs: visit.leftAtMs,
    turnedAway: visit.turnedAway,
    items: itemsOf(visit),
    events: visit.events,
  }))
}

function state(world: World, finished: boolean) {
  const { visits } = world.truth
  return {
    nowMs: world.nowMs,
    paused: world.paused,
    finished,
    inside: world.shoppers.filter(({ stage }) => stage === 'inside').length,
    shoppers: world.shoppers.map(({ visit, stage, body, bag, inHand }) => ({
      visit: visit.visit,
      accountId: visit.accountId,
      stage,
      positionM: body.positionM,
      pieces: bag.length + (inHand ? 1 : 0),
    })),
    visits: {
      begun: visits.filter(({ enteredAtMs }) => enteredAtMs !== null).length,
      ended: visits.filter(({ leftAtMs }) => leftAtMs !== null).length,
      turnedAway: visits.filter(({ turnedAway }) => turnedAway).length,
    },
  }
}
