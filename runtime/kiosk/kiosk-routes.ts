/** What a kiosk's page asks: everything about the one kiosk that its screen was paired as. */
import { type Response, Router } from 'express'
import type { Logger } from 'pino'
import { Type } from 'typebox'
import { jsonRoute } from '../console/json-route.ts'
import { pageHtml } from '../console/page-shell.ts'
import { VisitViews } from '../console/store-view.ts'
import { AisleError } from '../contract/errors.ts'
import { strictObject } from '../contract/schema.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { KioskConfirmation, type KioskVisit } from '../till-api/kiosks.ts'
import type { KioskClient } from '../till-api/till-client.ts'
import { issueKioskSession, type KioskSession, readPairing } from './kiosk-session.ts'
import type { KioskStore, KioskView, KioskVisitView } from './pages/kiosk-view.ts'

export interface KioskParts {
  store: LoadedStore
  till: KioskClient
  /** Signs pairings and sessions. */
  key: string
  log: Pick<Logger, 'info' | 'error'>
}

/** Method and path of what needs no pairing: a page without data, and how a screen becomes paired. */
export const publicKioskRoutes = ['GET /', 'GET /pair', 'GET /api/store', 'POST /api/pair']

const Nothing = strictObject({})
const Pair = strictObject({ pairing: Type.String({ maxLength: 500 }) })

/** A person waits for the answer; the till's client would go on trying. */
const answerWithinMs = 4000

const shell = pageHtml({
  title: 'Open Aisle',
  script: '/web/kiosk/pages/kiosk-page.js',
  styles: ['/base-styles/pages.css', '/styles/kiosk.css'],
})

export function kioskRoutes({ store, till, key, log }: KioskParts): Router {
  const { profile, layout } = store
  const views = new VisitViews(layout.products)
  const router = Router()
  const soon = () => AbortSignal.timeout(answerWithinMs)

  /** @throws AisleError `kiosk-unpaired` also when the profile has this kiosk no more */
  function kioskOf(response: Response): string {
    const { kiosk } = response.locals.session as KioskSession
    if (profile.kiosks?.some(({ id }) => id === kiosk)) return kiosk
    throw unpaired()
  }

  function visitView({ visitId, basket, prepaid, needsStaff, receipt }: KioskVisit): KioskVisitView {
    return {
      ...{ visitId, needsStaff, paid: prepaid?.state ?? null, receipt: views.receipt(receipt) },
      revision: basket?.revision ?? 0,
      lines: (basket?.lines ?? []).map(({ soldBy = 'each', lineId, name, quantity, amountMinor }) => {
        return { lineId, name, quantity, soldBy, amountMinor }
      }),
      discounts: (basket?.discounts ?? []).map(({ name, amountMinor }) => ({ name, amountMinor })),
      totalMinor: basket?.totalMinor ?? 0,
      since: takenSince(basket?.lines ?? [], prepaid?.state === 'paid' ? prepaid.lines : null),
    }
  }

  for (const path of ['/', '/pair']) {
    router.get(path, (_request, response) => {
      response.type('html').send(shell)
    })
  }

  router.get(
    '/api/store',
    jsonRoute(Nothing, (): KioskStore => {
      const { storeId, name, currency, timeZone } = profile
      return { storeId, name, currency, timeZone }
    }),
  )

  router.post(
    '/api/pair',
    jsonRoute(Pair, ({ pairing }, _request, response) => {
      const session = readPairing(pairing, key, Date.now())
      if (!session) throw unpaired()
      response.append('Set-Cookie', issueKioskSession(session, key))
      log.info(session, 'screen paired')
      return session
    }),
  )

  router.get(
    '/api/kiosk',
    jsonRoute(Nothing, async (_body, _request, response): Promise<KioskView> => {
      const { watched, strangers, visits, lost, confirmed, trouble } = await till.kiosk(kioskOf(response), soon())
      const shown = { visits: visits.map(visitView), lost: lost.map(visitView) }
      return { watched, strangers, ...shown, confirmed, trouble }
    }),
  )

  router.post(
    '/api/confirm',
    jsonRoute(KioskConfirmation, async (wish, _request, response) => {
      await till.press(kioskOf(response), 'confirm', wish, soon())
      return {}
    }),
  )

  for (const button of ['cancel', 'call'] as const) {
    router.post(
      `/api/${button}`,
      jsonRoute(Nothing, async (_body, _request, response) => {
        await till.press(kioskOf(response), button, {}, soon())
        return {}
      }),
    )
  }
  return router
}

/** Of how many lines there is more in the basket than was paid. */
function takenSince(lines: { lineId: string; quantity: number }[], paid: typeof lines | null): number {
  if (!paid) return 0
  const paidOf = (lineId: string) => paid.find((line) => line.lineId === lineId)?.quantity ?? 0
  return lines.filter(({ lineId, quantity }) => quantity > paidOf(lineId)).length
}

const unpaired = () =>
  new AisleError('kiosk-unpaired', 'This screen is no kiosk, or no more.', {
    action: 'Pair it with a link of "npx aisle pair-kiosk".',
  })
