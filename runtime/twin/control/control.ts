/** What a person, the store page or a test may ask of the twin: the truth, and to play with it. */
import { AisleError } from '../../contract/errors.ts'
import { faultsOfKind, kindTitles } from '../devices/fault-catalogue.ts'
import type { Faults } from '../devices/faults.ts'
import type { ProviderLedger } from '../provider/provider-ledger.ts'
import type { Webhooks } from '../provider/webhooks.ts'
import { behaviours } from '../shoppers/behaviour.ts'
import { itemsOf } from '../world/truth.ts'
import type { Coming, World } from '../world/world.ts'
import {
  checkNames,
  FaultRequest,
  MendRequest,
  requestGate,
  ShopperRequest,
  SpeedRequest,
  WebhookRequest,
} from './requests.ts'

export interface ControlAnswer {
  status: number
  body: unknown
}

/** All of them need the control's token. */
export const twinRoutes = [
  'GET /twin/truth',
  'GET /twin/state',
  'GET /twin/ledger',
  'GET /twin/things',
  'GET /twin/behaviours',
  'POST /twin/pause',
  'POST /twin/resume',
  'POST /twin/shopper',
  'POST /twin/fault',
  'POST /twin/mend',
  'POST /twin/speed',
  'POST /twin/webhook',
] as const

/** A shopper who was asked for. */
export type Wanted = Coming

export interface ControlOptions {
  world: World
  faults: Faults
  ledger: ProviderLedger
  /** Lets a shopper come as soon as the gate is free. */
  invite(wanted: Wanted): void
  /** Whether no more shoppers will come by themselves and none is under way. */
  finished(): boolean
  webhooks: Pick<Webhooks, 'subscribe'>
  /** `initial` as the store was started; `request` is absent where nothing else would change with the twin. */
  speed: { initial: number; request: ((scale: number) => void) | undefined }
}

const readShopper = requestGate(ShopperRequest)
const readFault = requestGate(FaultRequest)
const readMend = requestGate(MendRequest)
const readSpeed = requestGate(SpeedRequest)
const readWebhook = requestGate(WebhookRequest)

export function createControl(options: ControlOptions): (method: string, path: string, body: unknown) => ControlAnswer {
  const { world, faults, ledger, webhooks, speed } = options
  let scale = speed.initial
  const done: ControlAnswer = { status: 200, body: { done: true } }

  const routes: Record<(typeof twinRoutes)[number], (body: unknown) => ControlAnswer> = {
    'GET /twin/truth': () => ({ status: 200, body: { visits: truth(world) } }),
    'GET /twin/state': () => ({ status: 200, body: { ...state(world, options.finished()), speed: scale } }),
    'GET /twin/ledger': () => ({ status: 200, body: { charges: ledger.charges } }),
    'POST /twin/pause': () => {
      world.paused = true
      return done
    },
    'POST /twin/resume': () => {
      world.paused = false
      return done
    },
    'GET /twin/things': () => ({ status: 200, body: { kinds, things: faults.all } }),
    'GET /twin/behaviours': () => ({
      status: 200,
      body: { behaviours: Object.keys(behaviours), requestSchema: ShopperRequest },
    }),
    'POST /twin/shopper': (body) => {
      const { behaviour, ...coming } = readShopper(body ?? {})
      for (const { plan = [] } of [coming, ...(coming.companions ?? [])]) checkNames(world.layout, plan)
      const chosen = behaviour === undefined ? undefined : behaviours[behaviour]
      options.invite({ ...coming, ...(chosen ? { behaviour: chosen } : {}) })
      return done
    },
    'POST /twin/fault': (body) => {
      const { device, fault, seconds, value } = readFault(body)
      faults.set(device, fault, seconds, value)
      return done
    },
    'POST /twin/mend': (body) => {
      faults.mend(readMend(body ?? {}).device)
      return done
    },
    'POST /twin/speed': (body) => {
      const wanted = readSpeed(body)
      if (!speed.request) throw speedIsFixed(scale)
      speed.request(wanted.scale)
      scale = wanted.scale
      return done
    },
    'POST /twin/webhook': (body) => {
      webhooks.subscribe(readWebhook(body).url)
      return done
    },
  }

  return (method, path, body) =>
    (routes as Partial<Record<string, (body: unknown) => ControlAnswer>>)[`${method} ${path}`]?.(body) ?? {
      status: 404,
      body: { code: 'not-found', message: `No ${method} ${path}.` },
    }
}

/** What can break in each kind of thing, for whoever shows a choice. */
const kinds = Object.entries(faultsOfKind).map(([kind, faults]) => ({
  kind,
  title: kindTitles[kind as keyof typeof kindTitles],
  faults: Object.entries(faults).map(([fault, description]) => ({ fault, ...description })),
}))

function speedIsFixed(scale: number): AisleError {
  return new AisleError('twin-speed-fixed', `This twin runs at ${scale} times real time and cannot change it.`, {
    action: 'Start the whole store, or start it anew with another speed.',
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
