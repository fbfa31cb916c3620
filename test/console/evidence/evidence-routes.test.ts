import assert from 'node:assert/strict'
import { EvidenceArchive } from '../../../runtime/console/evidence/evidence-archive.ts'
import { request, startTestConsole, type TestConsole } from '../running-console.ts'
import { pricedLine, visit } from '../scene.ts'

const picture = Buffer.from('ffd8ffe000104a464946', 'hex')

describe('the pictures of a review on the store page', () => {
  let running: TestConsole
  before(async () => {
    running = await startTestConsole((store) => {
      store.profile.vision = { evidence: { keepHours: 24 } }
    })
    const line = pricedLine(running.store.layout, { lineId: 'l-1', product: 0, quantity: 1, probability: 0.8 })
    const waiting = visit('v-1', { state: 'review', lines: [line] })
    const evidence = { visitId: 'v-1', keptAtMs: Date.now(), decidedAtMs: null, hadAccount: true }
    const pictures = [{ eventId: 'event-1', camera: 'cam-1', takenAtMs: 5, jpeg: picture.toString('base64') }]
    new EvidenceArchive(running.dataDirectory).put({ ...evidence, pictures })
    // It hears of nothing before it follows the till.
    while ((await request(running, '/api/visits/v-1')).status !== 200) {
      await running.till.tell({ type: 'visit-changed', data: waiting })
      await new Promise((again) => setTimeout(again, 20))
    }
  })
  after(() => running.stop())

  it('are listed with the lines that rest on what they show, and given as pictures that nobody keeps', async () => {
    const { pictures } = await (await request(running, '/api/visits/v-1/pictures')).json()
    assert.deepEqual(pictures, [{ number: 0, camera: 'cam-1', takenAtMs: 5, lineIds: ['l-1'] }])
    const answer = await request(running, '/api/visits/v-1/pictures/0')
    assert.equal(answer.headers.get('content-type'), 'image/jpeg')
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), picture)
  })

  it('are none of other visits and numbers, and none without a login', async () => {
    assert.deepEqual(await (await request(running, '/api/visits/v-2/pictures')).json(), { pictures: [] })
    assert.equal((await request(running, '/api/visits/v-1/pictures/1')).status, 404)
    assert.equal((await request(running, '/api/visits/..%2Fv-1/pictures/0')).status, 404)
    for (const path of ['/api/visits/v-1/pictures', '/api/visits/v-1/pictures/0']) {
      assert.equal((await request(running, path, { anonymous: true })).status, 401)
    }
  })

  it('leave who looked in the log, and nothing of themselves', () => {
    const log = JSON.stringify(running.logged)
    assert.match(log, /evidence shown/)
    assert.match(log, /"user":"Mina","visitId":"v-1"/)
    assert.ok(!log.includes(picture.toString('base64')))
  })
})
