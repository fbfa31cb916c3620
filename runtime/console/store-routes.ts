/** What the store page shows and does. Everything here needs a session. */
import { createHash } from 'node:crypto'
import { Router } from 'express'
import { type Clock, sleep } from '../contract/clock.ts'
import { AisleError } from '../contract/errors.ts'
import { Identifier, oneOf, strictObject } from '../contract/schema.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { sessionOf } from '../security/http-guard.ts'
import { invitationLifeMs, newInvitation } from '../security/invitation.ts'
import type { SessionReader } from '../security/session-register.ts'
import type { TillCommand } from '../till-api/commands.ts'
import type { EvidenceClient, TillClient } from '../till-api/till-client.ts'
import { jsonRoute } from './json-route.ts'
import type { LiveStore } from './live-store.ts'
import { streamLive } from './live-stream.ts'
import { pageShell } from './page-shell.ts'
import type { InvitationView, StoreView } from './pages/live-view.ts'
import { evidenceOf, floorPlanOf } from './store-view.ts'

export interface StoreParts {
  store: LoadedStore
  live: LiveStore
  till: TillClient & EvidenceClient
  readSession: SessionReader
  wallClock: Clock
  editorPort: number
  simulated: boolean
  /** Where shoppers' phones are invited to, and what that is signed with. */
  phone: { url: string; invitationKey: string }
  audit(event: string, facts: Record<string, string>): void
}

const Nothing = strictObject({})
const Review = strictObject({ visitId: Identifier(), lineId: Identifier(), outcome: oneOf(['charge', 'let-go']) })
const ResetGate = strictObject({
  requestId: Identifier({ maxLength: 64, description: 'One for each press of the button, made by the page.' }),
  gate: Identifier(),
})
const OpenGate = strictObject({ ...ResetGate.properties, direction: oneOf(['in', 'out']) })

const DisputeChoice = strictObject({
  visitId: Identifier(),
  lineId: Identifier(),
  outcome: oneOf(['refund', 'reject']),
})
const DebtChoice = strictObject({
  requestId: Identifier({ maxLength: 64 }),
  visitId: Identifier(),
  how: oneOf(['collect', 'forgiven', 'paid-elsewhere']),
})

/** A person waits for the answer; the till's client would go on trying. */
const answerWithinMs = 4000
/** Somebody who asks why does not wait for a drawing. */
const plotsWithinMs = 1500

export function storeRoutes(parts: StoreParts): Router {
  const { store, live, till, wallClock } = parts
  const floorPlan = floorPlanOf(store)
  const router = Router()

  router.get('/', (_request, response) => {
    response.type('html').send(pageShell('store-page'))
  })

  router.get(
    '/api/store',
    jsonRoute(Nothing, (_body, request, response): StoreView => {
      const { storeId, name, currency, timeZone } = store.profile
      const editorUrl = `http://${request.hostname}:${parts.editorPort}/`
      const { simulated } = parts
      return { storeId, name, currency, timeZone, user: sessionOf(response).user, editorUrl, simulated, floorPlan }
    }),
  )

  router.get('/api/live', (request, response) => {
    streamLive(live, response, {
      clock: wallClock,
      isAllowed: () => parts.readSession(request.headers.cookie) !== null,
    })
  })

  router.get(
    '/api/visits/:visitId',
    jsonRoute(Nothing, async (_body, request) => {
      const visit = live.visit(request.params.visitId ?? '')
      // The reasons are here; what the till has kept besides comes with them when it answers.
      const journalled =
        visit && (await till.evidence(visit.visitId, AbortSignal.timeout(plotsWithinMs)).catch(() => []))
      if (visit && journalled) return evidenceOf(visit, journalled)
      throw new AisleError('visit-unknown', 'This visit is not among the latest.', { action: 'Reload the page.' })
    }),
  )

  router.post(
    '/api/review',
    jsonRoute(Review, async (choice, _request, response) => {
      const { user } = sessionOf(response)
      // One decision a line: a second, other one has the same id and is refused by the till.
      const commandId = `review-${hashOf(choice.visitId, choice.lineId)}`
      await sendInTime({ type: 'resolve-review', commandId, ...choice, decidedBy: user })
      parts.audit('line decided', { user, ...choice })
      return {}
    }),
  )

  router.post(
    '/api/dispute',
    jsonRoute(DisputeChoice, async (choice, _request, response) => {
      const { user } = sessionOf(response)
      const commandId = `dispute-decided-${hashOf(choice.visitId, choice.lineId)}`
      await sendInTime({ type: 'resolve-dispute', commandId, ...choice, decidedBy: user })
      parts.audit('dispute decided', { user, ...choice })
      return {}
    }),
  )

  router.post(
    '/api/debt',
    jsonRoute(DebtChoice, async ({ requestId, visitId, how }, _request, response) => {
      const { user } = sessionOf(response)
      // A card that was refused may be asked again later; what a person says of a debt is said once.
      if (how === 'collect') await sendInTime({ type: 'collect-debt', commandId: `collect-${requestId}`, visitId })
      else
        await sendInTime({ type: 'settle-debt', commandId: `debt-${hashOf(visitId)}`, visitId, how, decidedBy: user })
      parts.audit('debt decided', { user, visitId, how })
      return {}
    }),
  )

  router.post(
    '/api/invitation',
    jsonRoute(Nothing, (_body, _request, response): InvitationView => {
      const { text } = newInvitation(parts.phone.invitationKey, wallClock.nowMs())
      parts.audit('phone invited', { user: sessionOf(response).user })
      return { url: `${parts.phone.url}/join#${text}`, lifeMs: invitationLifeMs }
    }),
  )

  router.post(
    '/api/open-gate',
    jsonRoute(OpenGate, async ({ requestId, gate, direction }, _request, response) => {
      const { user } = sessionOf(response)
      const reason = `Opened on the store page by ${user}.`
      await sendInTime({ type: 'open-gate', commandId: `open-gate-${requestId}`, gate, direction, reason })
      parts.audit('gate opened', { user, gate, direction })
      return {}
    }),
  )

  router.post(
    '/api/reset-gate',
    jsonRoute(ResetGate, async ({ requestId, gate }, _request, response) => {
      const { user } = sessionOf(response)
      const reason = `Reset on the store page by ${user}.`
      await sendInTime({ type: 'reset-gate', commandId: `reset-gate-${requestId}`, gate, reason })
      parts.audit('gate reset', { user, gate })
      return {}
    }),
  )

  async function sendInTime(command: TillCommand): Promise<void> {
    const answered = new AbortController()
    const late = new AbortController()
    void sleep(wallClock, answerWithinMs, answered.signal).then(() => late.abort())
    try {
      await till.send(command, late.signal)
    } finally {
      answered.abort()
    }
  }

  return router
}

const hashOf = (...names: string[]) => createHash('sha256').update(names.join('\n')).digest('base64url')
