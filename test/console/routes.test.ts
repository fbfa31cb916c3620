import assert from 'node:assert/strict'
import { get, request as rawRequest } from 'node:http'
import { publicLoginRoutes } from '../../runtime/console/login-routes.ts'
import { request, startTestConsole, type TestConsole } from './running-console.ts'

describe("the console's routes", () => {
  let running: TestConsole
  before(async () => {
    running = await startTestConsole()
  })
  after(() => running.stop())

  it('are these and no others', () => {
    assert.deepEqual(running.routes.sort(), [
      'GET /',
      'GET /api/live',
      'GET /api/owner',
      'GET /api/simulation',
      'GET /api/simulation/visits/:visitId',
      'GET /api/store',
      'GET /api/visits/:visitId',
      'GET /api/visits/:visitId/pictures',
      'GET /api/visits/:visitId/pictures/:number',
      'GET /login',
      'GET /preact/hooks.mjs',
      'GET /preact/jsxRuntime.mjs',
      'GET /preact/preact.mjs',
      'GET /setup',
      'POST /api/debt',
      'POST /api/dispute',
      'POST /api/invitation',
      'POST /api/login',
      'POST /api/logout',
      'POST /api/open-gate',
      'POST /api/reset-gate',
      'POST /api/review',
      'POST /api/setup',
      'POST /api/simulation/break',
      'POST /api/simulation/mend',
      'POST /api/simulation/run',
      'POST /api/simulation/shopper',
      'POST /api/simulation/speed',
    ])
  })

  it('have nothing of a simulation in a live store', async () => {
    const live = await startTestConsole(undefined, { live: true })
    assert.deepEqual(
      live.routes.filter((route) => route.includes('simulation')),
      [],
    )
    assert.equal((await request(live, '/api/simulation')).status, 404)
    assert.equal((await request(live, '/api/simulation/run', { body: { running: false } })).status, 404)
    assert.equal((await (await request(live, '/api/store')).json()).simulated, false)
    await live.stop()
  })

  it('are closed without a session, but for the public ones', async () => {
    const closed = running.routes.filter(
      (route) => !publicLoginRoutes.includes(route) && !route.startsWith('GET /preact/'),
    )
    assert.ok(closed.length >= 7)
    for (const route of [...closed, 'GET /nowhere', 'DELETE /', 'GET /pages/../store-routes.ts', 'GET /API/store']) {
      const [method = '', path = ''] = route.split(' ')
      const answer = await request(running, path, { anonymous: true, method })
      assert.equal(answer.status, 401, route)
      assert.equal(
        await answer.text(),
        JSON.stringify({
          code: 'login-needed',
          message: 'You are not logged in.',
          action: 'Log in and try again.',
        }),
        'nothing else is told',
      )
    }
    assert.deepEqual(running.till.commands, [])
  })

  it('send a browser that wants a page to the login', async () => {
    const answer = await request(running, '/', { anonymous: true, headers: { accept: 'text/html' } })
    assert.equal(answer.status, 302)
    assert.equal(answer.headers.get('location'), '/login')
  })

  it('give away no source, map or hidden file beside the pages', async () => {
    for (const path of ['/styles/store-page.tsx', '/pages/texts.ts', '/pages/texts.js.map', '/styles/%2e%2e/main.ts']) {
      assert.equal((await request(running, path, { anonymous: true })).status, 401, path)
    }
    assert.equal((await request(running, '/styles/pages.css', { anonymous: true })).status, 200)
  })

  it('have security headers on every answer', async () => {
    for (const path of ['/login', '/api/store', '/nowhere', '/styles/pages.css']) {
      const { headers } = await request(running, path, { anonymous: true })
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'$/)
      assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe/)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('referrer-policy'), 'same-origin')
      assert.match(headers.get('permissions-policy') ?? '', /camera=\(\)/)
      assert.equal(headers.get('x-powered-by'), null)
    }
  })

  it('are not served under a foreign name (DNS rebinding)', async () => {
    const { port } = running
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      '127.0.0.1',
      'localhost:80',
    ]
    for (const host of [...hosts, `127.0.0.1:${port + 1}`, `127.0.0.1:${port}@evil.example`, '']) {
      const status = await new Promise((resolve, reject) => {
        const headers = { host, cookie: running.cookie }
        get({ port, host: '127.0.0.1', path: '/api/store', headers, setHost: false }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        }).on('error', reject)
      })
      assert.ok(status === 403 || status === 400, `"${host}" got ${status}`)
    }
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      assert.equal((await request({ ...running, url: `http://${host}` }, '/api/store')).status, 200)
    }
  })

  it('take nothing that changes something from another site (CSRF)', async () => {
    const { url, port } = running
    const origins = ['http://evil.example', 'null', `https://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`, '']
    const bodies = {
      '/api/review': { visitId: 'v1', lineId: 'l1', outcome: 'charge' },
      '/api/open-gate': { requestId: 'r1', gate: 'gate-1', direction: 'out' },
      '/api/simulation/run': { running: false },
      '/api/simulation/speed': { scale: 20 },
      '/api/simulation/shopper': { behaviour: 'buyer' },
      '/api/simulation/break': { device: 'g1-s1-p1', fault: 'disconnected', seconds: 60 },
      '/api/simulation/mend': {},
      '/api/logout': { everywhere: true },
      '/api/login': { user: 'a', password: 'b', next: '' },
      '/api/setup': { code: 'a', user: 'b', password: 'c' },
    }
    for (const [path, body] of Object.entries(bodies)) {
      for (const origin of [...origins, `${url}.evil.example`, `${url}@evil.example`, undefined]) {
        const status = await post(running, path, body, origin)
        assert.equal(status, 403, `${path} from ${origin}`)
      }
    }
    assert.deepEqual(running.till.commands, [])
    const { paused, speed, asked, broken } = running.twin
    assert.deepEqual({ paused, speed, asked, broken }, { paused: false, speed: 1, asked: [], broken: [] })
    assert.equal((await request(running, '/api/store')).status, 200, 'still logged in')
  })

  it('answer a malformed request with a sentence and go on', async () => {
    const bodies = [
      '',
      '{',
      '[]',
      '"text"',
      '{"__proto__":{}}',
      '{"gate":"gate-1"}',
      `{"a":${'['.repeat(50)}${']'.repeat(50)}}`,
    ]
    for (const body of [...bodies, 'x'.repeat(20_000)]) {
      const answer = await request(running, '/api/open-gate', { body })
      assert.ok([400, 413].includes(answer.status), `${body.slice(0, 30)}: ${answer.status}`)
      const told = (await answer.json()) as Record<string, string>
      assert.ok(told.code && told.message && told.action)
      assert.ok(!JSON.stringify(told).includes('node_modules'))
    }
    assert.equal((await request(running, '/api/visits/%ff')).status, 400)
    assert.equal((await request(running, '/api/store')).status, 200)
  })
})

/** Like a browser, but with any Origin; undefined sends none. */
function post({ port, cookie }: TestConsole, path: string, body: object, origin: string | undefined) {
  return new Promise<number | undefined>((resolve, reject) => {
    const headers = { cookie, 'content-type': 'application/json', ...(origin === undefined ? {} : { origin }) }
    const sent = rawRequest({ method: 'POST', host: '127.0.0.1', port, path, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}
