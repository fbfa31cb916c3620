import assert from 'node:assert/strict'
import { request, startTestConsole, type TestConsole } from './running-console.ts'

const password = 'vier kleine Enten am See'
const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? ''
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code

describe('getting into the store', () => {
  let running: TestConsole
  beforeEach(async () => {
    running = await startTestConsole()
  })
  afterEach(() => running.stop())

  const setUp = (code = running.setupCode()) =>
    request(running, '/api/setup', { anonymous: true, body: { code, user: 'Mina', password } })
  const logIn = (given = password, next = '') =>
    request(running, '/api/login', { anonymous: true, body: { user: 'Mina', password: given, next } })
  const canSeeStore = async (cookie: string) => (await request({ ...running, cookie }, '/api/store')).status === 200

  it('begins with one address on the console, which makes the owner and logs them in', async () => {
    assert.match(
      running.notices[0] ?? '',
      /^Open http:\/\/127\.0\.0\.1:\d+\/setup\?code=[\w-]{22} to choose a password$/,
    )
    const answer = await setUp()
    assert.equal(answer.status, 200)
    assert.ok(await canSeeStore(cookieOf(answer)))
    assert.equal((await request(running, '/setup', { anonymous: true })).headers.get('location'), '/login')
    assert.ok(!JSON.stringify(running.logged).includes(running.setupCode()), 'the log does not have the code')
  })

  it('gives exactly one owner when the code is used twice at once', async () => {
    const answers = await Promise.all([setUp(), setUp(), setUp()])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409])
  })

  it('keeps the code after a weak password, and spends it with the owner', async () => {
    const weak = { code: running.setupCode(), user: 'Mina', password: 'password1234' }
    const refused = await request(running, '/api/setup', { anonymous: true, body: weak })
    assert.equal(await codeOf(refused), 'password-weak')
    assert.equal((await setUp()).status, 200)
    assert.equal(await codeOf(await setUp()), 'setup-code-wrong')
  })

  it('ends the sessions of an earlier owner', async () => {
    assert.ok(await canSeeStore(running.cookie))
    await setUp()
    assert.equal(await canSeeStore(running.cookie), false)
  })

  it('slows wrong codes down', async () => {
    const codes = []
    for (let i = 0; i < 4; i++) codes.push(await codeOf(await setUp('wrong')))
    assert.deepEqual(codes, ['setup-code-wrong', 'setup-code-wrong', 'setup-code-wrong', 'try-later'])
  })

  it('is by name and password from then on', async () => {
    await setUp()
    assert.equal(await codeOf(await logIn('wrong password')), 'login-wrong')
    const answer = await logIn()
    assert.deepEqual(await answer.json(), { next: '/' })
    assert.ok(await canSeeStore(cookieOf(answer)))
  })

  it('slows guesses down with a sentence that says how long', async () => {
    await setUp()
    // At one moment, because what a password's check takes may be longer than the pause.
    const answers = await Promise.all([1, 2, 3, 4].map(() => logIn('wrong password')))
    const [slowed, ...others] = answers.filter(({ status }) => status === 429)
    assert.ok(slowed && others.length === 0, 'one of four has to wait')
    assert.match(((await slowed.json()) as { action: string }).action, /^Try again in 1 s\.$/)
  })

  it('goes back to the editor after a login from there, and to no other place', async () => {
    await setUp()
    const editor = 'http://127.0.0.1:1880/#flow/1'
    assert.deepEqual(await (await logIn(password, editor)).json(), { next: editor })
    const elsewhere = [
      'https://evil.example/',
      'javascript:alert(1)',
      '//evil.example',
      'http://127.0.0.1:1880@evil.example/',
    ]
    for (const next of elsewhere) assert.deepEqual(await (await logIn(password, next)).json(), { next: '/' }, next)
  })

  it('ends with a logout, also for a copy of the cookie', async () => {
    const cookie = cookieOf(await setUp())
    const other = cookieOf(await logIn())
    const answer = await request({ ...running, cookie }, '/api/logout', { body: { everywhere: false } })
    assert.match(answer.headers.get('set-cookie') ?? '', /Max-Age=0/)
    assert.equal(await canSeeStore(cookie), false)
    assert.ok(await canSeeStore(other))
    await request({ ...running, cookie: other }, '/api/logout', { body: { everywhere: true } })
    assert.equal(await canSeeStore(other), false)
  })
})
