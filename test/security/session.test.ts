import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { forgetSession, issueSession, sessionLifeMs, verifySession } from '../../runtime/security/session.ts'
import { createSessionReader, SessionRegister } from '../../runtime/security/session-register.ts'

const key = randomBytes(32).toString('base64url')
const owner = { user: 'Mina', role: 'owner' } as const
const startMs = 1_790_000_000_000
const cookieOf = (setCookie: string) => setCookie.split(';')[0] ?? ''

describe('a session', () => {
  const header = issueSession(owner, key, startMs)
  const cookie = cookieOf(header)

  it('is a cookie that scripts and other sites cannot use', () => {
    assert.match(header, /; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
    assert.match(forgetSession, /^open-aisle-session=; Max-Age=0;/)
  })

  it('says who is logged in, wherever it stands among other cookies', () => {
    const session = verifySession(`theme=dark; ${cookie}; x=1`, key, startMs + 1)
    assert.equal(session?.user, 'Mina')
    assert.equal(session?.role, 'owner')
  })

  it('ends 12 hours after the login, and does not begin before it', () => {
    assert.ok(verifySession(cookie, key, startMs + sessionLifeMs - 1))
    assert.equal(verifySession(cookie, key, startMs + sessionLifeMs), null)
    assert.equal(verifySession(cookie, key, startMs - 1), null)
  })

  it('is refused when any character of it was changed', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.='
    const place = fc.integer({ min: cookie.indexOf('=') + 1, max: cookie.length - 1 })
    fc.assert(
      fc.property(place, fc.constantFrom(...alphabet), (index, letter) => {
        fc.pre(cookie[index] !== letter)
        const forged = cookie.slice(0, index) + letter + cookie.slice(index + 1)
        assert.equal(verifySession(forged, key, startMs + 1), null)
      }),
      { numRuns: 2000 },
    )
  })

  it('is refused under another key, without a signature, or signed for another purpose', () => {
    const body = Buffer.from(JSON.stringify({ ...owner, id: 'x', issuedAtMs: 0, expiresAtMs: 1e15 })).toString(
      'base64url',
    )
    const other = createHmac('sha256', key).update(body).digest('base64url')
    assert.equal(verifySession(cookie, `${key}x`, startMs + 1), null)
    for (const value of ['', '.', body, `${body}.`, `${body}.${other}`, `.${other}`, `${cookie}.x`]) {
      assert.equal(verifySession(`open-aisle-session=${value}`, key, startMs + 1), null, value)
    }
    assert.equal(verifySession(undefined, key, startMs + 1), null)
  })

  it('survives any header without throwing', () => {
    fc.assert(fc.property(fc.string(), (text) => assert.equal(verifySession(text, key, startMs), null)))
  })
})

describe('ending sessions', () => {
  let data: string
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'aisle-sessions-'))
  })
  afterEach(() => rmSync(data, { recursive: true }))

  it('ends one session in every program that reads the register, and no other', () => {
    const clock = new VirtualClock(startMs + 1000)
    const readInEditor = createSessionReader({ dataDirectory: data, sessionKey: key, clock })
    const first = cookieOf(issueSession(owner, key, startMs))
    const second = cookieOf(issueSession(owner, key, startMs))
    const session = readInEditor(first)
    assert.ok(session)
    new SessionRegister(data).end(session, clock.nowMs())
    assert.equal(readInEditor(first), null)
    assert.ok(readInEditor(second))
    assert.equal((statSync(join(data, 'sessions.json')).mode & 0o777).toString(8), '600')
  })

  it('ends all that began until now, and none that begin later', () => {
    const clock = new VirtualClock(startMs)
    const read = createSessionReader({ dataDirectory: data, sessionKey: key, clock })
    const before = cookieOf(issueSession(owner, key, startMs))
    assert.ok(read(before))
    new SessionRegister(data).endAllBefore(startMs + 1)
    assert.equal(read(before), null)
    clock.advanceTo(startMs + 1)
    assert.ok(read(cookieOf(issueSession(owner, key, startMs + 1))))
  })

  it('forgets an ended session once it would have expired', () => {
    const register = new SessionRegister(data)
    const session = verifySession(cookieOf(issueSession(owner, key, startMs)), key, startMs)
    const later = verifySession(cookieOf(issueSession(owner, key, startMs)), key, startMs)
    assert.ok(session && later)
    register.end(session, startMs)
    register.end(later, startMs + sessionLifeMs)
    assert.equal(register.isOpen(later), false)
    assert.equal(register.isOpen(session), true, 'no longer listed: its own expiry refuses it')
  })
})
