/** A console with fake till, sensing and simulation, on a port of the system's choice and a data folder of its own. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startConsole } from '../../runtime/console/console.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import { issueSession } from '../../runtime/security/session.ts'
import { pageLayers, routesOf } from '../support/express-routes.ts'
import { FakeSensing, FakeTill, FakeTwin } from './fake-clients.ts'

export const cornerShop = fileURLToPath(new URL('../../hardware-profiles/corner-shop/', import.meta.url))

export async function startTestConsole(
  change: (store: LoadedStore) => void = () => {},
  { live = false }: { live?: boolean } = {},
) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'aisle-console-'))
  const [sessionKey, invitationKey] = [0, 0].map(() => randomBytes(32).toString('base64url')) as [string, string]
  const [till, sensing, twin] = [new FakeTill(), new FakeSensing(), new FakeTwin()]
  const notices: string[] = []
  const logged: unknown[] = []
  const store = await loadStore(cornerShop)
  change(store)
  const running = await startConsole({
    ...{ store, till, sensing, dataDirectory, sessionKey, invitationKey },
    twin: live ? null : twin,
    host: '127.0.0.1',
    ports: { console: 0, editor: 1880, phone: 8083 },
    log: { info: (...line: unknown[]) => logged.push(line), error: (...line: unknown[]) => logged.push(line) },
    notice: (text) => notices.push(text),
  })
  const url = `http://127.0.0.1:${running.port}`
  const cookie = issueSession({ user: 'Mina', role: 'owner' }, sessionKey, Date.now()).split(';')[0] ?? ''
  return {
    ...{
      url,
      routes: routesOf(running.app, pageLayers),
      port: running.port,
      till,
      sensing,
      twin,
      notices,
      logged,
      dataDirectory,
      cookie,
      store,
      invitationKey,
    },
    setupCode: () => new URL(notices.at(-1)?.match(/http\S+/)?.[0] ?? url).searchParams.get('code') ?? '',
    async stop() {
      await running.stop()
      rmSync(dataDirectory, { recursive: true })
    },
  }
}

export type TestConsole = Awaited<ReturnType<typeof startTestConsole>>

/** A request as the console's own pages make it. */
export function request(
  { url, cookie }: Pick<TestConsole, 'url' | 'cookie'>,
  path: string,
  options: { body?: unknown; anonymous?: boolean; headers?: Record<string, string>; method?: string } = {},
): Promise<Response> {
  const { body, anonymous, headers } = options
  return fetch(url + path, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      origin: url,
      ...(anonymous ? {} : { cookie }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}
