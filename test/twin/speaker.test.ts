import assert from 'node:assert/strict'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { serveSpeaker } from '../../runtime/twin/devices/speaker.ts'

describe('the twin’s speaker', () => {
  it('takes what is posted to it at its address, until it is broken', async () => {
    const clock = new SystemClock()
    const faults = new Faults(clock)
    faults.declare('speaker-1', 'speaker')
    const at = { device: 'speaker-1', host: '127.0.0.1', port: 0, path: '/announce' }
    const speaker = await serveSpeaker({ ...at, clock, faults })
    const post = async (path: string, body = '{"text":"Two for one"}') =>
      (await fetch(`http://127.0.0.1:${speaker.port}${path}`, { method: 'POST', body })).status
    try {
      assert.equal(await post('/announce'), 204)
      assert.equal(await post('/elsewhere'), 404)
      await assert.rejects(post('/announce', 'x'.repeat(20_000)))
      faults.set('speaker-1', 'offline', 60)
      await assert.rejects(post('/announce'))
    } finally {
      await speaker.stop()
    }
  })
})
