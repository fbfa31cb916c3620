/** What a shopper's page asks: everything about one account, that of the phone which asks. */
import { createHash } from 'node:crypto'
import { type Request, type Response, Router } from 'express'
import type { Logger } from 'pino'
import { Type } from 'typebox'
import { jsonRoute } from '../console/json-route.ts'
import { pageHtml } from '../console/page-shell.ts'
import type { Clock } from '../contract/clock.ts'
import { AisleError } from '../contract/errors.ts'
import { EmailAddress, Identifier, oneOf, strictObject } from '../contract/schema.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { readInvitation } from '../security/invitation.ts'
import type { TillCommand } from '../till-api/commands.ts'
import { deviceIdPattern } from '../till-api/entry-token.ts'
import type { AccountOverview } from '../till-api/events.ts'
import type { AccountsClient } from '../till-api/till-client.ts'
import { AccountViews } from './account-view.ts'
import { cardPageUrl } from './card-page.ts'
import type { PhoneAccount, PhoneStore } from './pages/phone-view.ts'
import { customerKeyOf, forgetPhoneSession, issuePhoneSession, type PhoneSession } from './phone-session.ts'
import { termsOf } from './terms.ts'

export interface PhoneParts {
  store: LoadedStore
  till: AccountsClient
  keys: { invitations: string; sessions: string }
  publicOrigin?: string
  /** null: cards are registered elsewhere. */
  cardPage: string | null
  /** The store's time. */
  clock: Clock
  wallClock: Clock
  log: Pick<Logger, 'info' | 'error'>
}

/** Method and path of what needs no registered phone: a page without data, and how a phone becomes registered. */
export const publicPhoneRoutes = ['GET /', 'GET /join', 'GET /card', 'GET /api/store', 'POST /api/join']

const Nothing = strictObject({})
const Join = strictObject({
  invitation: Type.String({ maxLength: 500 }),
  deviceId: Type.String({ pattern: deviceIdPattern.source }),
  publicKey: Type.String({ maxLength: 200 }),
  /** Of the terms that the page showed. */
  version: Type.String({ maxLength: 100 }),
})
const Card = strictObject({ authKey: Type.String({ minLength: 1, maxLength: 300 }) })
const Email = strictObject({ address: Type.Union([EmailAddress(), Type.Null()]), language: oneOf(['en', 'ko']) })
const DisputeWish = strictObject({
  visitId: Identifier(),
  lineId: Identifier(),
  reason: Type.String({ maxLength: 500 }),
})
const Visit = strictObject({ visitId: Identifier() })
const RequestId = Identifier({ maxLength: 64, description: 'One for each press of a button, made by the page.' })
const Forget = strictObject({ requestId: RequestId })
const Once = strictObject({ requestId: RequestId, ...Email.properties })

/** A person waits for the answer; the till's client would go on trying. */
const answerWithinMs = 8000
/** The provider's word for a card takes longer. */
const cardWithinMs = 20_000

const shell = pageHtml({
  title: 'Open Aisle',
  script: '/web/phone/pages/phone-page.js',
  styles: ['/base-styles/pages.css', '/styles/phone.css'],
})

export function phoneRoutes(parts: PhoneParts): Router {
  const { store, till, keys, clock, wallClock, log, publicOrigin } = parts
  const terms = termsOf(store.profile)
  const views = new AccountViews(store.layout.products)
  const router = Router()

  const send = (command: TillCommand, withinMs = answerWithinMs) => till.send(command, AbortSignal.timeout(withinMs))
  const originOf = (request: Request) => publicOrigin ?? `http://${request.headers.host}`

  /** The account of the phone that asks. @throws AisleError `phone-unknown` when it is its phone no more */
  async function accountOf(response: Response): Promise<AccountOverview> {
    const { accountId, deviceId } = phoneOf(response)
    const account = await till.account(accountId, AbortSignal.timeout(answerWithinMs)).catch((error: unknown) => {
      if (error instanceof AisleError && error.code === 'account-unknown') return null
      throw error
    })
    if (account?.deviceId === deviceId) return account
    response.append('Set-Cookie', forgetPhoneSession)
    throw new AisleError('phone-unknown', 'This phone is not registered any more.', {
      action: 'Ask the store for a new invitation.',
    })
  }

  for (const path of ['/', '/join', '/card']) {
    router.get(path, (_request, response) => {
      response.type('html').send(shell)
    })
  }

  router.get(
    '/api/store',
    jsonRoute(Nothing, (): PhoneStore => {
      const { storeId, name, currency, timeZone, mail } = store.profile
      return { storeId, name, currency, timeZone, terms, sendsMail: mail !== undefined, nowMs: wallClock.nowMs() }
    }),
  )

  router.post(
    '/api/join',
    jsonRoute(Join, async ({ invitation, deviceId, publicKey, version }, _request, response) => {
      const invited = readInvitation(invitation, keys.invitations, wallClock.nowMs())
      if (!invited) throw invitationInvalid()
      if (version !== terms.version) {
        throw new AisleError('terms-changed', 'The terms have changed meanwhile.', { action: 'Reload the page.' })
      }
      const accountId = `phone-${invited.id}`
      await registerAccount(accountId, invited.id, version)
      // Another phone with the same invitation asks for something else under the same id, and is refused.
      const device = { accountId, deviceId, publicKey }
      await send({ type: 'register-device', commandId: `join-${invited.id}`, ...device }).catch((error: unknown) => {
        throw isCode(error, 'command-conflict') ? invitationInvalid() : error
      })
      log.info({ account: accountId }, 'phone registered')
      const session = { accountId, deviceId, issuedAtMs: wallClock.nowMs() }
      response.append('Set-Cookie', issuePhoneSession(session, keys.sessions, publicOrigin !== undefined))
      return { accountId }
    }),
  )

  /** A try whose answer was lost agreed at another moment; the first one counts. */
  async function registerAccount(accountId: string, invitationId: string, version: string): Promise<void> {
    await send({
      ...{ type: 'register-account', commandId: `account-${invitationId}`, accountId, role: 'shopper' },
      ...{ credential: null, party: 1, payment: null, consent: { version, atMs: clock.nowMs() } },
    }).catch((error: unknown) => {
      if (!isCode(error, 'command-conflict')) throw error
    })
  }

  router.get(
    '/api/account',
    jsonRoute(Nothing, async (_body, request, response): Promise<PhoneAccount> => {
      const account = await accountOf(response)
      const { accountId } = account
      const { cardPage } = parts
      const cardUrl = cardPage && cardPageUrl(cardPage, customerKeyOf(accountId, keys.sessions), originOf(request))
      return { ...views.view(account), cardUrl, nowMs: wallClock.nowMs() }
    }),
  )

  router.post(
    '/api/card',
    jsonRoute(Card, async ({ authKey }, _request, response) => {
      const { accountId } = await accountOf(response)
      const customerKey = customerKeyOf(accountId, keys.sessions)
      const commandId = `card-${hashOf(accountId, authKey)}`
      await send({ type: 'register-card', commandId, accountId, customerKey, authKey }, cardWithinMs)
      return {}
    }),
  )

  router.post(
    '/api/email',
    jsonRoute(Once, async ({ requestId, address, language }, _request, response) => {
      const { accountId } = await accountOf(response)
      await send({
        type: 'set-email',
        commandId: `email-${hashOf(accountId, requestId)}`,
        accountId,
        address,
        language,
      })
      return {}
    }),
  )

  router.post(
    '/api/dispute',
    jsonRoute(DisputeWish, async ({ visitId, lineId, reason }, _request, response) => {
      const { accountId } = await accountOf(response)
      const commandId = `dispute-${hashOf(visitId, lineId, reason)}`
      await send({ type: 'dispute-line', commandId, accountId, visitId, lineId, reason })
      return {}
    }),
  )

  router.post(
    '/api/pay-debt',
    jsonRoute(strictObject({ requestId: RequestId, ...Visit.properties }), async (wish, _request, response) => {
      const { accountId } = await accountOf(response)
      const commandId = `collect-${hashOf(accountId, wish.requestId)}`
      await send({ type: 'collect-debt', commandId, accountId, visitId: wish.visitId })
      return {}
    }),
  )

  router.get('/api/export', (_request, response, next) => {
    const answer = async () => {
      const { accountId } = await accountOf(response)
      const all = await till.exportAccount(accountId, AbortSignal.timeout(answerWithinMs))
      response
        .attachment(`${store.profile.storeId}.json`)
        .type('json')
        .send(JSON.stringify(all, undefined, 2))
    }
    answer().catch(next)
  })

  router.post(
    '/api/forget',
    jsonRoute(Forget, async ({ requestId }, _request, response) => {
      const { accountId } = await accountOf(response)
      await send({ type: 'forget-account', commandId: `forget-${hashOf(accountId, requestId)}`, accountId })
      log.info('a shopper was forgotten at their own wish')
      response.append('Set-Cookie', forgetPhoneSession)
      return {}
    }),
  )

  return router
}

/** Of a route that is not public the guard has read it. */
const phoneOf = (response: Response): PhoneSession => response.locals.session as PhoneSession

const invitationInvalid = () =>
  new AisleError('invitation-invalid', 'This invitation is not, or no longer, valid.', {
    action: 'Ask the store for a new one.',
  })

const isCode = (error: unknown, code: string) => error instanceof AisleError && error.code === code
const hashOf = (...names: string[]) => createHash('sha256').update(names.join('\n')).digest('base64url')
