import assert from 'node:assert/strict'
import fc from 'fast-check'
import { CameraLogin } from '../../../runtime/vision/sources/camera-login.ts'
import { parseChallenges } from '../../../runtime/vision/sources/login-challenge.ts'

/** RFC 7616, 3.9.1. */
const example = {
  login: 'Mufasa:Circle of Life',
  uri: '/dir/index.html',
  clientNonce: () => 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  challenge: (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
}
const responses = {
  MD5: '8ca523f5e9506fed4657c9700eebdbec',
  'SHA-256': '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
}

describe("a camera's login", () => {
  async function answerTo(challenges: string): Promise<string> {
    const login = new CameraLogin({ ...example, authentication: 'digest-or-basic' })
    let sent = ''
    await login.request('GET', example.uri, async (authorization) => {
      sent = authorization ?? ''
      return { status: authorization ? 200 : 401, challenges }
    })
    return sent
  }

  for (const [algorithm, response] of Object.entries(responses)) {
    it(`answers the challenge of the standard with ${algorithm}`, async () => {
      const sent = await answerTo(example.challenge(algorithm))
      assert.ok(sent.includes(`response="${response}"`), sent)
      assert.match(sent, /qop=auth, nc=00000001/)
    })
  }

  it('takes the strongest of several', async () => {
    const both = ['Basic realm="camera"', example.challenge('MD5'), example.challenge('SHA-256')].join(', ')
    assert.ok((await answerTo(both)).includes(responses['SHA-256']))
    assert.match(await answerTo('Basic realm="camera, left"'), /^Basic /)
  })

  it('gives up after one answer, and after two where only the nonce was old', async () => {
    for (const [stale, tries] of [
      ['', 2],
      [', stale=true', 3],
    ] as const) {
      let asked = 0
      const login = new CameraLogin({ ...example, authentication: 'digest' })
      const request = login.request('GET', '/', async () => {
        asked++
        return { status: 401, challenges: `Digest realm="a", nonce="${asked}"${stale}` }
      })
      await assert.rejects(request, { code: 'camera-login-refused' })
      assert.equal(asked, tries)
    }
  })

  it('reads back whatever a challenge can hold, and survives what none can', () => {
    const value = fc.string({ maxLength: 30 })
    fc.assert(
      fc.property(value, value, (realm, nonce) => {
        const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
        const [, digest] = parseChallenges(`Basic realm="x", Digest realm=${quoted(realm)},nonce=${quoted(nonce)}`)
        assert.deepEqual({ ...digest?.fields }, { realm, nonce })
      }),
    )
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseChallenges(Buffer.from(bytes).toString('latin1'))))
    assert.equal(Object.getPrototypeOf(parseChallenges('Digest __proto__="x"')[0]?.fields), null)
  })
})
