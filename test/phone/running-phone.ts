/** The phones' program over a till as it runs in a shop, and one phone after the other that comes with an invitation. */
import { startPhone } from '../../runtime/phone/phone.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { newInvitation } from '../../runtime/security/invitation.ts'
import { createTillClient } from '../../runtime/till-api/till-http-client.ts'
import { pageLayers, routesOf } from '../support/express-routes.ts'
import { request } from '../support/page-request.ts'
import {
  clock,
  openTestStore,
  startTestTill,
  type TestStore,
  type TestTill,
  tokens,
} from '../till/support/test-till.ts'
import { newPhone, type TestPhone } from '../till/tokens/phone-key.ts'

const keys = { invitations: 'invitations-key-of-the-tests-32-bytes', sessions: 'sessions-key-of-the-tests-of-32-bytes' }

export interface RunningTestPhone {
  url: string
  routes: string[]
  store: TestStore
  till: TestTill
  logged: unknown[]
  invite(atMs?: number): string
  stop(): Promise<void>
}

/** @param prepare changes the copied profile before anything starts */
export async function startTestPhone(
  prepare: (store: TestStore) => Promise<void> = async () => {},
): Promise<RunningTestPhone> {
  const store = await openTestStore()
  await prepare(store)
  const till = await startTestTill(store)
  const logged: unknown[] = []
  const log = (...line: unknown[]) => void logged.push(line)
  const running = await startPhone({
    store: await loadStore(store.profileDirectory),
    till: createTillClient({ url: till.url, token: tokens.accounts, clock }),
    ...{ keys, host: '127.0.0.1', port: 0, live: false, clock, log: { info: log, error: log } },
  })
  return {
    url: `http://127.0.0.1:${running.port}`,
    routes: routesOf(running.app, pageLayers),
    ...{ store, till, logged },
    invite: (atMs = Date.now()) => newInvitation(keys.invitations, atMs).text,
    async stop() {
      await running.stop()
      await till.stop()
      await store.stop()
    },
  }
}

export interface JoinedPhone extends TestPhone {
  accountId: string
  cookie: string
  ask(path: string, body?: unknown): Promise<Response>
}

export async function join(running: RunningTestPhone, invitation = running.invite()): Promise<JoinedPhone> {
  const phone = await newPhone()
  const { deviceId, publicKey } = phone
  const { terms } = (await (await request(running.url, '/api/store')).json()) as { terms: { version: string } }
  const body = { invitation, deviceId, publicKey, version: terms.version }
  const answer = await request(running.url, '/api/join', { body })
  if (!answer.ok) throw new Error(`join: ${answer.status} ${await answer.text()}`)
  const { accountId } = (await answer.json()) as { accountId: string }
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  return {
    ...{ ...phone, accountId, cookie },
    ask: (path, asked) => request(running.url, path, { cookie, ...(asked === undefined ? {} : { body: asked }) }),
  }
}
