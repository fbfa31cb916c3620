import assert from 'node:assert/strict'
import { HealthNews } from '../../runtime/console/notices.ts'
import { type DeviceHealth, envelope, type HealthState } from '../../runtime/contract/messages.ts'

const reasons: Partial<Record<HealthState, string>> = { online: 'It is read.', offline: 'Nothing answers.' }

describe('what is told of devices’ health', () => {
  let news: HealthNews
  let states: Map<string, HealthState>
  beforeEach(() => {
    news = new HealthNews()
    states = new Map()
  })

  function hear(nowMs: number, plate: string, state: HealthState): void {
    const previous = states.get(plate) ?? null
    states.set(plate, state)
    const message: DeviceHealth = {
      ...{ type: 'device-health', ...envelope('corner-shop', 1, nowMs), device: 'gateway-1', plate, state, previous },
      reason: reasons[state] ?? 'It is not well.',
    }
    news.gather(message, nowMs)
  }
  const told = (nowMs: number) => news.take(nowMs).map(({ kind, where }) => `${kind} ${where}`)

  it('is nothing when a device comes up at the start', () => {
    hear(0, 'p1', 'offline')
    hear(0, 'p2', 'online')
    assert.deepEqual(told(1000), [])
    hear(3000, 'p1', 'online')
    assert.deepEqual(told(60_000), [])
  })

  it('is the trouble of a device that does not come up', () => {
    hear(0, 'p1', 'offline')
    assert.deepEqual(told(9000), [])
    assert.deepEqual(told(10_000), ['health p1'])
    assert.deepEqual(told(20_000), [], 'once')
    hear(30_000, 'p1', 'online')
    assert.deepEqual(told(30_000), ['recovered p1'])
  })

  it('is nothing when a plate is late for a moment', () => {
    hear(0, 'p1', 'online')
    hear(1000, 'p1', 'late')
    hear(2000, 'p1', 'online')
    assert.deepEqual(told(60_000), [])
  })

  it('is at once what breaks while it runs, and that it is back', () => {
    hear(0, 'p1', 'online')
    hear(1000, 'p1', 'offline')
    assert.deepEqual(told(1000), ['health p1'])
    hear(2000, 'p1', 'stuck')
    hear(3000, 'p1', 'online')
    assert.deepEqual(told(3000), ['health p1', 'recovered p1'])
  })

  it('is one line for all the plates of a line that breaks', () => {
    const plates = ['p1', 'p2', 'p3', 'p4', 'p5']
    for (const plate of plates) hear(0, plate, 'online')
    for (const plate of plates) hear(1000, plate, 'offline')
    assert.deepEqual(told(1000), ['health p1, p2, p3 +2'])
  })
})
