import assert from 'node:assert/strict'
import { createEvidenceClient, evidenceRoute } from '../../../runtime/vision/evidence/evidence-client.ts'
import { fetchPicture } from '../../../runtime/vision/picture-client.ts'
import { servePictures } from '../../../runtime/vision/picture-server.ts'
import { smallJpegs } from '../support/small-jpegs.ts'

const [bytes = Buffer.alloc(0)] = smallJpegs

describe('the vision program, asked for pictures of a review', () => {
  const kept = { eventId: 'e-1', camera: 'cam-1', takenAtMs: 5, jpeg: 'AAAA' }
  const newest = () => ({ format: 'jpeg' as const, bytes, widthPx: 16, heightPx: 12, takenAtMs: 7 })
  let server: Awaited<ReturnType<typeof servePictures>>
  let url: string

  before(async () => {
    server = await servePictures({
      ...{ host: '127.0.0.1', port: 0, token: 'token-of-sensing', newest },
      evidence: {
        token: 'token-of-console',
        answer: async ({ eventIds }) => (eventIds.includes('e-1') ? [kept] : []),
      },
    })
    url = `http://127.0.0.1:${server.port}`
  })
  after(() => server.stop())

  it('gives those that it may, to the console alone', async () => {
    const ask = createEvidenceClient({ url, token: 'token-of-console' })
    assert.deepEqual(await ask({ eventIds: ['e-1'], personIds: ['a'] }), [kept])
    assert.deepEqual(await ask({ eventIds: ['e-2'], personIds: ['a'] }), [])
    const asSensing = createEvidenceClient({ url, token: 'token-of-sensing' })
    await assert.rejects(asSensing({ eventIds: ['e-1'], personIds: ['a'] }))
  })

  it('gives the console no picture of a camera', async () => {
    assert.equal(await fetchPicture(url, 'token-of-console', 'cam-1'), undefined)
    assert.ok(await fetchPicture(url, 'token-of-sensing', 'cam-1'))
  })

  it('refuses a question that is none', async () => {
    const headers = { authorization: 'Bearer token-of-console' }
    const response = await fetch(url + evidenceRoute, { method: 'POST', headers, body: '{"eventIds": "all"}' })
    assert.equal(response.status, 400)
  })
})
