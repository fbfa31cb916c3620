import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from '../../build/build.ts'
import { userHeader } from '../../nodes/host/editor-login.ts'
import { pathOf } from '../support/express-routes.ts'
import { startFlows, type TestFlows } from './flows-program.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('the flows program', function () {
  this.timeout(60_000)
  let flows: TestFlows

  before(async () => {
    await build(root, () => {})
    flows = await startFlows()
  })
  after(() => flows?.stop())

  const status = async (path: string, options: RequestInit) =>
    (await fetch(`${flows.url}${path}`, { redirect: 'manual', ...options })).status

  describe('without a login', () => {
    it('answers none of the routes that Node-RED or we have', async () => {
      const routes = await flows.routes()
      for (const expected of [
        'POST /flows',
        'GET /settings/user/keys/:id',
        'POST /inject/:id',
        'GET /open-aisle/live',
      ]) {
        assert.ok(routes.includes(expected), expected)
      }
      const files = ['GET /web/nodes/editor/browser/main.js', 'GET /red/red.min.js', 'GET /endpoints/anything']
      for (const route of [...routes, ...files]) {
        const [method = ''] = route.split(' ')
        assert.equal(await status(pathOf(route), { method, headers: { origin: flows.url } }), 401, route)
      }
    })

    it('sends a browser that wants the editor to the login of the store page', async () => {
      const response = await fetch(`${flows.url}/`, { redirect: 'manual', headers: { accept: 'text/html' } })
      assert.equal(response.status, 302)
      assert.equal(response.headers.get('location'), `http://127.0.0.1:${flows.consolePort}/login`)
    })

    it('takes neither a bearer token nor a header that names a user for a login', async () => {
      const claims: Record<string, string>[] = [
        { authorization: 'Bearer anything' },
        { [userHeader]: 'owner' },
        { cookie: `${flows.cookie}x` },
      ]
      for (const headers of claims) {
        assert.equal(await status('/flows', { headers }), 401)
      }
    })

    it('opens no websocket', async () => {
      assert.equal(await upgradeStatus('/comms', { origin: flows.url }), 401)
      assert.equal(await upgradeStatus('/endpoints/anything', { origin: flows.url }), 401)
    })
  })

  describe('with a login', () => {
    it('serves the editor without asking again', async () => {
      assert.match(await (await flows.ask('/')).text(), /<title>Open Aisle<\/title>/)
      const settings = (await (await flows.ask('/settings')).json()) as { user: { username: string } }
      assert.equal(settings.user.username, 'olive')
      assert.equal(await upgradeStatus('/comms', { origin: flows.url, cookie: flows.cookie }), 101)
    })

    it('refuses other sites and names under which nobody knows us', async () => {
      for (const headers of [{ origin: 'http://evil.example' }, { origin: `http://127.0.0.1:${flows.consolePort}` }]) {
        assert.equal((await flows.ask('/flows', { method: 'POST', body: '[]', headers })).status, 403)
        assert.equal(await upgradeStatus('/comms', { cookie: flows.cookie, ...headers }), 401)
      }
      assert.equal(await plainStatus('/flows', { host: 'evil.example', cookie: flows.cookie }), 403)
    })

    it('lets no script into the editor that it does not know', async () => {
      const policy = (await flows.ask('/')).headers.get('content-security-policy') ?? ''
      assert.match(policy, /frame-ancestors 'none'/)
      assert.doesNotMatch(policy.replace(/style-src[^;]*/, ''), /unsafe-inline|unsafe-eval/)
    })

    it('has neither the nodes nor the routes that reach the machine', async () => {
      const sets = (await (await flows.ask('/nodes', { headers: { accept: 'application/json' } })).json()) as {
        types: string[]
        err?: string
      }[]
      const types = sets.flatMap((set) => set.types)
      for (const type of ['exec', 'file', 'file in', 'watch', 'tcp in', 'udp in'])
        assert.ok(!types.includes(type), type)
      assert.deepEqual(
        sets.filter(({ err }) => err),
        [],
      )
      assert.equal((await flows.ask('/nodes', { method: 'POST', body: '{"module":"x"}' })).status, 404)
      assert.notEqual((await flows.ask('/diagnostics')).status, 200)
    })
  })

  it('keeps its files to itself', () => {
    assert.equal(statSync(join(flows.dataDirectory, 'flows')).mode & 0o777, 0o700)
  })

  it('runs the shipped flow at its first start, and offers it for importing', async () => {
    const shipped = JSON.parse(readFileSync(join(root, 'flows', 'walk-out.json'), 'utf8'))
    assert.deepEqual(await runningFlow(), shipped)
    assert.deepEqual(await (await flows.ask('/library/open-aisle/flows/')).json(), [{ fn: 'walk-out.json' }])
    assert.deepEqual(await (await flows.ask('/library/open-aisle/flows/walk-out.json')).json(), shipped)
    assert.equal((await flows.ask('/library/open-aisle/flows/..%2Fpackage.json')).status, 404)
  })

  describe('a flow that is deployed', () => {
    const deploy = (body: string, headers = {}) => flows.ask('/flows', { method: 'POST', body, headers })

    it('is refused when it is unsound, with what and where, and the running one goes on', async () => {
      const before = await runningFlow()
      const unknown = JSON.stringify([
        { id: 't', type: 'tab' },
        { id: 'x', type: 'exec', z: 't', name: 'run it' },
      ])
      const refused = await deploy(unknown)
      assert.equal(refused.status, 400)
      assert.match(await refused.text(), /run it.*No node of type "exec" is installed/)

      const asked = await deploy(unknown, { accept: 'application/json' })
      assert.equal(((await asked.json()) as { problems: { code: string }[] }).problems[0]?.code, 'flow-unknown-type')
      for (const body of [
        '{"flows":[{"__proto__":{}}]}',
        'no json',
        '{"flows":7}',
        `${'['.repeat(99)}${']'.repeat(99)}`,
      ]) {
        assert.equal((await deploy(body)).status, 400, body.slice(0, 40))
      }
      assert.equal((await deploy(`"${'x'.repeat(6e6)}"`)).status, 413)
      assert.deepEqual(await runningFlow(), before)
    })

    it('cannot come in by the routes for a single tab', async () => {
      const body = JSON.stringify({ nodes: [{ id: 'x', type: 'exec' }] })
      assert.equal((await flows.ask('/flow', { method: 'POST', body })).status, 405)
      assert.equal((await flows.ask('/flow/walk-out', { method: 'PUT', body })).status, 405)
      assert.equal((await flows.ask('/flow/walk-out', { method: 'DELETE' })).status, 405)
    })

    it('comes back as it went in', async () => {
      const flow = await runningFlow()
      const answer = await deploy(JSON.stringify(flow), { 'node-red-api-version': 'v1' })
      assert.equal(answer.status, 204)
      assert.deepEqual(await runningFlow(), flow)
    })

    it('offers its own routes only to whoever is logged in', async () => {
      const flow = [
        { id: 't', type: 'tab', label: 'Endpoint' },
        { id: 'in', type: 'http in', z: 't', url: '/hello', method: 'get', wires: [['out']] },
        { id: 'out', type: 'http response', z: 't', statusCode: '200', wires: [] },
      ]
      const before = await runningFlow()
      assert.equal((await deploy(JSON.stringify([...before, ...flow]))).status, 204)
      // Node-RED answers a deploy before the new flow has begun.
      while ((await flows.ask('/endpoints/hello')).status === 404)
        await new Promise((resolve) => setTimeout(resolve, 100))
      assert.equal((await flows.ask('/endpoints/hello')).status, 200)
      assert.equal(await status('/endpoints/hello', {}), 401)
      assert.equal((await deploy(JSON.stringify(before))).status, 204)
    })
  })

  async function runningFlow(): Promise<object[]> {
    return (await (await flows.ask('/flows', { headers: { accept: 'application/json' } })).json()) as object[]
  }

  async function upgradeStatus(path: string, headers: Record<string, string>): Promise<number> {
    const asked = request(`${flows.url}${path}`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    })
    asked.end()
    const answered = Promise.race([once(asked, 'upgrade'), once(asked, 'response')])
    const [response, socket] = await answered
    socket?.destroy()
    return response.statusCode
  }

  /** fetch() does not let one lie about the Host. */
  async function plainStatus(path: string, headers: Record<string, string>): Promise<number> {
    const asked = request(`${flows.url}${path}`, { headers })
    asked.end()
    const [response] = await once(asked, 'response')
    response.resume()
    return response.statusCode
  }
})
