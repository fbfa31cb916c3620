import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { tillRoutes } from '../../runtime/till/api/routes.ts'
import { commandsOfRole, type TillRole } from '../../runtime/till-api/commands.ts'
import { openTestStore, startTestTill, type TestStore, type TestTill, tokens } from './support/test-till.ts'

describe("the till's routes", () => {
  let store: TestStore
  let till: TestTill

  before(async () => {
    store = await openTestStore()
    till = await startTestTill(store)
  })
  after(async () => {
    await till.stop()
    await store.stop()
  })

  const ask = (method: string, path: string, authorization?: string, body?: string) =>
    fetch(new URL(path, till.url), {
      method,
      headers: { ...(authorization ? { authorization } : {}), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    })
  const post = (role: TillRole, body: string) => ask('POST', '/v1/commands', `Bearer ${tokens[role]}`, body)

  const paths = [
    ...tillRoutes.map(({ method, path }) => ({
      method: method.toUpperCase(),
      path: path.replace(':id', 'some-visit'),
    })),
    { method: 'GET', path: '/' },
    { method: 'DELETE', path: '/v1/commands' },
    { method: 'OPTIONS', path: '/v1/state' },
  ]
  for (const { method, path } of paths) {
    it(`refuse ${method} ${path} without a token, and with a wrong one`, async () => {
      const wrong = [
        undefined,
        'Bearer wrong',
        'Bearer ',
        `Basic ${tokens.flows}`,
        tokens.flows,
        `Bearer ${tokens.flows}x`,
      ]
      for (const authorization of wrong) {
        const response = await ask(method, path, authorization)
        assert.equal(response.status, 401, `${authorization}`)
        const { code, message, where, action } = (await response.json()) as Record<string, string>
        assert.deepEqual([code, where], ['not-authorised', path])
        assert.ok(message && action)
      }
    })
  }

  it('are each for the roles that they name, and for no other', async () => {
    const roles: TillRole[] = ['flows', 'console', 'accounts']
    for (const route of tillRoutes) {
      for (const role of roles.filter((candidate) => !route.roles.includes(candidate))) {
        const response = await ask(route.method.toUpperCase(), route.path.replace(':id', 'x'), `Bearer ${tokens[role]}`)
        assert.equal(response.status, 403, `${role} ${route.path}`)
      }
    }
  })

  it('take from each role only its own commands', async () => {
    const openGate = { type: 'open-gate', commandId: 'open', gate: 'gate-1', direction: 'out', reason: 'test' }
    assert.equal((await post('flows', JSON.stringify(openGate))).status, 403)
    const bind = { type: 'bind-visit', commandId: 'bind', visitId: 'some-visit', personIds: [] }
    assert.equal((await post('accounts', JSON.stringify(bind))).status, 403)
    assert.ok(!(commandsOfRole.flows as readonly string[]).includes('register-account'))
  })

  it('refuse what is no command, in words', async () => {
    const refused = async (body: string, status: number, code: string) => {
      const response = await post('flows', body)
      const told = (await response.json()) as { code: string; action: string }
      assert.deepEqual([response.status, told.code], [status, code])
      assert.ok(told.action)
    }
    await refused('{', 400, 'json-invalid')
    await refused('', 400, 'json-invalid')
    await refused('{"type":"admit"}', 400, 'command-invalid')
    await refused(
      '{"type":"bind-visit","commandId":"a","visitId":"b","personIds":[],"amountMinor":1}',
      400,
      'command-invalid',
    )
    await refused('{"__proto__":{"type":"admit"}}', 400, 'json-invalid')
    await refused('[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]', 400, 'json-too-deep')
    await refused(`"${'x'.repeat(4_000_100)}"`, 413, 'json-too-large')
  })

  it('answer to nobody outside this machine', async () => {
    await assert.rejects(
      new Promise((resolve, reject) => {
        const port = Number(new URL(till.url).port)
        connect({ host: '127.0.0.2', port }).on('connect', resolve).on('error', reject)
      }),
      { code: 'ECONNREFUSED' },
    )
  })
})
