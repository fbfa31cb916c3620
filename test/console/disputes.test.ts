import assert from 'node:assert/strict'
import { LiveStore } from '../../runtime/console/live-store.ts'
import type { InvitationView } from '../../runtime/console/pages/live-view.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { readInvitation } from '../../runtime/security/invitation.ts'
import type { Dispute } from '../../runtime/till-api/events.ts'
import { waitFor } from '../till/support/wait.ts'
import { request, startTestConsole, type TestConsole } from './running-console.ts'
import { pricedLine, receiptOf, visit } from './scene.ts'

describe('what waits for the staff on the store page', () => {
  let running: TestConsole
  beforeEach(async () => {
    running = await startTestConsole()
  })
  afterEach(() => running.stop())

  const post = (path: string, body: object) => request(running, path, { body })
  const bought = (visitId: string, more: object) => {
    const lines = [pricedLine(running.store.layout, { lineId: 'l0', product: 0, quantity: 1, probability: 0.99 })]
    const paid = visit(visitId, { state: 'paid', lines })
    return { ...paid, receipt: receiptOf(paid), ...more }
  }
  const dispute = (state: Dispute['state']): Dispute => {
    return { lineId: 'l0', reason: 'I put it back.', state, decidedBy: null, atMs: 5 }
  }

  it('is every open dispute and every debt, however many visits ended since', async () => {
    const { till, sensing, store } = running
    till.visits.set('v-1', bought('v-1', { disputes: [dispute('open')] }))
    till.visits.set('v-2', bought('v-2', { state: 'debt' }))
    till.visits.set('v-3', bought('v-3', { state: 'debt', debtSettled: 'forgiven', disputes: [dispute('rejected')] }))
    for (let i = 10; i < 60; i++) till.visits.set(`v-${i}`, bought(`v-${i}`, {}))
    const live = new LiveStore({
      ...{ till, sensing, consumer: 'test', products: store.layout.products, wallClock: new SystemClock() },
    })
    live.start()
    const visits = await waitFor('the visits', () => {
      const { visits } = live.snapshot()
      return visits.some(({ visitId }) => visitId === 'v-59') && visits
    })
    live.stop()
    assert.deepEqual(
      visits.flatMap(({ visitId, disputes }) => disputes.map(({ lineId, reason }) => [visitId, lineId, reason])),
      [['v-1', 'l0', 'I put it back.']],
    )
    assert.deepEqual(
      visits.filter(({ owed }) => owed).map(({ visitId }) => visitId),
      ['v-2'],
    )
  })

  it('is decided once, under the name of whoever is logged in', async () => {
    await post('/api/dispute', { visitId: 'v-1', lineId: 'l0', outcome: 'refund' })
    const other = await post('/api/dispute', { visitId: 'v-1', lineId: 'l0', outcome: 'reject' })
    assert.equal(other.status, 409)
    await post('/api/debt', { requestId: 'r-1', visitId: 'v-2', how: 'forgiven' })
    await post('/api/debt', { requestId: 'r-2', visitId: 'v-3', how: 'collect' })
    await post('/api/debt', { requestId: 'r-3', visitId: 'v-3', how: 'collect' })
    assert.deepEqual(
      running.till.commands.map((command) => [command.type, 'decidedBy' in command ? command.decidedBy : null]),
      [
        ['resolve-dispute', 'Mina'],
        ['settle-debt', 'Mina'],
        ['collect-debt', null],
        ['collect-debt', null],
      ],
    )
  })

  it('is a phone that wants to be invited: by a link that no server sees the secret of, for a quarter of an hour', async () => {
    const { url, lifeMs } = (await (await post('/api/invitation', {})).json()) as InvitationView
    const { origin, pathname, hash } = new URL(url)
    assert.deepEqual([origin, pathname, lifeMs], ['http://127.0.0.1:8083', '/join', 15 * 60_000])
    assert.ok(readInvitation(hash.slice(1), running.invitationKey, Date.now()))
    assert.ok(!JSON.stringify(running.logged).includes(hash.slice(1)))
  })
})
