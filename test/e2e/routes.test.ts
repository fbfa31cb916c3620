import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import mqtt from 'mqtt'
import { pino } from 'pino'
import { userHeader } from '../../nodes/host/editor-login.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { kioskCookie } from '../../runtime/kiosk/kiosk-session.ts'
import { phoneCookie } from '../../runtime/phone/phone-session.ts'
import { programNames } from '../../runtime/program/run-settings.ts'
import { sessionCookie } from '../../runtime/security/session.ts'
import { Backlog } from '../../runtime/sensing/backlog.ts'
import { createSensingApi } from '../../runtime/sensing/http-api.ts'
import { tillRoutes } from '../../runtime/till/api/routes.ts'
import { twinRoutes } from '../../runtime/twin/control/control.ts'
import { startTestConsole } from '../console/running-console.ts'
import { startFlows } from '../host/flows-program.ts'
import { openTheEntrance, startTestKiosk } from '../kiosk/running-kiosk.ts'
import { startTestPhone } from '../phone/running-phone.ts'
import { pageLayers, pathOf, routesOf } from '../support/express-routes.ts'
import { freePorts } from '../support/free-ports.ts'
import { listeningOf } from '../support/listening.ts'
import { type RunningStore, startStore } from '../support/running-store.ts'

/** What answers without a login, and why. All else has to be closed: a new route is closed or gets its line here. */
const publicRoutes: Record<string, string> = {
  'console GET /login': 'where one logs in',
  'console GET /setup': 'where the owner chooses a password',
  'console GET /api/owner': 'tells these two pages whether there is an owner yet',
  'console GET /preact/preact.mjs': 'code of these pages, without any data',
  'console GET /preact/hooks.mjs': 'the same',
  'console GET /preact/jsxRuntime.mjs': 'the same',
  'console GET /pages/login-page.js': 'the same',
  'console GET /styles/pages.css': 'how they look',
  'console POST /api/login': 'asks for name and password',
  'console POST /api/setup': 'asks for the one-time code',
  'phone GET /': "the shoppers' page, without any data",
  'phone GET /join': 'the same, where an invitation leads',
  'phone GET /card': 'the same, where the payment provider sends shoppers back to',
  'phone GET /api/store': "the store's name and terms, for whoever is asked to agree to them",
  'phone POST /api/join': 'asks for an invitation',
  'phone GET /preact/preact.mjs': 'code of the page, without any data',
  'phone GET /preact/hooks.mjs': 'the same',
  'phone GET /preact/jsxRuntime.mjs': 'the same',
  'phone GET /web/phone/pages/phone-page.js': 'the same',
  'phone GET /styles/phone.css': 'how it looks',
  'kiosk GET /': "the kiosks' page, without any data",
  'kiosk GET /pair': 'the same, where the link leads that pairs a screen',
  'kiosk GET /api/store': "the store's name and currency, for a screen that is not paired yet",
  'kiosk POST /api/pair': 'asks for what pairs a screen',
  'kiosk GET /preact/preact.mjs': 'code of the page, without any data',
  'kiosk GET /preact/hooks.mjs': 'the same',
  'kiosk GET /preact/jsxRuntime.mjs': 'the same',
  'kiosk GET /web/kiosk/pages/kiosk-page.js': 'the same',
  'kiosk GET /styles/kiosk.css': 'how it looks',
  'twin GET /card-page': "stands in for the payment provider's page on which shoppers register a card",
}

/** Files, and what is no route at all. */
const besideRoutes = {
  console: ['GET /pages/login-page.js', 'GET /styles/pages.css', 'GET /pages/../main.ts', 'GET /nowhere', 'DELETE /'],
  editor: ['GET /web/nodes/editor/browser/main.js', 'GET /red/red.min.js', 'GET /endpoints/anything', 'GET /nowhere'],
  till: ['GET /', 'GET /nowhere', 'DELETE /v1/commands'],
  sensing: ['GET /', 'GET /nowhere', 'PUT /v1/taken'],
  phone: [
    'GET /web/phone/pages/phone-page.js',
    'GET /styles/phone.css',
    'GET /web/till/main.js',
    'GET /styles/../main.ts',
    'GET /nowhere',
    'DELETE /',
  ],
  kiosk: [
    'GET /web/kiosk/pages/kiosk-page.js',
    'GET /styles/kiosk.css',
    'GET /web/phone/pages/phone-page.js',
    'GET /styles/../main.ts',
    'GET /nowhere',
    'DELETE /',
  ],
  twin: ['GET /twin', 'GET /card-page', 'GET /', 'POST /v1/billing/some-card', 'GET /v1/payments/some-key'],
}
type Program = keyof typeof besideRoutes
const programs = Object.keys(besideRoutes) as Program[]

/** Credentials that nobody has given out. */
const wrong: Record<string, string>[] = [
  {},
  { authorization: 'Bearer wrong' },
  { authorization: 'Bearer ' },
  { authorization: `Basic ${Buffer.from('owner:owner').toString('base64')}` },
  { cookie: `${sessionCookie}=wrong.wrong` },
  { cookie: `${phoneCookie}=wrong.wrong` },
  { cookie: `${kioskCookie}=wrong.wrong` },
  { [userHeader]: 'owner' },
]

describe('every door of a running store', function () {
  this.timeout(180_000)
  let running: RunningStore
  let routes: Record<Program, string[]>
  let urls: Record<Program, string>

  before(async () => {
    routes = await listRoutes()
    const [terminalPort = 0] = await freePorts(1)
    running = await startStore({ visits: 0, prepare: (folder) => openTheEntrance(folder, terminalPort) })
    const { ports } = running.settings
    const at = (port = 0) => `http://127.0.0.1:${port}`
    urls = {
      console: at(ports.console),
      editor: at(ports.editor),
      till: at(ports.till),
      sensing: at(ports.sensing),
      phone: at(ports.phone),
      kiosk: at(ports.kiosk),
      twin: running.store.profile.payment.url,
    }
  })
  after(() => running?.stop())

  const ask = (program: Program, route: string, headers: Record<string, string>) => {
    const [method = ''] = route.split(' ')
    const url = new URL(urls[program]).origin
    return fetch(url + pathOf(route), { method, redirect: 'manual', headers: { origin: url, ...headers } })
  }

  for (const program of programs) {
    it(`is closed at the ${program} without the right credentials`, async () => {
      for (const route of routes[program].filter((candidate) => !(`${program} ${candidate}` in publicRoutes))) {
        for (const headers of wrong) {
          const { status } = await ask(program, route, headers)
          assert.ok(status === 401 || status === 403, `${route} with ${JSON.stringify(headers)} answered ${status}`)
        }
      }
    })
  }

  it('is public only where this test says so', async () => {
    for (const name of Object.keys(publicRoutes)) {
      const [program, method, path] = name.split(' ') as [Program, string, string]
      assert.ok(routes[program].includes(`${method} ${path}`), `${name} is listed, but there is no such route`)
      const answer = await ask(program, `${method} ${path}`, {})
      assert.equal(answer.headers.get('set-cookie'), null, name)
      if (method === 'GET') assert.equal(answer.status, 200, name)
      else assert.ok(answer.status >= 400 && answer.status < 500, `${name} answered ${answer.status}`)
    }
  })

  it('sends a browser that wants a page to the login', async () => {
    for (const program of ['console', 'editor'] as const) {
      const answer = await ask(program, 'GET /', { accept: 'text/html' })
      assert.equal(answer.status, 302)
      const location = new URL(answer.headers.get('location') ?? '', urls[program])
      assert.equal(location.href, `${urls.console}/login`)
    }
  })

  it('opens no websocket', async () => {
    for (const program of programs) {
      for (const path of ['/comms', '/', '/endpoints/anything']) {
        for (const headers of wrong) {
          const status = await upgradeStatus(new URL(path, urls[program]), headers)
          assert.notEqual(status, 101, `${program} ${path} with ${JSON.stringify(headers)}`)
        }
      }
    }
  })

  it('lets nobody into the broker without a password of its own', async () => {
    const url = `mqtt://127.0.0.1:${running.settings.ports.broker}`
    const logins: { username?: string; password?: string }[] = [
      {},
      { username: 'sensing' },
      { username: 'sensing', password: '' },
      { username: 'vision-box', password: 'wrong' },
      { username: 'somebody', password: 'somebody' },
    ]
    for (const login of logins) {
      const clientId = login.username ?? 'anybody'
      const connected = mqtt.connectAsync(url, { ...login, clientId, reconnectPeriod: 0, connectTimeout: 5000 })
      await assert.rejects(connected, /Not authorized|Bad username or password/i, clientId)
    }
  })

  it('is on 127.0.0.1 alone', function () {
    if (process.platform !== 'linux') {
      console.log('      skipped: only on Linux can a test see which process listens where')
      return this.skip()
    }
    // This store has an appliance for its cameras.
    const planned = programNames.filter((name) => name !== 'vision')
    const pids = planned.flatMap((name) => running.supervisor.pid(name) ?? [])
    assert.equal(pids.length, planned.length)
    const listening = listeningOf(pids)
    const ports = new Set(listening.map(({ port }) => port))
    for (const [name, port] of Object.entries(running.settings.ports)) assert.ok(ports.has(port), `the ${name}'s port`)
    const elsewhere = listening.filter(({ address }) => address !== '127.0.0.1')
    assert.deepEqual(elsewhere, [])
  })
})

const unasked = () => Promise.reject(new Error('nobody gets here without the token'))

/** What each program's own code has for routes; the editor's in a flows program of its own, which tells. */
async function listRoutes(): Promise<Record<Program, string[]>> {
  const started = [startTestConsole(), startFlows(), startTestPhone(), startTestKiosk()] as const
  const [console, flows, phone, kiosk] = await Promise.all(started)
  const editor = await flows.routes()
  await Promise.all([console.stop(), flows.stop(), phone.stop(), kiosk.stop()])
  const sensing = createSensingApi({
    ...{
      token: 'token',
      log: pino({ level: 'silent' }),
      backlog: new Backlog({ clock: new SystemClock(), sequence: 0 }),
    },
    ...{ plates: () => [], onSamples: () => () => {}, picture: () => undefined },
    loadCells: { plate: unasked, registers: unasked, execute: unasked },
  })
  assert.ok(editor.length > 60, `only ${editor.length} routes of the editor were found`)
  return {
    console: [...console.routes, ...besideRoutes.console],
    editor: [...editor, ...besideRoutes.editor],
    till: [...tillRoutes.map(({ method, path }) => `${method.toUpperCase()} ${path}`), ...besideRoutes.till],
    sensing: [...routesOf(sensing, ['query', 'expressInit', '<anonymous>']), ...besideRoutes.sensing],
    phone: [...phone.routes, ...besideRoutes.phone],
    kiosk: [...routesOf(kiosk.kiosks.app, pageLayers), ...besideRoutes.kiosk],
    twin: [...twinRoutes, ...besideRoutes.twin],
  }
}

/** Undefined when the connection was ended without an answer. */
async function upgradeStatus(url: URL, headers: Record<string, string>): Promise<number | undefined> {
  const asked = request(url, {
    headers: {
      ...{ connection: 'Upgrade', upgrade: 'websocket', origin: url.origin, ...headers },
      ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
    },
  })
  const answered = ['upgrade', 'response', 'close'].map((event) => once(asked, event))
  asked.end()
  const [response, socket] = await Promise.race(answered).catch(() => [])
  for (const late of answered) late.catch(() => {})
  socket?.destroy()
  asked.destroy()
  return response?.statusCode
}
