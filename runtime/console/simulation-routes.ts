/** Playing with the simulated store. These routes do not exist in a live one. Everything here needs a session. */
import { Router } from 'express'
import { Type } from 'typebox'
import { AisleError } from '../contract/errors.ts'
import { Identifier, strictObject } from '../contract/schema.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { sessionOf } from '../security/http-guard.ts'
import { jsonRoute } from './json-route.ts'
import type { LiveStore } from './live-store.ts'
import type { SimulationChoices, VisitTruthView } from './pages/simulation-view.ts'
import { choicesOf, truthOf } from './simulation-view.ts'
import type { TwinClient } from './twin-client.ts'

export interface SimulationParts {
  store: LoadedStore
  live: LiveStore
  twin: TwinClient
  audit(event: string, facts: Record<string, string>): void
}

/** The simulated store knows which acts there are and says what is wrong with one; here only that they are acts. */
const Acts = Type.Array(Type.Object({ act: Type.String({ maxLength: 40 }) }), { minItems: 1, maxItems: 200 })
const Nothing = strictObject({})
const Run = strictObject({ running: Type.Boolean() })
const Speed = strictObject({ scale: Type.Number({ minimum: 0.1, maximum: 20 }) })
const Shopper = strictObject({
  behaviour: Type.Optional(Identifier({ maxLength: 40 })),
  plan: Type.Optional(Acts),
})
const thing = Type.String({ minLength: 1, maxLength: 128 })
const Fault = strictObject({
  device: thing,
  fault: Identifier({ maxLength: 40 }),
  seconds: Type.Number({ exclusiveMinimum: 0, maximum: 86_400 }),
  value: Type.Optional(Type.Number()),
})
const Mend = strictObject({ device: Type.Optional(thing) })

export function simulationRoutes({ store, live, twin, audit }: SimulationParts): Router {
  const router = Router()

  router.get(
    '/api/simulation',
    jsonRoute(Nothing, async (): Promise<SimulationChoices> => {
      const [behaviours, things] = await Promise.all([twin.behaviours(), twin.things()])
      return choicesOf(behaviours, things, store.layout)
    }),
  )

  router.get(
    '/api/simulation/visits/:visitId',
    jsonRoute(Nothing, async (_body, request): Promise<VisitTruthView> => {
      const visit = live.visit(request.params.visitId ?? '')
      const truth = visit && truthOf(visit, await twin.truth(), store.layout)
      if (truth) return truth
      throw new AisleError('visit-unknown', 'The simulation knows nothing of this visit.', { action: 'Try another.' })
    }),
  )

  router.post(
    '/api/simulation/run',
    jsonRoute(Run, async ({ running }, _request, response) => {
      await twin.setRunning(running)
      return done(response, running ? 'simulation started' : 'simulation paused')
    }),
  )

  router.post(
    '/api/simulation/speed',
    jsonRoute(Speed, async ({ scale }, _request, response) => {
      await twin.setSpeed(scale)
      return done(response, 'simulation speed changed', { scale: String(scale) })
    }),
  )

  router.post(
    '/api/simulation/shopper',
    jsonRoute(Shopper, async (wish, _request, response) => {
      await twin.addShopper(wish)
      return done(response, 'simulated shopper added', { behaviour: wish.behaviour ?? 'by a plan' })
    }),
  )

  router.post(
    '/api/simulation/break',
    jsonRoute(Fault, async (wish, _request, response) => {
      await twin.break(wish)
      return done(response, 'simulated device broken', { device: wish.device, fault: wish.fault })
    }),
  )

  router.post(
    '/api/simulation/mend',
    jsonRoute(Mend, async ({ device }, _request, response) => {
      await twin.mend(device)
      return done(response, 'simulated device mended', { device: device ?? 'all' })
    }),
  )

  /** The page shows at once what has changed, not only with the next look at the simulated store. */
  async function done(response: Parameters<typeof sessionOf>[0], event: string, facts: Record<string, string> = {}) {
    audit(event, { user: sessionOf(response).user, ...facts })
    await live.askTwin()
    return {}
  }

  return router
}
